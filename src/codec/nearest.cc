#include "codec/nearest.h"

#include <algorithm>
#include <numeric>

namespace waymark::codec {

namespace {

size_t Edits(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Nearest(std::string_view name, const std::vector<std::string>& known) {
  constexpr size_t kLengthMax = 128;
  std::string nearest;
  size_t least = std::max<size_t>(1, name.size() / 3) + 1;
  if (name.size() > kLengthMax) return nearest;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLengthMax) continue;
    const size_t edits = Edits(name, candidate);
    if (edits < least) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& known) {
  const std::string nearest = Nearest(name, known);
  return nearest.empty() ? nearest : "did you mean " + nearest;
}

}  // namespace waymark::codec
