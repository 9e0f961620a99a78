#pragma once

#include <string>

#include "explain/explanation.h"

namespace waymark::explain {

// What was found, when and why, in one sentence for people who know customers, not rules.
std::string SentenceOf(const journey::CompiledModel* model, const Explanation& explanation);

}  // namespace waymark::explain
