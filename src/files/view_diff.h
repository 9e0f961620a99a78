#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/status.h"
#include "files/canonical_view.h"

namespace waymark::files {

// What the comparison of one output came to.
struct ViewCounts {
  int64_t rows_a = 0;
  int64_t rows_b = 0;
  int64_t only_a = 0;
  int64_t only_b = 0;
  int64_t different = 0;
  int64_t doubled_a = 0;  // raw records written twice: a fault of exactly-once delivery
  int64_t doubled_b = 0;

  bool IsSame() const {
    return only_a == 0 && only_b == 0 && different == 0 && doubled_a == 0 && doubled_b == 0;
  }
};

// A row that is not the same on both sides, as canonical JSON; empty: the side does not have it.
struct RowDifference {
  OutputKind kind;
  std::string a;
  std::string b;
  int64_t copies = 1;  // of dead letters: how many more one side has
};

// Compares two sorted views of the same kind row by row. `tell` is called with the differences, in
// row order, until it returns false: then they are counted only.
base::Result<ViewCounts> CompareViews(OutputKind kind, CanonicalView& a, CanonicalView& b,
                                      const std::function<bool(const RowDifference&)>& tell);

}  // namespace waymark::files
