#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "generate/script.h"
#include "model/dead_letter.h"
#include "model/signal.h"

namespace waymark::generate {

// What must become of an item.
enum class Outcome : uint8_t { kStep, kDuplicate, kDeadLetter };
model::Text ToString(Outcome outcome);

// A signal that the script names at an interaction.
struct ExpectedSignal {
  model::SignalKind kind = model::SignalKind::kUnspecified;
  model::Text name;            // tells kinds apart that have several: "objective", "birthday"
  std::optional<int64_t> due;  // ms since epoch, where it falls due later without an interaction
};

// What is known about an item because the script made it; no model took part. Texts live as long as
// the item's.
struct Truth {
  uint64_t record = 0;  // place of the item in the stream, from 0
  Outcome outcome = Outcome::kStep;
  model::Text profile;  // the customer key; empty where the record has none
  model::Text source_system;
  model::Text id;
  int64_t time = 0;  // event time, ms since epoch
  // Of a dead letter only:
  std::optional<model::DeadLetterReason> reason;
  // Of the others only:
  model::Text script;
  model::Text family;
  uint32_t run = 0;         // which of the customer's journeys, from 1
  model::Text stage;        // where the customer is
  model::Text rated_stage;  // where that lies which a later rating is about
  bool noise = false;
  std::vector<ExpectedSignal> signals;

  void Clear();
};

// The signals behind the marks of a script; `due` is set where the date is known.
struct SignalDates {
  int64_t birthday = 0;
  int64_t anniversary = 0;
};
void AddSignals(Marks marks, const SignalDates& dates, std::vector<ExpectedSignal>& out);

// Appends one JSON object, without a line end. The format: README.md of this room.
void WriteTruth(const Truth& truth, std::string& out);

}  // namespace waymark::generate
