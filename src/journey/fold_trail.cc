// What measures want to know of a run's way beside its stages, signals and scores.
#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Millis;
using base::Timestamp;
using model::Text;

// All so far came of timers that were due before the interaction.
void FoldStep::NoteFired() {
  Effects::Fired& fired = effects_.fired;
  fired.signals = effects_.signals.size();
  fired.scores = effects_.scores.size();
  fired.entries = effects_.entries.size();
  fired.stays = effects_.stays.size();
  fired.ends = effects_.ends.size();
  if (fired.signals + fired.scores + fired.entries + fired.stays + fired.ends == 0) return;
  fired.audience = {effects_.arena.Copy(Attribute(kPersonaAttribute)),
                    effects_.arena.Copy(Attribute(kTargetGroupAttribute))};
}

void FoldStep::NoteEntered(Run& run, int32_t stage, bool is_first, Timestamp time) {
  if (!keeps_measures()) return;
  StageEntry& entry = effects_.entries.emplace_back();
  entry.model = run.model;
  entry.stage = stage;
  entry.is_first = is_first;
  entry.time = time;
  Trail& trail = run.trail;
  if (is_first) {
    const std::span<StageEntry::Earlier> earlier =
        effects_.arena.TakeArray<StageEntry::Earlier>(trail.visits.size());
    size_t count = 0;
    for (const Trail::Visit& visit : trail.visits) {
      const auto known = earlier.first(count);
      const bool again = std::ranges::any_of(
          known, [&](const StageEntry::Earlier& e) { return e.stage == visit.stage; });
      if (!again) earlier[count++] = {visit.stage, time - visit.entered};
    }
    entry.earlier = earlier.first(count);
  }
  if (trail.visits.size() < fold_.settings().limits.visits_max) {
    trail.visits.push_back({stage, time});
  } else {
    trail.is_cut = true;
  }
}

void FoldStep::LeaveStation(Run& run, Timestamp time) {
  if (run.station < 0) return;
  if (keeps_measures()) {
    effects_.stays.push_back(
        {run.model, run.stage, run.station, time, time - run.trail.station_entered});
    run.trail.station_entered = {};
  }
  run.station = -1;
}

std::optional<int64_t> FoldStep::ChannelSpread(const Trail& trail) {
  if (trail.scores.size() < 2) return std::nullopt;
  const auto mean = [](const Trail::ChannelScore& score) {
    return score.satisfaction_sum * 1000 / score.satisfaction_count;
  };
  const auto [least, greatest] = std::ranges::minmax(trail.scores, {}, mean);
  return mean(greatest) - mean(least);
}

void FoldStep::NoteEnd(Run& run, Timestamp time) {
  if (!keeps_measures()) return;
  if (run.station >= 0) {
    effects_.stays.push_back(
        {run.model, run.stage, run.station, time, time - run.trail.station_entered});
  }
  RunEnd& end = effects_.ends.emplace_back();
  end.model = run.model;
  end.run = run.id.low;
  end.status = run.status;
  end.time = time;
  end.started = run.started;
  end.stage = run.stage;
  end.interactions = run.interactions;
  end.value_micros = run.value_micros;
  if (run.last_touchpoint != 0) {
    end.last_touchpoint = effects_.arena.Copy(run.touchpoints.At(run.last_touchpoint));
  }
  const std::span<Text> touchpoints = effects_.arena.TakeArray<Text>(run.touchpoints.size());
  std::ranges::transform(run.touchpoints, touchpoints.begin(),
                         [&](Text name) { return effects_.arena.Copy(name); });
  end.touchpoints = touchpoints;
  const std::span<int32_t> path = effects_.arena.TakeArray<int32_t>(run.trail.visits.size());
  std::ranges::transform(run.trail.visits, path.begin(), &Trail::Visit::stage);
  end.path = path;
  end.is_path_cut = run.trail.is_cut;
  for (const detect::UsedStages::Entry& used : run.stages.entries()) {
    if (used.visited) end.farthest = std::max(end.farthest, used.stage);
  }
  end.channel_spread = ChannelSpread(run.trail);
  std::vector<Trail::ChannelScore> scores = std::move(run.trail.scores);
  run.trail = {};
  // The rating that comes with what ends the journey is yet to be counted.
  if (interaction_ != nullptr) run.trail.scores = std::move(scores);
}

RunEnd* FoldStep::EndOf(const Run& run) {
  const auto ends = std::span(effects_.ends).subspan(effects_.fired.ends);
  const auto at = std::ranges::find(ends, run.id.low, &RunEnd::run);
  return at == ends.end() ? nullptr : &*at;
}

// All ratings of the interaction are counted.
void FoldStep::SettleEnds() {
  if (effects_.ends.size() == effects_.fired.ends) return;
  for (FamilyState& family : state_.families) {
    for (Run& run : family.runs) {
      RunEnd* const end = EndOf(run);
      if (end == nullptr || run.is_open()) continue;
      end->channel_spread = ChannelSpread(run.trail);
      run.trail.scores = {};
    }
  }
}

// Of a run that is opened again.
void FoldStep::BeginTrailAnew(Run& run) {
  if (!keeps_measures()) return;
  if (run.stage >= 0) run.trail.visits.push_back({run.stage, now_});
  if (run.station >= 0) run.trail.station_entered = now_;
}

void FoldStep::NoteChannelScore(Run& run, Text channel, int32_t satisfaction) {
  if (channel.empty() || (!run.is_open() && EndOf(run) == nullptr)) return;
  std::vector<Trail::ChannelScore>& scores = run.trail.scores;
  auto at = std::ranges::find(scores, channel, &Trail::ChannelScore::channel);
  if (at == scores.end()) {
    if (scores.size() >= fold_.settings().limits.channels_max) return;
    at = scores.insert(scores.end(), {std::string(channel), 0, 0});
  }
  at->satisfaction_sum += satisfaction;
  ++at->satisfaction_count;
}

}  // namespace waymark::journey
