#include "app/journey_text.h"

#include <algorithm>
#include <array>

#include "app/progress_bar.h"
#include "app/table.h"
#include "base/counted.h"

namespace waymark::app {
namespace {

constexpr size_t kIdShown = 8;  // digits of an id that tell it from others of the profile
const std::string kIndent = "  ";

std::string ShortId(model::Text id) { return std::string(id.substr(0, kIdShown)); }

std::string Joined(const std::vector<model::Text>& texts) {
  std::string out;
  for (const model::Text text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

std::string ConsentName(model::Consent consent) {
  switch (consent) {
    case model::Consent::kNone: return "none";
    case model::Consent::kService: return "service";
    case model::Consent::kFull: return "full";
    case model::Consent::kUnspecified: break;
  }
  return "";
}

std::string CustomerStatusName(model::CustomerStatus status) {
  switch (status) {
    case model::CustomerStatus::kProspect: return "prospect";
    case model::CustomerStatus::kNew: return "new";
    case model::CustomerStatus::kExisting: return "existing";
    case model::CustomerStatus::kInactive: return "inactive";
    case model::CustomerStatus::kFormer: return "former";
    case model::CustomerStatus::kUnspecified: break;
  }
  return "";
}

void AppendFact(const char* name, const std::string& value, std::string& out) {
  if (value.empty()) return;
  std::string label(name);
  label.resize(14, ' ');
  out.append(kIndent).append(label).append(value).push_back('\n');
}

// "4.5 (2)": the mean to a tenth, of how many.
std::string ScoreText(int64_t sum, int64_t count) {
  if (count <= 0) return "";
  const int64_t tenths = (20 * sum + count) / (2 * count);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " (" +
         std::to_string(count) + ")";
}

void AppendRatings(const model::CustomerJourneys& journeys, std::string& out) {
  std::string scores;
  for (const model::TouchpointSummary& touchpoint : journeys.touchpoints) {
    scores.append(scores.empty() ? "" : ", ").append(touchpoint.name).append(" ");
    scores += ScoreText(touchpoint.satisfaction_sum, touchpoint.satisfaction_count);
  }
  AppendFact("satisfaction", scores, out);
  std::string open;
  if (journeys.ratings_waiting > 0) {
    open = Grouped(journeys.ratings_waiting) + " waiting for the step that they are about";
  }
  if (journeys.ratings_unresolved > 0) {
    open.append(open.empty() ? "" : ", ").append(Grouped(journeys.ratings_unresolved));
    open += " about a step that never came";
  }
  AppendFact("ratings", open, out);
}

void AppendProfile(const ProfileView& view, std::string& out) {
  const model::ProfileSummary& profile = view.journeys.profile;
  out.append("profile ").append(profile.id).push_back('\n');
  std::string identifiers;
  for (const model::Identifier& identifier : profile.identifiers) {
    identifiers.append(identifiers.empty() ? "" : ", ");
    identifiers.append(identifier.name_space).append(":").append(identifier.value);
  }
  AppendFact("identifiers", identifiers, out);
  AppendFact("account", std::string(profile.account), out);
  std::string attributes;
  for (const model::TextEntry& entry : profile.attributes) {
    attributes.append(attributes.empty() ? "" : ", ");
    attributes.append(entry.key).append("=").append(entry.value);
  }
  AppendFact("attributes", attributes, out);
  AppendFact("status", CustomerStatusName(profile.customer_status), out);
  AppendFact("consent", ConsentName(profile.consent), out);
  AppendFact("first seen", TimeText(profile.first_seen), out);
  AppendFact("last seen", TimeText(profile.last_seen), out);
  AppendFact("interactions", Grouped(view.profile.state.interactions), out);
  AppendFact("partition", std::to_string(view.partition.value), out);
  if (view.horizon > base::Timestamp::min()) {
    AppendFact("horizon", base::FormatRfc3339(view.horizon), out);
  }
  if (view.journeys.stale) {
    AppendFact("stale", "steps that came late are not folded in yet (pending)", out);
  }
  AppendRatings(view.journeys, out);
  const auto& session = view.journeys.session;
  if (!session) return;
  AppendFact("session",
             "open since " + TimeText(session->start) + ", " + Grouped(session->interactions) +
                 " interactions, last " + TimeText(session->last),
             out);
}

// What a stage took: completed stays, and the present one up to the horizon.
std::string StageTime(const model::JourneySummary& journey, const model::StageSummary& stage,
                      base::Timestamp horizon) {
  int64_t ms = stage.time_ms;
  const bool present = journey.status == model::JourneyStatus::kOpen &&
                       journey.stage == stage.name && journey.stage_entered;
  if (present && horizon.ms > *journey.stage_entered) ms += horizon.ms - *journey.stage_entered;
  return RoughDuration(base::Millis(ms)) + (present ? " so far" : "");
}

void AppendJourney(const model::JourneySummary& journey, const ProfileView& view,
                   const TextLimits& limits, std::string& out) {
  out.append("\njourney ").append(ShortId(journey.id)).append("  ").append(journey.family);
  out.append("/").append(journey.model).append("/").append(std::to_string(journey.model_version));
  if (!journey.key.empty()) out.append("  key ").append(journey.key);
  out.append("  ").append(StatusName(journey.status)).push_back('\n');
  std::string stage(journey.stage);
  if (!journey.station.empty()) stage.append("/").append(journey.station);
  if (journey.stage_entered) stage += " since " + TimeText(journey.stage_entered);
  AppendFact("stage", stage, out);
  AppendFact("started", TimeText(journey.started), out);
  AppendFact("last activity", TimeText(journey.last_activity), out);
  AppendFact("channels", Joined(journey.channels), out);
  AppendFact("touchpoints", Joined(journey.touchpoints), out);
  AppendFact("relevant set", Joined(journey.relevant_set), out);
  Table table({"stage", "visits", "interactions", "time", "satisfaction"});
  for (const model::StageSummary& row : journey.stages) {
    table.Add({std::string(row.name), Grouped(row.visits), Grouped(row.interactions),
               StageTime(journey, row, view.horizon),
               ScoreText(row.satisfaction_sum, row.satisfaction_count)});
  }
  if (!table.empty()) out.append(table.Text(limits.width, kIndent));
}

std::string StageOf(const model::Step& step) {
  if (step.pending) return "pending";
  std::string out;
  for (const model::Placement& placement : step.placements) {
    if (!out.empty()) out.append(", ");
    if (step.placements.size() > 1) out.append(placement.family).append(":");
    out.append(placement.stage.empty() ? model::Text("-") : placement.stage);
    if (!placement.station.empty()) out.append("/").append(placement.station);
    if (!placement.previous_stage.empty()) {
      out.append(" (from ").append(placement.previous_stage).append(")");
    }
  }
  return out;
}

size_t FirstShown(size_t rows, const TextLimits& limits, std::string& out) {
  if (limits.rows_max == 0 || rows <= limits.rows_max) return 0;
  const size_t hidden = rows - limits.rows_max;
  out.append(kIndent).append(Grouped(static_cast<int64_t>(hidden)));
  out.append(" earlier ones are left out (--limit 0 shows all)\n");
  return hidden;
}

// What a rating says, and about which step; what others say about this one.
std::string RatingText(const model::Step& step) {
  const auto score = [](const model::Rating& rating) {
    return rating.satisfaction ? std::to_string(*rating.satisfaction) + " of 5" : "rated";
  };
  const model::Interaction& interaction = step.corrected ? *step.corrected : step.interaction;
  std::string out;
  if (interaction.rating) out = score(*interaction.rating);
  if (step.rated) {
    std::string stages;
    for (const model::Placement& placement : step.rated->placements) {
      stages.append(stages.empty() ? "" : ", ").append(placement.stage);
    }
    out.append(" for ").append(step.rated->touchpoint.empty() ? "a step" : step.rated->touchpoint);
    if (!stages.empty()) out.append(" in ").append(stages);
    out.append(", ").append(TimeText(step.rated->time));
  }
  for (const model::StepRating& rating : step.ratings) {
    out.append(out.empty() ? "" : "; ").append(score(rating.rating)).append(" from ");
    out.append(rating.id);
  }
  return out;
}

void AppendTimeline(const ProfileView& view, const TextLimits& limits, std::string& out) {
  out.append("\ntimeline, ").append(Grouped(static_cast<int64_t>(view.steps.size())));
  out.append(" ").append(base::NounFor(view.steps.size(), "step")).append("\n");
  const bool has_ratings = std::any_of(
      view.steps.begin(), view.steps.end(),
      [](const model::Step& step) { return step.interaction.rating || !step.ratings.empty(); });
  std::vector<std::string> heading = {"time",   "channel", "touchpoint",
                                      "action", "stage",   "session"};
  if (has_ratings) heading.emplace_back("rating");
  Table table(std::move(heading));
  for (size_t i = FirstShown(view.steps.size(), limits, out); i < view.steps.size(); ++i) {
    const model::Step& step = view.steps[i];
    const model::Interaction& interaction = step.corrected ? *step.corrected : step.interaction;
    std::vector<std::string> row = {TimeText(interaction.time),
                                    std::string(interaction.channel),
                                    std::string(interaction.touchpoint),
                                    std::string(interaction.action) +
                                        (step.corrected ? " (corrected)" : ""),
                                    StageOf(step),
                                    ShortId(step.session_id)};
    if (has_ratings) row.push_back(RatingText(step));
    table.Add(std::move(row));
  }
  if (!table.empty()) out.append(table.Text(limits.width, kIndent));
}

void AppendSignals(const ProfileView& view, const TextLimits& limits, std::string& out) {
  out.append("\nsignals, ").append(Grouped(static_cast<int64_t>(view.signals.size())));
  out.push_back('\n');
  Table table({"time", "kind", "name", "journey", "stage", "evidence"});
  for (size_t i = FirstShown(view.signals.size(), limits, out); i < view.signals.size(); ++i) {
    const model::Signal& signal = view.signals[i];
    table.Add({TimeText(signal.time), std::string(model::ToString(signal.kind)),
               std::string(signal.name), ShortId(signal.journey_id), std::string(signal.stage),
               Joined(signal.evidence)});
  }
  if (!table.empty()) out.append(table.Text(limits.width, kIndent));
}

}  // namespace

std::string RoughDuration(base::Millis duration) {
  struct Unit {
    int64_t ms;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}}};
  const int64_t ms = duration.count();
  for (size_t i = 0; i < kUnits.size(); ++i) {
    if (ms < kUnits[i].ms) continue;
    std::string text = std::to_string(ms / kUnits[i].ms) + kUnits[i].name;
    const int64_t rest = ms % kUnits[i].ms;
    if (i + 1 < kUnits.size() && rest >= kUnits[i + 1].ms) {
      text += " " + std::to_string(rest / kUnits[i + 1].ms) + kUnits[i + 1].name;
    }
    return text;
  }
  return std::to_string(ms) + " ms";
}

std::string StatusName(model::JourneyStatus status) {
  switch (status) {
    case model::JourneyStatus::kOpen: return "open";
    case model::JourneyStatus::kCompleted: return "completed";
    case model::JourneyStatus::kAbandoned: return "abandoned";
    case model::JourneyStatus::kSwitched: return "switched";
    case model::JourneyStatus::kExpired: return "expired";
    case model::JourneyStatus::kRestarted: return "restarted";
    case model::JourneyStatus::kUnspecified: break;
  }
  return "";
}

std::string TimeText(std::optional<int64_t> ms) {
  return ms ? base::FormatRfc3339({*ms}) : std::string();
}

std::string ProfileText(const ProfileView& view, const TextLimits& limits) {
  std::string out;
  AppendProfile(view, out);
  for (const model::JourneySummary& journey : view.journeys.journeys) {
    AppendJourney(journey, view, limits, out);
  }
  AppendTimeline(view, limits, out);
  AppendSignals(view, limits, out);
  return out;
}

}  // namespace waymark::app
