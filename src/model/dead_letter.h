#pragma once

#include <cstdint>
#include <optional>

#include "model/interaction.h"

namespace waymark::model {

// Why a record was refused; the names are part of the contract.
enum class DeadLetterReason : int32_t {
  kNullValue = 0,
  kUnparsable,
  kTooLarge,
  kMissingField,
  kBadValue,
  kNoCustomer,
  kTimeOutOfRange,
  kTimeInFuture,
  kOlderThanTimeline,
  kUnknownCommand,
  kErased,
};
inline constexpr int kDeadLetterReasons = 11;

// "missing_field" and so on.
Text ToString(DeadLetterReason reason);
std::optional<DeadLetterReason> ParseDeadLetterReason(Text name);

// A refused record: on Kafka the raw value with these as headers, in files one JSON object.
struct DeadLetter {
  DeadLetterReason reason = DeadLetterReason::kUnparsable;
  Text detail;
  Text topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::optional<int64_t> time;  // event time where it could be read, ms since epoch
  std::optional<Text> key;
  std::optional<Text> value;  // the raw record; absent where it was null
  bool truncated = false;     // too large: `value` holds the first bytes, `sha` the whole's hash
  Text value_hash;            // XXH3-128 in hexadecimal, where truncated
  Text traceparent;           // of the record's headers
};

}  // namespace waymark::model
