#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::config {

// The candidate that takes the fewest edits (insertion, deletion, replacement, swap of neighbours)
// to become `word`; empty where even the best differs in more than a third of its letters.
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace waymark::config
