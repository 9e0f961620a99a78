#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::codec {

// The name that takes the fewest edits to reach (Levenshtein 1965), for hints; empty where none is
// near: more than a third of the letters would change.
std::string Nearest(std::string_view name, const std::vector<std::string>& known);

// "did you mean NAME", or empty where no name is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& known);

}  // namespace waymark::codec
