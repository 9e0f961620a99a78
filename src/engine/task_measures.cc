// The part of Task that keeps measures: cells of counts by day, model and more, which follow what
// the fold says. They are published with what they count, and nothing is counted while restoring.
#include "codec/compact.h"
#include "engine/keys.h"
#include "engine/measuring.h"
#include "engine/task.h"

namespace waymark::engine {

namespace {

constexpr size_t kRowsOfBatch = 10'000;
constexpr size_t kLoadedMost = 100'000;

// Before the bytes of a cell's key in its row.
std::string CellRow(base::Partition partition, int32_t day) {
  std::string row = MetaKey(partition, kCellName);
  for (int shift = 24; shift >= 0; shift -= 8) {
    row.push_back(static_cast<char>(static_cast<uint32_t>(day) >> shift));
  }
  return row;
}

}  // namespace

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

std::vector<OpenJourneys::Place> Task::StandingCells() {
  std::vector<OpenJourneys::Place> places;
  cells_.ForEachOf(0, [&](std::string_view bytes, const measure::Cell&) {
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
  base::Status status = cells_.status();
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

base::Status Task::StoredDays::ReadDay(int32_t day, const Visit& visit) const {
  const std::string prefix = CellRow(partition_, day);
  return store_.Scan(store::Family::kMeta, prefix, store::PrefixEnd(prefix),
                     [&](std::string_view key, std::string_view value) {
                       visit(key.substr(prefix.size()), value);
                       return true;
                     });
}

// Cells may be stored ahead of the offset, since those read again from there on say what stands.
base::Status Task::StoreMeasures() {
  store::Batch batch;
  base::Status status = cells_.status();
  size_t rows = 0;
  cells_.TakeUnstored([&](int32_t day, std::string_view key, const measure::Cell& cell) {
    const std::string row = CellRow(partition_, day).append(key);
    value_.clear();
    cell.AppendTo(value_);
    if (cell.IsZero()) {
      batch.Erase(store::Family::kMeta, row);
    } else {
      batch.Put(store::Family::kMeta, row, value_);
    }
    if (++rows % kRowsOfBatch != 0 || !status.ok()) return;
    status = store_.Write(batch);
    batch.Clear();
  });
  WAYMARK_RETURN_IF_ERROR(status);
  if (!batch.empty()) WAYMARK_RETURN_IF_ERROR(store_.Write(batch));
  cells_.Evict(settings_.measures.in_memory_max);
  return {};
}

// While restoring it is not known yet, or will be known better: what the store says stands.
void Task::StoreMeasuresEnd(store::Batch& batch) {
  if (!measures_now()) return;
  value_.clear();
  codec::CompactWriter(value_).Signed(measures_end_.value);
  batch.Put(store::Family::kMeta, MetaKey(partition_, kMeasuresEndName), value_);
}

base::Status Task::ResumeMeasures() {
  WAYMARK_ASSIGN_OR_RETURN(
      const auto end, store_.Get(store::Family::kMeta, MetaKey(partition_, kMeasuresEndName)));
  if (end) measures_end_ = base::Offset(codec::CompactReader(*end).Signed());
  const std::string prefix = MetaKey(partition_, kCellName);
  return store_.Scan(store::Family::kMeta, prefix, store::PrefixEnd(prefix),
                     [&](std::string_view key, std::string_view) {
                       cells_.NoteStored(key.substr(prefix.size() + sizeof(int32_t)));
                       return true;
                     });
}

void Task::PublishMeasuresAnew() {
  cells_.ChangeAll();
  measures_end_ = base::Offset(0);
}

base::Status Task::MakeRoomForMeasures() {
  return cells_.unstored() < kLoadedMost ? base::Status() : StoreMeasures();
}

base::Status Task::LoadMeasure(std::string_view key, std::optional<std::string_view> value) {
  if (cells_.Load(key, value.value_or(std::string_view()))) return cells_.status();
  return {base::StatusCode::kStore, "a cell of measures is malformed",
          "somebody else has written to the topic of measures"};
}

}  // namespace waymark::engine
