#include "scenario/result_reader.h"

#include <algorithm>

#include "base/arena.h"
#include "codec/json.h"
#include "codec/messages.h"
#include "codec/protobuf.h"
#include "engine/profile_cache.h"
#include "scenario/field_text.h"

namespace waymark::scenario {
namespace {

template <codec::NamedEnum E>
std::string NameOf(E value) {
  const auto number = static_cast<size_t>(value);
  const auto& names = codec::EnumNames<E>::kNames;
  return number == 0 || number >= names.size() ? std::string() : std::string(names[number]);
}

std::vector<std::string> Copies(const std::vector<model::Text>& texts) {
  return {texts.begin(), texts.end()};
}

// What is empty is left out.
void Set(Facts& facts, std::string_view name, std::string_view value) {
  if (!value.empty()) facts.emplace(name, value);
}

// Numbers ids in the order in which they are met: purchase-1, purchase-2.
class Numbering {
 public:
  std::string NameOf(model::Text id, const std::string& prefix) {
    if (id.empty()) return {};
    const auto [at, is_new] = names_.try_emplace(std::string(id));
    if (is_new) at->second = prefix + std::to_string(++counts_[prefix]);
    return at->second;
  }

 private:
  std::map<std::string, std::string> names_;
  std::map<std::string, int> counts_;
};

class ResultReader {
 public:
  ResultReader(const TestCase& test, const journey::Fold& fold, const store::Store& store,
               const Collector& output)
      : test_(test), fold_(fold), store_(store), output_(output) {}

  base::Result<Result> Read(const engine::Totals& totals) {
    WAYMARK_RETURN_IF_ERROR(ReadSteps());
    WAYMARK_RETURN_IF_ERROR(ReadSignals());
    WAYMARK_RETURN_IF_ERROR(ReadProfiles());
    for (const Collector::DeadLetter& letter : output_.dead_letters()) {
      Facts& facts = out_.dead_letters.emplace_back();
      const auto row = static_cast<size_t>(letter.offset);
      Set(facts, "id", row < test_.rows.size() ? test_.rows[row].id : "");
      Set(facts, "reason", letter.reason);
      Set(facts, "detail", letter.detail);
    }
    out_.duplicates = totals.duplicates;
    return std::move(out_);
  }

 private:
  base::Status ReadSteps() {
    std::vector<model::Step> steps;
    for (const auto& [key, bytes] : output_.steps()) {
      WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, steps.emplace_back()));
    }
    std::ranges::sort(steps, {}, [](const model::Step& step) {
      return std::tuple(step.profile_id, model::OrderOf(step.interaction));
    });
    for (const model::Step& step : steps) {
      const std::string profile(step.profile_id);
      StepResult& result = out_.customers[profile].steps.emplace_back();
      result.facts = StepFacts(step);
      std::string text = "step " + Describe(result.facts);
      for (const model::Placement& placement : step.placements) {
        result.placements.push_back(PlacementFacts(placement, numbering_[profile]));
        text += "; " + Describe(result.placements.back());
      }
      const model::OrderKey order = model::OrderOf(step.interaction);
      std::string bytes;
      codec::EncodeCanonical(step, bytes);
      AddCanonical("step", {profile, std::string(order.source_system), std::string(order.id)},
                   std::move(bytes), std::move(text));
    }
    return {};
  }

  Facts StepFacts(const model::Step& step) {
    const model::Interaction& interaction = step.corrected ? *step.corrected : step.interaction;
    Facts facts;
    Set(facts, "id", interaction.id);
    Set(facts, "at", TimeText(interaction.time));
    Set(facts, "channel", interaction.channel);
    Set(facts, "touchpoint", interaction.touchpoint);
    Set(facts, "action", interaction.action);
    Set(facts, "kind", interaction.IsCustomer() ? "CUSTOMER" : NameOf(interaction.kind));
    Set(facts, "session", numbering_[std::string(step.profile_id)].NameOf(step.session_id, ""));
    Set(facts, "session_start", TimeText(step.session_start));
    Set(facts, "persona", step.persona);
    Set(facts, "target_group", step.target_group);
    SetRatings(step, facts);
    return facts;
  }

  void SetRatings(const model::Step& step, Facts& facts) {
    std::vector<std::string> ids;
    for (const model::StepRating& rating : step.ratings) ids.emplace_back(rating.id);
    Set(facts, "ratings", SetText(std::move(ids)));
    if (!step.rated) return;
    Set(facts, "rated.at", TimeText(step.rated->time));
    Set(facts, "rated.touchpoint", step.rated->touchpoint);
    std::vector<std::string> journeys;
    std::vector<std::string> stages;
    for (const model::Placement& placement : step.rated->placements) {
      journeys.push_back(numbering_[std::string(step.profile_id)].NameOf(
          placement.journey_id, std::string(placement.family) + "-"));
      stages.emplace_back(placement.stage);
    }
    Set(facts, "rated.journey", SetText(std::move(journeys)));
    Set(facts, "rated.stage", SetText(std::move(stages)));
  }

