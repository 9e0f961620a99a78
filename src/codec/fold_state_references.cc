#include "codec/fold_state_references.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include "codec/fold_state.h"

namespace waymark::codec {
namespace {

using journey::RatingState;
using Places = std::span<const RatingState::Place>;

// Times of steps follow one another closely: each is written as a distance from the one before.
class StepTimes {
 public:
  explicit StepTimes(int64_t epoch) : last_(static_cast<uint64_t>(epoch)) {}

  int64_t Distance(int64_t time) {
    const uint64_t before = last_;
    last_ = static_cast<uint64_t>(time);
    return static_cast<int64_t>(last_ - before);
  }
  int64_t After(int64_t distance) {
    last_ += static_cast<uint64_t>(distance);
    return static_cast<int64_t>(last_);
  }

 private:
  uint64_t last_;
};

void WriteSteps(CompactWriter& out, int64_t epoch, const RatingState& ratings) {
  StepTimes times(epoch);
  Places before;
  size_t place = 0;
  out.Unsigned(ratings.steps.size());
  for (const RatingState::Step& step : ratings.steps) {
    const Places places = Places(ratings.places).subspan(place, step.places);
    place += step.places;
    const bool same = std::ranges::equal(places, before);
    before = places;
    out.Signed(times.Distance(step.time.ms));
    out.Unsigned(step.id);
    out.Unsigned(step.order);
    out.Unsigned(step.touchpoint);
    out.Unsigned(same ? 0 : places.size() + 1);
    if (same) continue;
    for (const RatingState::Place& at : places) {
      out.Unsigned(at.family);
      out.Unsigned(at.run);
      out.Signed(at.stage);
    }
  }
}

bool ReadPlaces(CompactReader& in, size_t count, size_t families, RatingState& ratings) {
  if (count > families) return false;
  for (; count > 0; --count) {
    RatingState::Place& place = ratings.places.emplace_back();
    place.family = static_cast<uint32_t>(in.Unsigned());
    place.run = static_cast<uint32_t>(in.Unsigned());
    place.stage = static_cast<int32_t>(in.Signed());
    if (place.family >= families || place.stage < 0) return false;
  }
  return true;
}

bool ReadSteps(CompactReader& in, int64_t epoch, size_t families, RatingState& ratings) {
  StepTimes times(epoch);
  uint32_t places_before = 0;
  for (size_t left = in.Count(); left > 0; --left) {
    RatingState::Step step;
    step.time.ms = times.After(in.Signed());
    step.id = static_cast<uint32_t>(in.Unsigned());
    step.order = static_cast<uint32_t>(in.Unsigned());
    step.touchpoint = static_cast<uint32_t>(in.Unsigned());
    const uint64_t places = in.Unsigned();
    if (step.touchpoint > ratings.touchpoints.size()) return false;
    if (places != 0) {
      if (!ReadPlaces(in, places - 1, families, ratings)) return false;
      places_before = static_cast<uint32_t>(places - 1);
    } else {
      const size_t from = ratings.places.size() - places_before;
      for (uint32_t i = 0; i < places_before; ++i) {
        ratings.places.push_back(RatingState::Place(ratings.places[from + i]));
      }
    }
    step.places = places_before;
    ratings.steps.push_back(step);
  }
  return true;
}

void WriteScore(CompactWriter& out, std::optional<int32_t> value) {
  out.Unsigned(value ? 1 : 0);
  if (value) out.Signed(*value);
}

std::optional<int32_t> ReadScore(CompactReader& in) {
  if (in.Unsigned() == 0) return std::nullopt;
  return static_cast<int32_t>(in.Signed());
}

void WriteWaiting(CompactWriter& out, const RatingState::Waiting& rating) {
  out.Time(rating.since.ms);
  out.Text(rating.source_system);
  out.Text(rating.id);
  out.Unsigned(static_cast<uint64_t>(rating.by));
  out.Unsigned(rating.hash);
  out.Time(rating.time.ms);
  out.Text(rating.touchpoint);
  WriteScore(out, rating.satisfaction);
  WriteScore(out, rating.nps);
  WriteScore(out, rating.emotion);
  WriteScore(out, rating.need_fulfilment);
}

bool ReadWaiting(CompactReader& in, RatingState::Waiting& rating) {
  rating.since.ms = in.Time();
  rating.source_system.assign(in.Text());
  rating.id.assign(in.Text());
  const uint64_t by = in.Unsigned();
  if (by > static_cast<uint64_t>(RatingState::By::kOrder)) return false;
  rating.by = static_cast<RatingState::By>(by);
  rating.hash = static_cast<uint32_t>(in.Unsigned());
  rating.time.ms = in.Time();
  rating.touchpoint.assign(in.Text());
  rating.satisfaction = ReadScore(in);
  rating.nps = ReadScore(in);
  rating.emotion = ReadScore(in);
  rating.need_fulfilment = ReadScore(in);
  return true;
}

}  // namespace

bool HasRatings(const RatingState& ratings) {
  return !ratings.steps.empty() || !ratings.touchpoints.empty() || !ratings.waiting.empty() ||
         ratings.resolved != 0 || ratings.unresolved != 0;
}

void WriteRatings(CompactWriter& out, int64_t epoch, const RatingState& ratings, int format) {
  out.Unsigned(ratings.touchpoints.size());
  for (const RatingState::Touchpoint& touchpoint : ratings.touchpoints) {
    out.Text(touchpoint.name);
    out.Signed(touchpoint.satisfaction_count);
    if (touchpoint.satisfaction_count != 0) out.Signed(touchpoint.satisfaction_sum);
    if (format >= kStateFormatWithTrails) out.Text(touchpoint.channel);
  }
  WriteSteps(out, epoch, ratings);
  out.Unsigned(ratings.waiting.size());
  for (const RatingState::Waiting& rating : ratings.waiting) WriteWaiting(out, rating);
  out.Signed(ratings.resolved);
  out.Signed(ratings.unresolved);
}

bool ReadRatings(CompactReader& in, const RatingsContext& context, RatingState& ratings) {
  for (size_t left = in.Count(); left > 0; --left) {
    RatingState::Touchpoint& touchpoint = ratings.touchpoints.emplace_back();
    touchpoint.name.assign(in.Text());
    touchpoint.satisfaction_count = in.Signed();
    if (touchpoint.satisfaction_count != 0) touchpoint.satisfaction_sum = in.Signed();
    if (context.format >= kStateFormatWithTrails) touchpoint.channel.assign(in.Text());
  }
  if (!ReadSteps(in, context.epoch, context.families, ratings)) return false;
  for (size_t left = in.Count(); left > 0; --left) {
    if (!ReadWaiting(in, ratings.waiting.emplace_back())) return false;
  }
  ratings.resolved = in.Signed();
  ratings.unresolved = in.Signed();
  return true;
}

void WriteCorrections(CompactWriter& out, const std::vector<journey::Correction>& corrections) {
  out.Unsigned(corrections.size());
  for (const journey::Correction& correction : corrections) {
    out.Time(correction.position.time);
    out.Signed(correction.position.sequence);
    out.Text(correction.position.source_system);
    out.Text(correction.position.id);
    out.Text(correction.bytes);
  }
}

void ReadCorrections(CompactReader& in, std::vector<journey::Correction>& corrections) {
  for (size_t left = in.Count(); left > 0; --left) {
    journey::Correction& correction = corrections.emplace_back();
    correction.position.time = in.Time();
    correction.position.sequence = in.Signed();
    correction.position.source_system.assign(in.Text());
    correction.position.id.assign(in.Text());
    correction.bytes.assign(in.Text());
  }
}

}  // namespace waymark::codec
