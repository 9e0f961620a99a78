#include <algorithm>

#include "journey/fold.h"

namespace waymark::journey {
namespace {

using model::Text;

Text IdText(base::Arena& arena, base::Id96 id) {
  return arena.Copy(base::view(base::ToText(id)));
}

void SummarizeStages(const Run& run, model::JourneySummary& out) {
  for (const detect::UsedStages::Entry& used : run.stages.entries()) {
    const detect::StageCounts& counts = used.counts;
    if (counts.visits == 0 && counts.interactions == 0 && counts.satisfaction_count == 0) continue;
    out.stages.push_back({run.model->definition.stages[static_cast<size_t>(used.stage)].name,
                          counts.visits, counts.time_ms, counts.interactions,
                          counts.satisfaction_sum, counts.satisfaction_count});
  }
}

void SummarizeRun(const Run& run, base::Arena& arena, model::JourneySummary& out) {
  const model::JourneyModel& model = run.model->definition;
  out.id = IdText(arena, run.id);
  out.replaces.clear();
  for (const base::Id96 id : run.replaces) out.replaces.push_back(IdText(arena, id));
  out.family = model.family;
  out.model = model.name;
  out.model_version = model.version;
  out.key = run.key;
  out.status = run.status;
  out.started = run.started.ms;
  out.last_activity = run.last_activity.ms;
  out.stage = out.station = {};
  out.stage_entered.reset();
  if (run.stage >= 0) {
    const model::Stage& stage = model.stages[static_cast<size_t>(run.stage)];
    out.stage = stage.name;
    out.stage_entered = run.stage_entered.ms;
    if (run.station >= 0) out.station = stage.stations[static_cast<size_t>(run.station)].name;
  }
  out.stages.clear();
  SummarizeStages(run, out);
  out.touchpoints.assign(run.touchpoints.begin(), run.touchpoints.end());
  out.channels.assign(run.channels.begin(), run.channels.end());
  out.relevant_set.assign(run.relevant_set.begin(), run.relevant_set.end());
  out.value_micros = run.value_micros;
}

void SummarizeRatings(const RatingState& ratings, model::CustomerJourneys& out) {
  out.touchpoints.clear();
  for (const RatingState::Touchpoint& touchpoint : ratings.touchpoints) {
    if (touchpoint.satisfaction_count == 0) continue;
    out.touchpoints.push_back(
        {touchpoint.name, touchpoint.satisfaction_sum, touchpoint.satisfaction_count});
  }
  std::sort(out.touchpoints.begin(), out.touchpoints.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  out.ratings_waiting = static_cast<int64_t>(ratings.waiting.size());
  out.ratings_unresolved = ratings.unresolved;
}

void SummarizeProfile(const State& state, model::ProfileSummary& profile) {
  profile.id = state.profile_id;
  profile.identifiers.clear();
  for (const auto& [name_space, value] : state.identifiers) {
    profile.identifiers.push_back({name_space, value});
  }
  profile.account = state.account;
  profile.attributes.clear();
  for (const auto& [name, value] : state.attributes) profile.attributes.push_back({name, value});
  profile.persona = AttributeOf(state, kPersonaAttribute);
  profile.target_group = AttributeOf(state, kTargetGroupAttribute);
  profile.consent = state.consent;
  profile.customer_status = state.customer.inactive ? model::CustomerStatus::kInactive
                                                    : state.customer.status;
  const auto ms_of = [](const std::optional<base::Timestamp>& time) {
    return time ? std::optional(time->ms) : std::nullopt;
  };
  profile.first_seen = ms_of(state.first_seen);
  profile.last_seen = ms_of(state.last_seen);
}

}  // namespace

void Summarize(const State& state, base::Arena& arena, model::CustomerJourneys& out) {
  SummarizeProfile(state, out.profile);
  size_t runs = 0;
  for (const FamilyState& family : state.families) runs += family.runs.size();
  out.journeys.resize(runs);
  size_t at = 0;
  for (const FamilyState& family : state.families) {
    for (const Run& run : family.runs) SummarizeRun(run, arena, out.journeys[at++]);
  }
  SummarizeRatings(state.ratings, out);
  out.session.reset();
  if (state.session.open) {
    const SessionState& session = state.session;
    out.session = model::SessionSummary{IdText(arena, session.id), session.start.ms,
                                        session.last.ms, session.interactions};
  }
  out.stale = false;
  out.covers = out.revision = 0;
  out.fold = out.floor = out.pending_from = {};
}

}  // namespace waymark::journey
