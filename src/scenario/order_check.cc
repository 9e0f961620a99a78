#include "scenario/order_check.h"

#include <algorithm>

namespace waymark::scenario {
namespace {

constexpr size_t kShownMax = 4;

std::string TextsOf(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : "\n") + text;
  return out;
}

// Rows of `a` that `b` does not have in the same way.
std::vector<std::string> Beyond(const Result& a, const Result& b) {
  std::vector<std::string> out;
  for (const auto& [key, row] : a.canonical) {
    const auto found = b.canonical.find(key);
    const bool same = found != b.canonical.end() && found->second.bytes == row.bytes;
    if (!same && out.size() < kShownMax) out.push_back(row.text);
  }
  return out;
}

std::vector<std::string> Refused(const Result& result) {
  std::vector<std::string> out;
  for (const Facts& letter : result.dead_letters) out.push_back("refused: " + Describe(letter));
  std::ranges::sort(out);
  return out;
}

}  // namespace

std::optional<Failure> CompareOrders(const TestCase& test, const Result& stated,
                                     const Result& other, const std::string& order) {
  Failure failure;
  failure.place = test.place;
  failure.what = "the result depends on the order of arrival; other order: " + order;
  if (Refused(stated) != Refused(other)) {
    failure.expected = TextsOf(Refused(stated));
    failure.found = TextsOf(Refused(other));
    return failure;
  }
  const std::vector<std::string> expected = Beyond(stated, other);
  const std::vector<std::string> found = Beyond(other, stated);
  if (expected.empty() && found.empty() && stated.duplicates == other.duplicates) {
    return std::nullopt;
  }
  failure.expected = expected.empty() ? "no such rows" : TextsOf(expected);
  failure.found = found.empty() ? "no such rows" : TextsOf(found);
  if (expected.empty() && found.empty()) {
    failure.expected = std::to_string(stated.duplicates) + " duplicates";
    failure.found = std::to_string(other.duplicates) + " duplicates";
  }
  return failure;
}

}  // namespace waymark::scenario
