#include "engine/open_journeys.h"

#include <algorithm>

#include "codec/compact.h"

namespace waymark::engine {
namespace {

void Move(const OpenPart& from, const OpenPart& to, std::vector<int64_t>& counts) {
  for (const char16_t place : from) --counts[place];
  for (const char16_t place : to) ++counts[place];
}

}  // namespace

OpenJourneys::OpenJourneys() : places_(2), counts_(2), stored_(2) {
  places_[kOther] = {"other", "other", "other"};
}

void OpenJourneys::Count(const journey::State& state, OpenPart& counted) {
  const OpenPart& part = PartOf(state);
  if (part == counted) return;
  Move(counted, part, counts_);
  counted = part;
}

void OpenJourneys::Store(const OpenPart& counted, OpenPart& stored) {
  if (counted == stored) return;
  Move(stored, counted, stored_);
  stored = counted;
}

void OpenJourneys::Take(const journey::State& state, OpenPart& counted, OpenPart& stored) {
  counted = PartOf(state);
  stored = counted;
}

void OpenJourneys::AddStored(const journey::State& state) {
  const OpenPart& part = PartOf(state);
  Move({}, part, counts_);
  Move({}, part, stored_);
}

void OpenJourneys::WriteStored(std::string& out) const {
  codec::CompactWriter writer(out);
  for (size_t i = 0; i < places_.size(); ++i) {
    if (stored_[i] == 0) continue;
    writer.Text(places_[i].family);
    writer.Text(places_[i].model);
    writer.Text(places_[i].stage);
    writer.Signed(stored_[i]);
  }
}

bool OpenJourneys::ReadStored(std::string_view row) {
  struct Row {
    std::string_view family, model, stage;
    int64_t count;
  };
  std::vector<Row> rows;
  codec::CompactReader reader(row);
  while (reader.left() > 0 && !reader.failed()) {
    Row& read = rows.emplace_back();
    read.family = reader.Text();
    read.model = reader.Text();
    read.stage = reader.Text();
    read.count = reader.Signed();
  }
  if (reader.failed()) return false;
  for (const Row& read : rows) {
    const uint16_t place = PlaceOf(read.family, read.model, read.stage);
    counts_[place] += read.count;
    stored_[place] += read.count;
  }
  return true;
}

const OpenPart& OpenJourneys::PartOf(const journey::State& state) {
  part_.clear();
  if (state.session.open) part_.push_back(kSessions);
  for (const journey::FamilyState& family : state.families) {
    for (const journey::Run& run : family.runs) {
      if (run.is_open()) part_.push_back(PlaceOf(run));
    }
  }
  return part_;
}

uint16_t OpenJourneys::PlaceOf(const journey::Run& run) {
  std::vector<uint16_t>& by_stage = by_model_[run.model];
  if (by_stage.empty()) {
    const model::JourneyModel& model = run.model->definition;
    by_stage.push_back(PlaceOf(model.family, model.name, {}));
    for (const model::Stage& stage : model.stages) {
      by_stage.push_back(PlaceOf(model.family, model.name, stage.name));
    }
  }
  return by_stage[static_cast<size_t>(run.stage + 1)];
}

uint16_t OpenJourneys::PlaceOf(std::string_view family, std::string_view model,
                               std::string_view stage) {
  const auto at = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
    return place.stage == stage && place.model == model && place.family == family;
  });
  if (at != places_.end()) return static_cast<uint16_t>(at - places_.begin());
  if (places_.size() >= kPlacesMax) return kOther;
  places_.push_back({std::string(family), std::string(model), std::string(stage)});
  counts_.push_back(0);
  stored_.push_back(0);
  return static_cast<uint16_t>(places_.size() - 1);
}

}  // namespace waymark::engine
