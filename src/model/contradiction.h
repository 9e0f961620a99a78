#pragma once

#include <string>

#include "model/condition.h"

namespace waymark::model {

// True where the condition can be seen to hold for nothing: two of its demands on one field exclude
// each other. A condition that says `never` by itself is meant so, and is none.
bool IsContradictory(const Condition& condition);

// The same text for conditions that say the same, whatever the order of their parts.
std::string CanonicalText(const Condition& condition);

}  // namespace waymark::model