  static Facts PlacementFacts(const model::Placement& placement, Numbering& numbering) {
    Facts facts;
    const std::string family(placement.family);
    Set(facts, "family", family);
    Set(facts, "model", placement.model);
    Set(facts, "version", std::to_string(placement.model_version));
    Set(facts, "journey", numbering.NameOf(placement.journey_id, family + "-"));
    Set(facts, "stage", placement.stage);
    Set(facts, "previous_stage", placement.previous_stage);
    Set(facts, "stage_entered", TimeText(placement.stage_entered));
    Set(facts, "station", placement.station);
    Set(facts, "department", placement.department);
    Set(facts, "next_stage", placement.next_stage);
    return facts;
  }

  base::Status ReadSignals() {
    std::vector<model::Signal> signals;
    for (const auto& [id, bytes] : output_.signals()) {
      WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, signals.emplace_back()));
    }
    std::ranges::sort(signals, {}, [](const model::Signal& signal) {
      return std::tuple(signal.profile_id, signal.time, signal.kind, signal.name, signal.id);
    });
    for (const model::Signal& signal : signals) {
      const std::string profile(signal.profile_id);
      Facts& facts = out_.customers[profile].signals.emplace_back(
          SignalFacts(signal, numbering_[profile]));
      std::string bytes;
      codec::EncodeCanonical(signal, bytes);
      AddCanonical("signal", {profile, std::string(signal.id)}, std::move(bytes),
                   "signal " + Describe(facts));
    }
    return {};
  }

  static Facts SignalFacts(const model::Signal& signal, Numbering& numbering) {
    Facts facts;
    const std::string family(signal.family);
    Set(facts, "kind", NameOf(signal.kind));
    Set(facts, "name", signal.name);
    Set(facts, "at", TimeText(signal.time));
    Set(facts, "family", family);
    Set(facts, "model", signal.model);
    if (!family.empty()) Set(facts, "version", std::to_string(signal.model_version));
    Set(facts, "journey", numbering.NameOf(signal.journey_id, family + "-"));
    Set(facts, "stage", signal.stage);
    Set(facts, "previous_stage", signal.previous_stage);
    Set(facts, "stage_duration", DurationText(signal.stage_duration_ms));
    if (signal.useful_until) {
      Set(facts, "useful_for", DurationText(*signal.useful_until - signal.time));
    }
    if (signal.before) {
      Set(facts, "before.interactions", std::to_string(signal.before->interactions));
      Set(facts, "before.time", DurationText(signal.before->time_ms));
      Set(facts, "before.touchpoints", SetText(Copies(signal.before->touchpoints)));
      Set(facts, "before.channels", SetText(Copies(signal.before->channels)));
    }
    if (const auto& found = signal.temporal_deviation) {
      Set(facts, "temporal_deviation.from", found->from);
      Set(facts, "temporal_deviation.time", DurationText(found->time_ms));
      Set(facts, "temporal_deviation.mean", DurationText(found->mean_ms));
      Set(facts, "temporal_deviation.deviation", DurationText(found->deviation_ms));
    }
    Set(facts, "last_touchpoint", signal.last_touchpoint);
    Set(facts, "department", signal.department);
    Set(facts, "previous_department", signal.previous_department);
    Set(facts, "detector", signal.detector);
    Set(facts, "evidence", SetText(Copies(signal.evidence)));
    return facts;
  }

  base::Status ReadProfiles() {
    const auto cursor = store_.Read(store::Family::kProfiles, {}, {});
    while (cursor->Next()) {
      engine::Profile profile;
      WAYMARK_RETURN_IF_ERROR(engine::ProfileCache::DecodeRow(fold_, cursor->value(), profile));
      base::Arena arena;
      model::CustomerJourneys journeys;
      journey::Summarize(profile.state, arena, journeys);
      AddSummary(journeys);
    }
    return cursor->status();
  }

  void AddSummary(const model::CustomerJourneys& summary) {
    const std::string id(summary.profile.id);
    CustomerResult& customer = out_.customers[id];
    customer.profile = ProfileFacts(summary.profile);
    SetRatings(summary, customer.profile);
    for (const model::JourneySummary& journey : summary.journeys) {
      customer.journeys.push_back(JourneyFacts(journey, numbering_[id]));
    }
    if (summary.session) {
      Facts& facts = customer.open_session.emplace();
      Set(facts, "start", TimeText(summary.session->start));
      Set(facts, "last", TimeText(summary.session->last));
      Set(facts, "interactions", std::to_string(summary.session->interactions));
    }
    std::string bytes;
    std::string text = "journeys ";
    codec::EncodeCanonical(summary, bytes);
    codec::EncodeJsonCanonical(summary, text);
    AddCanonical("journeys", {id}, std::move(bytes), std::move(text));
  }

  static Facts ProfileFacts(const model::ProfileSummary& profile) {
    Facts facts;
    std::vector<std::string> identifiers;
    for (const model::Identifier& identifier : profile.identifiers) {
      identifiers.push_back(std::string(identifier.name_space) + ":" +
                            std::string(identifier.value));
    }
    Set(facts, "identifiers", SetText(std::move(identifiers)));
    Set(facts, "account", profile.account);
    for (const model::TextEntry& entry : profile.attributes) {
      Set(facts, "attributes." + std::string(entry.key), entry.value);
    }
    Set(facts, "target_group", profile.target_group);
    Set(facts, "persona", profile.persona);
    Set(facts, "consent", NameOf(profile.consent));
    Set(facts, "first_seen", TimeText(profile.first_seen));
    Set(facts, "last_seen", TimeText(profile.last_seen));
    Set(facts, "customer_status", NameOf(profile.customer_status));
    return facts;
  }

  static void SetRatings(const model::CustomerJourneys& summary, Facts& facts) {
    for (const model::TouchpointSummary& touchpoint : summary.touchpoints) {
      const std::string prefix = "touchpoints." + std::string(touchpoint.name) + ".";
      Set(facts, prefix + "satisfaction_sum", std::to_string(touchpoint.satisfaction_sum));
      Set(facts, prefix + "satisfaction_count", std::to_string(touchpoint.satisfaction_count));
    }
    Set(facts, "ratings_waiting", std::to_string(summary.ratings_waiting));
    Set(facts, "ratings_unresolved", std::to_string(summary.ratings_unresolved));
  }

  static Facts JourneyFacts(const model::JourneySummary& journey, Numbering& numbering) {
    Facts facts;
    const std::string family(journey.family);
    Set(facts, "journey", numbering.NameOf(journey.id, family + "-"));
    Set(facts, "family", family);
    Set(facts, "model", journey.model);
    Set(facts, "version", std::to_string(journey.model_version));
    Set(facts, "key", journey.key);
    Set(facts, "status", NameOf(journey.status));
    Set(facts, "started", TimeText(journey.started));
    Set(facts, "last_activity", TimeText(journey.last_activity));
    Set(facts, "stage", journey.stage);
    Set(facts, "stage_entered", TimeText(journey.stage_entered));
    Set(facts, "station", journey.station);
    Set(facts, "touchpoints", SetText(Copies(journey.touchpoints)));
    Set(facts, "channels", SetText(Copies(journey.channels)));
    Set(facts, "relevant_set", SetText(Copies(journey.relevant_set)));
    Set(facts, "value", DecimalText(journey.value_micros));
    for (const model::StageSummary& stage : journey.stages) {
      const std::string prefix = "stages." + std::string(stage.name) + ".";
      Set(facts, prefix + "visits", std::to_string(stage.visits));
      Set(facts, prefix + "time", DurationText(stage.time_ms));
      Set(facts, prefix + "interactions", std::to_string(stage.interactions));
      Set(facts, prefix + "satisfaction_sum", std::to_string(stage.satisfaction_sum));
      Set(facts, prefix + "satisfaction_count", std::to_string(stage.satisfaction_count));
    }
    return facts;
  }

  void AddCanonical(std::string_view kind, std::initializer_list<std::string> key,
                    std::string bytes, std::string text) {
    std::string joined(kind);
    for (const std::string& part : key) joined.append(1, '\0').append(part);
    out_.canonical[joined] = {std::move(bytes), std::move(text)};
  }

  const TestCase& test_;
  const journey::Fold& fold_;
  const store::Store& store_;
  const Collector& output_;
  std::map<std::string, Numbering> numbering_;  // by profile
  Result out_;
};

}  // namespace

base::Result<Result> ReadResult(const TestCase& test, const journey::Fold& fold,
                                const store::Store& store, const Collector& output,
                                const engine::Totals& totals) {
  return ResultReader(test, fold, store, output).Read(totals);
}

}  // namespace waymark::scenario
