#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace waymark::base {

// A number that does not mix with other numbers: Strong<struct OffsetTag, int64_t>.
template <class Tag, class T>
struct Strong {
  using Value = T;
  T value{};

  constexpr Strong() = default;
  constexpr explicit Strong(T v) : value(v) {}
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

  template <class H>
  friend H AbslHashValue(H h, const Strong& s) {
    return H::combine(std::move(h), s.value);
  }
};

using Partition = Strong<struct PartitionTag, int32_t>;
using Offset = Strong<struct OffsetTag, int64_t>;
// The transaction number of a partition; rises by one with each transaction that writes it.
using Revision = Strong<struct RevisionTag, int64_t>;

}  // namespace waymark::base

template <class Tag, class T>
struct std::hash<waymark::base::Strong<Tag, T>> {
  size_t operator()(const waymark::base::Strong<Tag, T>& s) const {
    return std::hash<T>()(s.value);
  }
};
