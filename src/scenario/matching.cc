#include "scenario/matching.h"

#include <algorithm>

namespace waymark::scenario {
namespace {

class Matcher {
 public:
  Matcher(const std::vector<ExpectedRow>& expected, const std::vector<Facts>& found)
      : expected_(expected), found_(found), owner_(found.size(), kUnmatched) {}

  std::vector<int> Run() {
    for (size_t row = 0; row < expected_.size(); ++row) {
      tried_.assign(found_.size(), false);
      FindPlace(row);
    }
    std::vector<int> out(expected_.size(), kUnmatched);
    for (size_t i = 0; i < owner_.size(); ++i) {
      if (owner_[i] != kUnmatched) out[static_cast<size_t>(owner_[i])] = static_cast<int>(i);
    }
    return out;
  }

 private:
  // Takes what fits, where its owner can move to another.
  bool FindPlace(size_t row) {
    for (size_t i = 0; i < found_.size(); ++i) {
      if (tried_[i] || !Fits(expected_[row], found_[i])) continue;
      tried_[i] = true;
      if (owner_[i] != kUnmatched && !FindPlace(static_cast<size_t>(owner_[i]))) continue;
      owner_[i] = static_cast<int>(row);
      return true;
    }
    return false;
  }

  const std::vector<ExpectedRow>& expected_;
  const std::vector<Facts>& found_;
  std::vector<int> owner_;
  std::vector<bool> tried_;
};

}  // namespace

bool Fits(const ExpectedRow& row, const Facts& facts) {
  return std::ranges::all_of(row.fields, [&](const ExpectedField& field) {
    return ValueOf(facts, field.name) == field.value;
  });
}

std::vector<int> Match(const std::vector<ExpectedRow>& expected, const std::vector<Facts>& found) {
  return Matcher(expected, found).Run();
}

}  // namespace waymark::scenario
