// The part of Task that keeps measures: cells of counts by day, model and more, which follow what
// the fold says. They are published with what they count, and nothing is counted while restoring.
#include "engine/measuring.h"
#include "engine/task.h"

namespace waymark::engine {

using measure::CellKey;
using measure::CellKind;
using measure::Slot;

void Task::AddMeasures(const Profile& profile, const model::Interaction* interaction) {
  if (!measures_now()) return;
  Measure(profile.state, interaction, effects_, 1, cells_);
}

void Task::AddMeasures(const Refolding& refolding) {
  if (measures_now()) cells_.Add(refolding.measures());
}

// What is open now follows from the states, whatever has come when. What was published before a
// restore may say otherwise.
void Task::MeasureStanding() {
  const auto set = [this](const OpenJourneys::Place& place, int64_t count) {
    cells_.Set({.kind = CellKind::kStanding,
                .family = place.family,
                .model = place.model,
                .parts = {place.stage}},
               Slot::kCount, count);
  };
  if (!standing_known_) {
    for (const OpenJourneys::Place& place : StandingCells()) set(place, 0);
    standing_known_ = true;
  }
  const std::span<const int64_t> counts = open_.counts();
  standing_.resize(counts.size());
  for (size_t i = OpenJourneys::kOther + 1; i < counts.size(); ++i) {
    if (counts[i] != standing_[i]) set(open_.places()[i], counts[i]);
    standing_[i] = counts[i];
  }
}

std::vector<OpenJourneys::Place> Task::StandingCells() const {
  std::vector<OpenJourneys::Place> places;
  cells_.ForEach([&](std::string_view bytes, const measure::Cell&) {
    CellKey key;
    if (!measure::ParseKey(bytes, key) || key.kind != CellKind::kStanding) return;
    places.push_back({std::string(key.family), std::string(key.model), std::string(key.parts[0])});
  });
  return places;
}

base::Status Task::WriteMeasures() {
  if (!measures_now()) return {};
  MeasureStanding();
  const base::Millis retention = settings_.measures.retention;
  if (retention != base::Millis::max() && horizon_ != base::Timestamp::min()) {
    cells_.ForgetBefore(measure::DayOf(horizon_ - retention));
  }
  base::Status status;
  cells_.TakeChanged([&](std::string_view key, const measure::Cell& cell) {
    if (!status.ok() || !settings_.measures.publish) return;
    value_.clear();
    cell.AppendTo(value_);
    const bool is_gone = cell.IsZero();
    status = output_.Write(OutputTopic::kMeasures, partition_, key,
                           is_gone ? std::nullopt : std::optional<std::string_view>(value_));
  });
  return status;
}

base::Status Task::LoadMeasure(std::string_view key, std::optional<std::string_view> value) {
  if (cells_.Load(key, value.value_or(std::string_view()))) return {};
  return {base::StatusCode::kStore, "a cell of measures is malformed",
          "somebody else has written to the topic of measures"};
}

}  // namespace waymark::engine
