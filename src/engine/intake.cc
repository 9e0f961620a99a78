#include "engine/intake.h"

#include <fmt/format.h>

#include <iterator>

#include "base/hash.h"
#include "codec/protobuf.h"
#include "codec/utf8.h"

namespace waymark::engine {

using codec::Refusal;
using model::DeadLetterReason;

void AppendDerivedId(const model::Origin& origin, bool is_file, std::string& out) {
  auto to = std::back_inserter(out);
  if (is_file) {
    fmt::format_to(to, "{}:{:010}", origin.topic, origin.offset);
  } else {
    fmt::format_to(to, "{}:{:05}:{:019}", origin.topic, origin.partition, origin.offset);
  }
}

Intake::Intake(const IntakeSettings& settings)
    : settings_(settings), decoder_(settings.format, settings.limits) {}

std::optional<Refusal> Intake::Take(const RawRecord& record, std::optional<base::Timestamp> now,
                                    Arrival& arrival) {
  interaction_.Clear();
  auto refusal = decoder_.Decode(record.value, interaction_);
  last_time_ = interaction_.time;
  if (refusal) return refusal;
  const bool keeps_bytes = decoder_.is_canonical() && !interaction_.id.empty();
  refusal = Finish(record, interaction_, now, arrival);
  if (refusal) return refusal;
  if (keeps_bytes) {
    arrival.bytes = decoder_.payload();
  } else {
    encoded_.clear();
    codec::Encode(interaction_, encoded_);
    arrival.bytes = encoded_;
  }
  return std::nullopt;
}

std::optional<Refusal> Intake::TakeDecoded(const RawRecord& record,
                                           model::Interaction& interaction,
                                           std::optional<base::Timestamp> now, Arrival& arrival) {
  last_time_ = interaction.time;
  if (auto refusal = codec::CheckInteraction(interaction, settings_.limits)) return refusal;
  if (auto refusal = Finish(record, interaction, now, arrival)) return refusal;
  encoded_.clear();
  codec::Encode(interaction, encoded_);
  arrival.bytes = encoded_;
  return std::nullopt;
}

std::optional<Refusal> Intake::Finish(const RawRecord& record, model::Interaction& interaction,
                                      std::optional<base::Timestamp> now, Arrival& arrival) {
  if (record.key && !codec::IsUtf8(*record.key)) {
    return Refusal{DeadLetterReason::kBadValue, "the record's key is not valid UTF-8"};
  }
  if (!FindCustomer(record, interaction)) {
    return Refusal{DeadLetterReason::kNoCustomer,
                   record.is_file ? "neither key nor identifiers" : "the record has no key"};
  }
  if (now && interaction.timestamp() > *now + settings_.future_skew) {
    return Refusal{DeadLetterReason::kTimeInFuture,
                   fmt::format("time {} is more than {} ahead of {}",
                               base::FormatRfc3339(interaction.timestamp()),
                               base::FormatDuration(settings_.future_skew),
                               base::FormatRfc3339(*now))};
  }
  interaction.key = {};
  arrival.id_derived = interaction.id.empty();
  if (arrival.id_derived) {
    derived_id_.clear();
    AppendDerivedId(record.origin, record.is_file, derived_id_);
    interaction.id = derived_id_;
  }
  arrival.profile_id = profile_id_;
  arrival.interaction = &interaction;
  arrival.origin = record.origin;
  return std::nullopt;
}

bool Intake::FindCustomer(const RawRecord& record, const model::Interaction& interaction) {
  profile_id_.clear();
  if (record.key) {
    profile_id_.assign(*record.key);
  } else if (record.is_file && !interaction.key.empty()) {
    profile_id_.assign(interaction.key);
  } else if (record.is_file && !interaction.identifiers.empty()) {
    const model::Identifier& first = interaction.identifiers.front();
    profile_id_.append(first.name_space).append(":").append(first.value);
  }
  return !profile_id_.empty();
}

model::DeadLetter Intake::LetterOf(const RawRecord& record, const Refusal& refusal) {
  model::DeadLetter letter;
  letter.reason = refusal.reason;
  letter.detail = refusal.detail;
  letter.topic = record.origin.topic;
  letter.partition = record.origin.partition;
  letter.offset = record.origin.offset;
  letter.traceparent = record.origin.traceparent;
  letter.time = last_time_;
  letter.key = record.key;
  letter.value = record.value;
  if (letter.value && letter.value->size() > settings_.limits.bytes_max) {
    const base::Hash128 hash = base::MakeHash128(*letter.value);
    hash_ = fmt::format("{:016x}{:016x}", hash.high, hash.low);
    letter.value_hash = hash_;
    letter.truncated = true;
    letter.value = letter.value->substr(0, settings_.limits.bytes_max);
  }
  return letter;
}

}  // namespace waymark::engine
