#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "codec/interaction_decoder.h"
#include "model/dead_letter.h"
#include "model/interaction.h"
#include "model/step.h"

namespace waymark::engine {

// An accepted interaction on its way into its task. Views live until the next call of Intake::Take.
struct Arrival {
  std::string_view profile_id;
  const model::Interaction* interaction = nullptr;
  std::string_view bytes;  // the interaction's canonical serialisation
  model::Origin origin;
  bool id_derived = false;
};

// A record as it comes in, from a topic or a file.
struct RawRecord {
  std::optional<std::string_view> key;    // the record key; never set for files
  std::optional<std::string_view> value;
  model::Origin origin;
  bool is_file = false;
};

struct IntakeSettings {
  codec::InputFormat format = codec::InputFormat::kAuto;
  codec::InputLimits limits;
  base::Millis future_skew{10 * 60 * 1000};
};

// Decodes and checks records and finds whose they are: the record key, in files the field `key`,
// else the first identifier as `namespace:value`. Used by one thread.
class Intake {
 public:
  explicit Intake(const IntakeSettings& settings);

  // Nothing: `arrival` is good. `now` is what future times are measured against; nothing: no check.
  std::optional<codec::Refusal> Take(const RawRecord& record, std::optional<base::Timestamp> now,
                                     Arrival& arrival);
  // The same for an interaction that came decoded (CSV); it may be changed (id).
  std::optional<codec::Refusal> TakeDecoded(const RawRecord& record,
                                            model::Interaction& interaction,
                                            std::optional<base::Timestamp> now, Arrival& arrival);

  // The event time of the last record, refused or not, where it could be read.
  std::optional<int64_t> last_time() const { return last_time_; }

  // The dead letter of the record refused last; the event time is in it where it could be read.
  model::DeadLetter LetterOf(const RawRecord& record, const codec::Refusal& refusal);

 private:
  std::optional<codec::Refusal> Finish(const RawRecord& record, model::Interaction& interaction,
                                       std::optional<base::Timestamp> now, Arrival& arrival);
  bool FindCustomer(const RawRecord& record, const model::Interaction& interaction);

  IntakeSettings settings_;
  codec::InteractionDecoder decoder_;
  model::Interaction interaction_;
  std::optional<int64_t> last_time_;
  std::string profile_id_;
  std::string derived_id_;
  std::string encoded_;
  std::string hash_;
};

// The id of an interaction that brings none: its place, zero-padded so that ids sort as places do.
void AppendDerivedId(const model::Origin& origin, bool is_file, std::string& out);

}  // namespace waymark::engine
