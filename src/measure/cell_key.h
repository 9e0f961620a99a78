#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/interaction.h"

namespace waymark::measure {

// What a cell is about, and what its parts are. Stored and published: never renumbered.
enum class CellKind : uint8_t {
  kContact = 1,    // stage, station, touchpoint, channel: contacts, and ratings of them
  kWork = 2,       // stage, department, source system, process: contacts of everybody
  kStage = 3,      // stage, station: entered, left, missed; how long stays were
  kFlow = 4,       // from, to: stages; "" is the start, "@completed" and the like are ends
  kJourney = 5,    // -: started, ended by status; how long they were
  kExit = 6,       // stage, last touchpoint: ended by status
  kInfluence = 7,  // touchpoint, farthest stage: ended by status; "" counts all journeys
  kPath = 8,       // stages, one after the other: ended by status
  kHandover = 9,   // from, to: departments; stage: how long the journey had waited
  kPair = 10,      // from, to: stages; how long from the first entry of one to that of the other
  kSignal = 11,    // kind, name, stage
  kProbe = 12,     // kind, check type, touchpoint, channel: mystery checks and walks
  kStanding = 13,  // stage: open now; of no day
  kOverflow = 14,  // -: the day had more cells than are kept, further ones count as "other"
};
inline constexpr int kCellKinds = 15;

// Between the stages of a path.
inline constexpr std::string_view kPathArrow = " > ";
// For what was left out.
inline constexpr std::string_view kOther = "other";

struct CellKey {
  CellKind kind = CellKind::kContact;
  int32_t day = 0;  // since 1970, in UTC, of event time
  model::Text family = {};
  model::Text model = {};
  int32_t model_version = 0;
  model::Text persona = {};
  model::Text target_group = {};
  std::array<model::Text, 4> parts{};  // by kind
  friend bool operator==(const CellKey&, const CellKey&) = default;
};

// The day of an event time.
int32_t DayOf(base::Timestamp time);

// A name no longer than fits into keys: one that is longer is "other".
model::Text Bounded(model::Text name);

// The protobuf message waymark.v1.MeasureKey in its one canonical form; equal keys have equal
// bytes.
void AppendKey(const CellKey& key, std::string& out);
// Texts are views into `bytes`. False: malformed, or of a kind that is not known.
bool ParseKey(std::string_view bytes, CellKey& key);

}  // namespace waymark::measure
