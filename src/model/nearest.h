#pragma once

#include <span>
#include <string>
#include <string_view>

namespace waymark::model {

// The number of letters to insert, delete, replace or swap with their neighbour to turn one word
// into the other (optimal string alignment). Words over 64 bytes count as far apart.
size_t EditDistance(std::string_view a, std::string_view b);

// The candidate closest to `word`, for hints; empty where none is near enough to be a typing error.
// Of equally close ones the first is taken.
std::string Nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string Nearest(std::string_view word, std::span<const std::string> candidates);

// "did you mean 'x'?", or nothing where there is no such x.
std::string DidYouMean(std::string_view nearest);

}  // namespace waymark::model
