#include "explain/rules.h"

#include <algorithm>
#include <utility>

#include "base/time.h"
#include "explain/narrow.h"
#include "explain/wording.h"
#include "model/condition_text.h"
#include "model/journey_model.h"

namespace waymark::explain {
namespace {

using model::Detector;
using model::SequencePart;
using model::SignalKind;

bool IsAlways(const model::Condition& condition) {
  return condition.kind == model::Condition::Kind::kAlways;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

std::string PlacesOf(const std::vector<model::StagePart>& parts) {
  std::vector<std::string> texts;
  for (const model::StagePart& part : parts) {
    texts.push_back(part.station.empty() ? part.stage : part.stage + "/" + part.station);
  }
  return Joined(texts);
}

std::string PartName(size_t place) { return "part " + std::to_string(place + 1); }

std::string PartText(const SequencePart& part) {
  std::string out = part.is_absent ? "must not come: " : "";
  out += model::ToYaml(part.when);
  if (part.times_min == 0) {
    out += ", may be missing";
  } else if (part.times_max != 1) {
    out += part.times_min == part.times_max
               ? ", " + std::to_string(part.times_min) + " times"
               : ", at least " + std::to_string(part.times_min) + " times";
  }
  if (part.follows == SequencePart::Follows::kDirectly) out += ", directly after the one before";
  return out;
}

// Writes the rule of one signal.
class RuleTeller {
 public:
  RuleTeller(const Timeline& timeline, const journey::CompiledModel* model, Explanation& out)
      : timeline_(timeline), model_(model), signal_(out.trace->signal()), out_(out) {}

  void Tell() {
    if (const model::SignalRule* const rule = SignalRuleOf(model_, signal_)) {
      TellSignalRule(*rule);
    } else if (model_ != nullptr) {
      TellJourney();
    } else {
      TellCustomer();
    }
  }

 private:
  void Add(std::string what, std::string text) {
    if (!text.empty()) out_.rule.lines.push_back({std::move(what), std::move(text)});
  }
  void Add(std::string what, const std::optional<base::Millis>& duration) {
    if (duration) Add(std::move(what), base::FormatDuration(*duration));
  }
  void Name(std::string kind, std::string name, const std::string& file, model::Place place) {
    out_.rule.kind = std::move(kind);
    out_.rule.name = std::move(name);
    out_.rule.file = file;
    out_.rule.line = place.file == 0 ? place.line : 0;
  }
  void NameInModel(std::string kind, std::string name, model::Place place) {
    Name(std::move(kind), std::move(name), model_->definition.file, place);
  }

  // The condition, and what of it was decisive at the step that brought the signal. `stage` is
  // where the journey stood as it was asked.
  void AddCondition(const std::string& what, const model::Condition& condition,
                    model::Text stage) {
    const std::string whole = model::ToYaml(condition);
    Add(what, whole);
    const model::Step* const step = out_.trace->cause().step;
    if (step == nullptr || model_ == nullptr) return;
    const model::JourneyModel& definition = model_->definition;
    detect::JourneyFacts journey;
    const auto index = definition.StageIndex(stage);
    journey.stage = index ? static_cast<int32_t>(*index) : -1;
    detect::Facts facts;
    facts.interaction = &CountedOf(*step);
    facts.now = facts.interaction->timestamp();
    facts.journey = &journey;
    const std::string held =
        model::ToYaml(Narrowed(condition, facts, {definition.stages, definition.detectors}));
    if (held != whole) Add("what held of it", held);
  }

  void AwaitSince(std::string what, int64_t since) {
    out_.awaited = Awaited{std::move(what), since, signal_.time};
  }
  // Since the last interaction behind the signal.
  void Await(std::string what) {
    const auto& evidence = out_.evidence;
    const model::Step* const last = evidence.empty() ? nullptr : evidence.back().step;
    if (last != nullptr) AwaitSince(std::move(what), CountedOf(*last).time.value_or(0));
  }

  void TellSignalRule(const model::SignalRule& rule) {
    NameInModel("condition", rule.name, rule.place);
    if (rule.detector) {
      TellDetector(model_->definition.detectors[*rule.detector]);
    }
    if (!rule.detector || !IsAlways(rule.when)) AddCondition("when", rule.when, signal_.stage);
    if (rule.once) Add("once", "at most one a journey");
    Add("useful for", rule.useful_for);
  }

  void TellDetector(const Detector& detector) {
    Add("detector", detector.name);
    Add("within", detector.within);
    std::vector<std::string> same;
    for (const model::FieldRef& field : detector.same) same.push_back(model::ToString(field));
    Add("same", Joined(same));
    Add("in", PlacesOf(detector.in));
    switch (detector.kind) {
      case Detector::Kind::kInteraction:
        AddCondition("interaction", detector.when, signal_.stage);
        return;
      case Detector::Kind::kSequence: return TellSequence(detector);
      case Detector::Kind::kSilence:
        out_.rule.kind = "silence";
        Add("silence", base::FormatDuration(detector.duration));
        if (!IsAlways(detector.when)) Add("while", model::ToYaml(detector.when));
        return Await("an interaction of the journey");
      case Detector::Kind::kStay:
        out_.rule.kind = "stay";
        Add("stay", base::FormatDuration(detector.duration));
        if (!IsAlways(detector.when)) Add("while", model::ToYaml(detector.when));
        return AwaitSince("leaving " + PlacesOf(detector.in),
                          signal_.time - detector.duration.count());
      case Detector::Kind::kBounce:
        out_.rule.kind = "bounce";
        Add("between", model::ToString(detector.between));
        return Add("times", std::to_string(detector.times));
      case Detector::Kind::kNarrowing:
        out_.rule.kind = "narrowing";
        Add("from", "at least " + std::to_string(detector.from));
        return Add("to", "at most " + std::to_string(detector.to));
    }
  }

  void TellSequence(const Detector& detector) {
    out_.rule.kind = "sequence";
    for (size_t i = 0; i < detector.sequence.size(); ++i) {
      Add(PartName(i), PartText(detector.sequence[i]));
    }
    const std::vector<int32_t>& parts = out_.trace->cause().parts;
    for (size_t i = 0; i < std::min(parts.size(), out_.evidence.size()); ++i) {
      if (parts[i] >= 0) out_.evidence[i].part = PartName(static_cast<size_t>(parts[i]));
    }
    const SequencePart& last = detector.sequence.back();
    if (!last.is_absent) return;
    out_.rule.kind = "absence";
    AwaitSince(model::ToYaml(last.when), signal_.time - detector.within->count());
  }

  const model::Stage* FindStage(model::Text name) const {
    const auto index = model_->definition.StageIndex(name);
    return index ? &model_->definition.stages[*index] : nullptr;
  }

  void TellStage() {
    const bool entered = signal_.kind == SignalKind::kStageEntered;
    const model::Stage* stage = FindStage(signal_.stage);
    model::Text before = signal_.previous_stage;
    if (!entered) {
      stage = FindStage(out_.trace->cause().entered);
      before = signal_.stage;
    }
    const auto& filter = model_->definition.filter;
    if (filter && filter->decides && out_.trace->cause().step != nullptr) {
      NameInModel("filter", {}, model_->definition.place);
      return Add("decides", "the most probable stage");
    }
    if (stage == nullptr) return NameInModel("stage", {}, model_->definition.place);
    NameInModel("stage", stage->name, stage->place);
    AddCondition("enter", stage->enter, before);
    Add("from", Joined(stage->from));
    if (stage->closes) Add("closes", "the journey, as it is entered");
  }

  void TellJourney() {
    const model::JourneyRules& rules = model_->definition.journey;
    NameInModel(std::string(signal_.detector), {}, model_->definition.place);
    switch (signal_.kind) {
      case SignalKind::kStageEntered:
      case SignalKind::kStageLeft: return TellStage();
      case SignalKind::kJourneyStarted: return AddCondition("start", rules.start, {});
      case SignalKind::kFirstPersonalContact:
        return Add("personal channels", Joined(model_->definition.personal_channels));
      case SignalKind::kTargetMissed: return TellTarget();
      case SignalKind::kReactivated:
        if (rules.reopen) AddCondition("reopen", *rules.reopen, signal_.stage);
        return;
      case SignalKind::kHandover:
        return Add("handovers by", rules.handovers == model::Handovers::kOwner
                                       ? "the owner of the stage"
                                       : "the department of the interaction, else the owner of "
                                         "the stage");
      case SignalKind::kCustom:
        if (signal_.temporal_deviation) return TellTemporalProfile(*signal_.temporal_deviation);
        return Add("warns from", std::to_string(model_->definition.filter->warn_from));
      default: return TellEnd();
    }
  }

  void TellTarget() {
    const model::Stage* const stage = FindStage(signal_.stage);
    if (stage == nullptr) return;
    NameInModel("target", stage->name, stage->place);
    Add("duration", stage->targets.duration);
    AwaitSince("leaving the stage " + stage->name,
               signal_.time - signal_.stage_duration_ms.value_or(0));
  }

  void TellTemporalProfile(const model::TemporalDeviation& found) {
    const auto& profile = model_->definition.temporal_profile;
    if (!profile) return;
    for (const model::TemporalProfile::Pair& pair : profile->pairs) {
      if (pair.from != found.from || pair.to != signal_.stage) continue;
      NameInModel(std::string(signal_.detector), {}, pair.place);
      Add("from", pair.from);
      Add("to", pair.to);
      Add("mean", ByUnits(pair.mean));
      Add("deviation", ByUnits(pair.deviation));
    }
    Add("zeta", InThousandths(profile->zeta_milli));
  }

  void TellEnd() {
    const model::JourneyRules& rules = model_->definition.journey;
    if (signal_.detector == "silence") {
      Add("abandon after", rules.abandon_after);
      Add("abandon from", PlacesOf(rules.abandon_from));
      return Await("an interaction of the journey");
    }
    if (signal_.detector == "lifetime") return Add("lifetime", rules.lifetime);
    if (signal_.detector == "stage") {
      const model::Stage* const stage = FindStage(signal_.stage);
      if (stage == nullptr) return;
      NameInModel("stage", stage->name, stage->place);
      AddCondition("enter", stage->enter, {});
      return Add("closes", "the journey, as it is entered");
    }
    if (signal_.detector != "end") return;
    for (const model::EndRule& end : rules.ends) {
      if (KindOf(end.status) != signal_.kind) continue;
      NameInModel("end", {}, end.place);
      AddCondition("end when", end.when, signal_.stage);
    }
  }

  static SignalKind KindOf(model::JourneyStatus status) {
    switch (status) {
      case model::JourneyStatus::kCompleted: return SignalKind::kJourneyCompleted;
      case model::JourneyStatus::kSwitched: return SignalKind::kSwitched;
      default: return SignalKind::kAbandoned;
    }
  }

  void TellCustomer() {
    out_.rule.kind = std::string(signal_.detector);
    const journey::CompiledCustomer* const compiled = timeline_.fold.models().customer();
    if (signal_.detector == "session") return TellSession(compiled);
    if (compiled == nullptr) return;
    const model::CustomerModel& customer = compiled->definition();
    if (signal_.detector == "wait") return TellWait(customer);
    if (signal_.detector == "date") return TellDate(customer);
    const bool is_of_status = signal_.detector == "inactivity" || signal_.detector == "loyalty" ||
                              signal_.detector == "repurchase";
    if (!customer.status || !is_of_status) return;
    Name(out_.rule.kind, {}, customer.file, customer.place);
    if (signal_.kind == SignalKind::kInactive) {
      Add("inactive after", customer.status->inactive_after);
      Await("an interaction of the customer");
    } else if (signal_.kind == SignalKind::kLoyal && customer.status->loyal) {
      Add("purchases", std::to_string(customer.status->loyal->purchases));
      Add("within", customer.status->loyal->within);
    }
    const bool is_purchase =
        signal_.kind == SignalKind::kLoyal || signal_.kind == SignalKind::kLifecycle;
    if (is_purchase && customer.status->buy) Add("buy", model::ToYaml(*customer.status->buy));
  }

  void TellSession(const journey::CompiledCustomer* customer) {
    Add("session.gap", base::FormatDuration(timeline_.fold.settings().session_gap));
    if (customer != nullptr) {
      const model::SessionRules& rules = customer->definition().sessions;
      for (const auto& [channel, gap] : rules.gap_by_channel) {
        Add("gap after " + channel, base::FormatDuration(gap));
      }
      Add("length max", rules.length_max);
      if (rules.start) Add("start", model::ToYaml(*rules.start));
      if (rules.end) Add("end", model::ToYaml(*rules.end));
    }
    const bool is_timed = signal_.kind == SignalKind::kSessionClosed &&
                          out_.trace->cause().step == nullptr;
    if (!is_timed) return;
    Await("an interaction of the customer");
    if (out_.awaited && !IsGap(base::Millis(out_.awaited->until - out_.awaited->since), customer)) {
      out_.awaited.reset();  // it was closed for its length
    }
  }

  bool IsGap(base::Millis silence, const journey::CompiledCustomer* customer) const {
    if (silence == timeline_.fold.settings().session_gap) return true;
    if (customer == nullptr) return false;
    const auto& gaps = customer->definition().sessions.gap_by_channel;
    return std::ranges::any_of(gaps, [&](const auto& gap) { return gap.second == silence; });
  }

  void TellWait(const model::CustomerModel& customer) {
    for (const model::WaitRule& wait : customer.waits) {
      const bool is_answer = !wait.completed.empty() && wait.completed == signal_.name;
      if (wait.name != signal_.name && !is_answer) continue;
      Name("wait", wait.name, customer.file, wait.place);
      Add("when", model::ToYaml(wait.when));
      Add("until", model::ToYaml(wait.until));
      Add("within", base::FormatDuration(wait.within));
      if (!is_answer) AwaitSince(model::ToYaml(wait.until), signal_.time - wait.within.count());
      return;
    }
  }

  void TellDate(const model::CustomerModel& customer) {
    for (const model::DateRule& date : customer.dates) {
      if (date.name != signal_.name) continue;
      Name("date", date.name, customer.file, date.place);
      Add("attribute", date.attribute);
      Add("every", date.every_year ? "year" : "");
      if (date.before.count() != 0) Add("before", base::FormatDuration(date.before));
      return;
    }
  }

  const Timeline& timeline_;
  const journey::CompiledModel* const model_;
  const model::Signal& signal_;
  Explanation& out_;
};

}  // namespace

const model::SignalRule* SignalRuleOf(const journey::CompiledModel* model,
                                      const model::Signal& signal) {
  // What Waymark finds by itself has a detector of another name than the signal.
  if (model == nullptr || signal.detector != signal.name) return nullptr;
  for (const model::SignalRule& rule : model->definition.signals) {
    if (rule.name == signal.name && rule.kind == signal.kind) return &rule;
  }
  return nullptr;
}

void TellRule(const Timeline& timeline, const journey::CompiledModel* model,
              Explanation& explanation) {
  RuleTeller(timeline, model, explanation).Tell();
}

}  // namespace waymark::explain
