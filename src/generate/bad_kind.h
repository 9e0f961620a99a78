#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/dead_letter.h"

namespace waymark::generate {

// The ways in which a record can be bad.
enum class BadKind : uint8_t {
  kNull,       // no value at all; only Kafka has such records
  kGarbage,    // neither JSON nor protobuf
  kCutShort,   // JSON that ends in the middle
  kBadUtf8,    // JSON with a text that is not UTF-8
  kOversized,  // well-formed JSON over the size limit
  kNoTime,
  kNoChannel,
  kNoAction,
  kUnknownEnum,  // a kind that does not exist
  kRatingRange,  // 9 of 5 points
  kNoCustomer,   // neither key nor identifiers
  kBeforeTime,   // the 17th century
  kInFuture,     // years after the end of the span
  kUnknownCommand,
};
inline constexpr size_t kBadKindCount = 14;

// A set of kinds: bit n stands for the kind of that number.
using BadKinds = uint32_t;
constexpr BadKinds Only(BadKind kind) {
  return BadKinds{1} << static_cast<unsigned>(kind);
}
inline constexpr BadKinds kAllBadKinds = (BadKinds{1} << kBadKindCount) - 1;
// Without what a text file can't hold (null), and what only a processor that knows the present can
// see (the future): for files that are replayed without a stated time.
inline constexpr BadKinds kFileBadKinds =
    kAllBadKinds & ~Only(BadKind::kNull) & ~Only(BadKind::kInFuture);

// The reason that a processor gives for it.
model::DeadLetterReason ReasonOf(BadKind kind);

}  // namespace waymark::generate
