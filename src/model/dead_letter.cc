#include "model/dead_letter.h"

#include <array>

namespace waymark::model {
namespace {
constexpr std::array<Text, kDeadLetterReasons> kNames = {
    "null_value",     "unparsable",     "too_large",       "missing_field",
    "bad_value",      "no_customer",    "time_out_of_range", "time_in_future",
    "older_than_timeline", "unknown_command", "erased"};
}  // namespace

Text ToString(DeadLetterReason reason) { return kNames[static_cast<size_t>(reason)]; }

std::optional<DeadLetterReason> ParseDeadLetterReason(Text name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<DeadLetterReason>(i);
  }
  return std::nullopt;
}

}  // namespace waymark::model
