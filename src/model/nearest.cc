#include "model/nearest.h"

#include <algorithm>
#include <array>
#include <vector>

namespace waymark::model {
namespace {

constexpr size_t kWordMax = 64;

// How many typing errors a word of this length may hold and still be recognised.
size_t DistanceMax(size_t length) { return std::clamp<size_t>(length / 3, 1, 4); }

template <class T>
std::string NearestOf(std::string_view word, std::span<const T> candidates) {
  size_t best = DistanceMax(word.size()) + 1;
  std::string_view found;
  for (const T& candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance < best && distance < candidate.size()) {
      best = distance;
      found = candidate;
    }
  }
  return std::string(found);
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  if (a.size() > kWordMax || b.size() > kWordMax) return kWordMax;
  using Row = std::array<size_t, kWordMax + 1>;
  Row before{};
  Row last{};
  Row now{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last;
    last = now;
  }
  return last[b.size()];
}

std::string Nearest(std::string_view word, std::span<const std::string_view> candidates) {
  return NearestOf(word, candidates);
}

std::string Nearest(std::string_view word, std::span<const std::string> candidates) {
  return NearestOf(word, candidates);
}

std::string DidYouMean(std::string_view nearest) {
  return nearest.empty() ? std::string() : "did you mean '" + std::string(nearest) + "'?";
}

}  // namespace waymark::model
