#pragma once

#include "model/interaction.h"

namespace waymark::detect {

// ASCII letters' case ignored.
bool ContainsIgnoringCase(model::Text text, model::Text part);

// True where the whole text matches the pattern, in which * stands for any text, none included.
// Takes at most text.size() * pattern.size() steps.
bool IsLike(model::Text text, model::Text pattern);

}  // namespace waymark::detect
