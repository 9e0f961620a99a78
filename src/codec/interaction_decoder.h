#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/dead_letter.h"
#include "model/interaction.h"

namespace waymark::codec {

// How the value of an input record is written.
enum class InputFormat {
  kAuto,  // registry framing is taken off; then '{' means JSON, anything else protobuf
  kJson,
  kProtobuf,
};

// Bounds of what an input may hold; see the settings of the same names.
struct InputLimits {
  size_t bytes_max = 256 * 1024;
  size_t identifiers_max = 64;
  size_t entries_max = 256;                           // of each map
  base::Timestamp time_earliest{-2'208'988'800'000};  // 1900-01-01
  base::Timestamp time_latest{253'402'300'799'999};   // the end of 9999
};

// Why an input record can't become a step.
struct Refusal {
  model::DeadLetterReason reason = model::DeadLetterReason::kUnparsable;
  std::string detail;  // names the field or the place
};

// Turns the bytes of an input record into a checked Interaction: required fields, ranges, enums,
// limits. What it does not know: whose record it is, and whether its time lies in the future.
// One decoder a thread; texts of `value` live until the next Decode and as long as `bytes`.
class InteractionDecoder {
 public:
  explicit InteractionDecoder(InputFormat format, const InputLimits& limits);
  ~InteractionDecoder();

  // Nothing: `value` is good. `time` of the value is set where it could be read, refused or not.
  std::optional<Refusal> Decode(std::optional<std::string_view> bytes, model::Interaction& value);

  // True when the last decoded record was protobuf already in canonical form, so that its payload
  // may be copied instead of encoded again; payload() is then that part of `bytes`.
  bool is_canonical() const;
  std::string_view payload() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The same checks for an interaction that came another way (CSV).
std::optional<Refusal> CheckInteraction(const model::Interaction& value, const InputLimits& limits);

}  // namespace waymark::codec
