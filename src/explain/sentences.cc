#include "explain/sentences.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/counted.h"
#include "explain/rules.h"
#include "explain/wording.h"

namespace waymark::explain {
namespace {

using model::Detector;
using model::SignalKind;

std::string Percent(double probability) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.0f %%", probability * 100);
  return text.data();
}

// Says one signal as "WHO WHAT on DAY WHY."
class SentenceTeller {
 public:
  SentenceTeller(const journey::CompiledModel* model, const Explanation& explanation)
      : model_(model), from_(explanation), signal_(explanation.trace->signal()) {}

  std::string Tell() const {
    const auto [what, why] = SignalRuleOf(model_, signal_) != nullptr ? OfRule() : OfKind();
    return from_.customer + " " + what + " " + OnDay(signal_.time) +
           (why.empty() ? "" : " " + why) + ".";
  }

 private:
  struct Parts {
    std::string what;
    std::string why;
  };

  std::string Journey() const { return "the journey " + Quoted(from_.title); }

  // "the customer bought X1 in the store (interaction w-17)"
  std::string Done(const Evidence& evidence) const {
    if (evidence.step == nullptr) {
      return "interaction " + evidence.id + ", which the timeline no longer has, came";
    }
    return Done(*evidence.step);
  }
  static std::string Done(const model::Step& step) {
    const model::Interaction& interaction = CountedOf(step);
    return Told(interaction) + " (interaction " + std::string(interaction.id) + ")";
  }
  std::string LastDone() const {
    return from_.evidence.empty() ? "something happened" : Done(from_.evidence.back());
  }
  std::string BecauseLast() const { return "because " + LastDone(); }
  // "nothing came for 2 days after … (…)"
  std::string SilenceSinceLast(const std::string& nothing) const {
    const std::string length =
        from_.awaited ? " for " + Spelled(base::Millis(from_.awaited->until - from_.awaited->since))
                      : "";
    return "because " + nothing + length + " after " + LastDone();
  }
  std::string LastTouchpoint() const {
    if (signal_.last_touchpoint.empty()) return "";
    return "; the last touchpoint was " + Quoted(signal_.last_touchpoint);
  }
  std::string InStage() const {
    return signal_.stage.empty() ? "" : " in the stage " + Quoted(signal_.stage);
  }
  // " in the stage 'use' of the journey 'Six stages'"
  std::string InJourney() const {
    return signal_.stage.empty() ? " in " + Journey() : InStage() + " of " + Journey();
  }

  Parts OfKind() const {
    if (signal_.detector == "version") {
      const std::string what =
          signal_.kind == SignalKind::kJourneyStarted ? "began " : "was taken out of ";
      return {what + Journey() + InStage(), "because another version of its model took effect"};
    }
    switch (signal_.kind) {
      case SignalKind::kStageEntered: return Entered();
      case SignalKind::kStageLeft:
        return {"left the stage " + Quoted(signal_.stage) + " for " +
                    Quoted(from_.trace->cause().entered) + " of " + Journey() + " after " +
                    Spelled(base::Millis(signal_.stage_duration_ms.value_or(0))),
                WhyStage(from_.trace->cause().entered)};
      case SignalKind::kSessionStarted:
        return {"began a session", "when " + LastDone()};
      case SignalKind::kSessionClosed: return SessionClosed();
      case SignalKind::kJourneyStarted: return {"began " + Journey(), BecauseLast()};
      case SignalKind::kJourneyCompleted:
        return {"completed " + Journey() + InStage(), WhyClosed()};
      case SignalKind::kAbandoned:
        return {"abandoned " + Journey() + InStage(), WhyClosed() + LastTouchpoint()};
      case SignalKind::kSwitched:
        return {"left for a competitor" + InJourney(), WhyClosed() + LastTouchpoint()};
      case SignalKind::kTargetMissed: return TargetMissed();
      case SignalKind::kFirstTouch: return {"was met for the first time", "when " + LastDone()};
      case SignalKind::kFirstPersonalContact: return PersonalContact();
      case SignalKind::kHandover: return Handover();
      case SignalKind::kPersonaChanged:
        return {"became the persona " + Quoted(signal_.name), "as was learnt when " + LastDone()};
      case SignalKind::kLoyal:
        return {"became loyal", "with " + base::Counted(signal_.evidence.size(), "purchase") +
                                    ", the last when " + LastDone()};
      case SignalKind::kInactive:
        return {"became inactive", SilenceSinceLast("nothing was heard")};
      case SignalKind::kReactivated:
        return {signal_.journey_id.empty() ? "came back" : "took up " + Journey() + " again",
                BecauseLast()};
      default: break;
    }
    if (signal_.detector == "filter") return Disagrees();
    if (signal_.temporal_deviation) return Unusual(*signal_.temporal_deviation);
    return OfCustomerRule();
  }

  Parts OfCustomerRule() const {
    if (signal_.detector == "wait") return Waited();
    if (signal_.detector == "date") {
      return {"has the day " + Quoted(signal_.name),
              "as the profile says since " + LastDone()};
    }
    if (signal_.detector == "repurchase") return {"bought again", BecauseLast()};
    if (signal_.detector == "lifetime") {
      const auto& lifetime = model_->definition.journey.lifetime;
      return {"came to the end of the time for " + Journey() + InStage(),
              "because a journey of this model lasts no longer than " +
                  Spelled(lifetime.value_or(base::Millis(0)))};
    }
    return {Found(signal_.kind, signal_.name), BecauseLast()};
  }

  Parts Entered() const {
    const std::string name = Quoted(signal_.stage);
    const std::string what =
        signal_.previous_stage.empty()
            ? "came to the stage " + name + " of " + Journey()
            : "moved from the stage " + Quoted(signal_.previous_stage) + " to " + name + " of " +
                  Journey();
    return {what, WhyStage(signal_.stage)};
  }

  std::string WhyStage(model::Text entered) const {
    if (from_.trace->cause().step == nullptr) {
      return "without any interaction, because time passed after " + LastDone();
    }
    if (from_.rule.kind != "filter") return BecauseLast();
    std::string why = "because " + Quoted(entered) + " became the most probable stage";
    for (const auto& [stage, probability] : from_.trace->cause().after) {
      if (stage == entered) why += " (" + Percent(probability) + ")";
    }
    return why + " when " + LastDone();
  }

  Parts SessionClosed() const {
    if (from_.trace->cause().step == nullptr) {
      const std::string length = "because it had lasted as long as one may, after " + LastDone();
      return {"ended a session", from_.awaited ? SilenceSinceLast("nothing more came") : length};
    }
    const model::Step& step = *from_.trace->cause().step;
    const bool is_last = !from_.evidence.empty() && from_.evidence.back().step == &step;
    return {"ended a session",
            is_last ? BecauseLast() + ", which ends one"
                    : "because " + Done(step) + ", which begins another"};
  }

  std::string WhyClosed() const {
    if (signal_.detector == "silence") return SilenceSinceLast("nothing was heard");
    if (signal_.detector == "reentry" && from_.trace->cause().step != nullptr) {
      return "because " + Done(*from_.trace->cause().step) + ", which begins another";
    }
    if (signal_.detector == "runs-open-max") return "because too many journeys were open";
    if (from_.trace->cause().step == nullptr) {
      return "because time brought it to a stage that ends it, after " + LastDone();
    }
    return BecauseLast() + ", which ends it";
  }

  Parts TargetMissed() const {
    return {"stayed too long" + InJourney(),
            "because the target is to leave it within " +
                Spelled(base::Millis(signal_.stage_duration_ms.value_or(0))) +
                "; the last thing known is that " + LastDone()};
  }

  Parts PersonalContact() const {
    std::string between = "; nothing lay before it";
    const auto& before = signal_.before;
    if (before && before->interactions > 0) {
      between = "; before it lay " + base::Counted(before->interactions, "interaction") +
                " in " + Spelled(base::Millis(before->time_ms)) + " by " +
                Listed({before->channels.begin(), before->channels.end()});
    }
    return {"met a person for the first time in " + Journey(), BecauseLast() + between};
  }

  Parts Handover() const {
    return {"was handed over from " + std::string(signal_.previous_department) + " to " +
                std::string(signal_.department) + InJourney(),
            from_.trace->cause().step == nullptr ? WhyStage(signal_.stage) : BecauseLast()};
  }

  Parts Disagrees() const {
    std::string where = "no stage";
    if (!signal_.previous_stage.empty()) where = "the stage " + Quoted(signal_.previous_stage);
    std::string sure;
    for (const auto& [stage, probability] : from_.trace->cause().after) {
      if (stage == signal_.stage) sure = " (" + Percent(probability) + ")";
    }
    return {"stands in " + where + " of " + Journey() + " by the rules, but " +
                Quoted(signal_.stage) + sure + " is more probable",
            "after " + LastDone()};
  }

  // "came to the stage 'buy' of the journey 'Shop' unusually late" "because it took 9 days …"
  Parts Unusual(const model::TemporalDeviation& found) const {
    const bool is_late = found.deviations_milli > 0;
    const std::string deviations = InThousandths(std::abs(found.deviations_milli));
    return {"came to the stage " + Quoted(signal_.stage) + " of " + Journey() + " unusually " +
                (is_late ? "late" : "soon"),
            "because it took " + Spelled(base::Millis(found.time_ms)) + " from the stage " +
                Quoted(found.from) + ", where journeys take " +
                Spelled(base::Millis(found.mean_ms)) + ": " + deviations + " deviations of " +
                Spelled(base::Millis(found.deviation_ms)) + (is_late ? " longer" : " less") +
                "; at last " + LastDone()};
  }

  Parts Waited() const {
    if (!from_.awaited) {
      return {"was flagged " + Quoted(signal_.name),
              BecauseLast() + ", which is what was awaited"};
    }
    return {Found(signal_.kind, signal_.name), SilenceSinceLast("what was awaited did not come")};
  }

  Parts OfRule() const { return {Found(signal_.kind, signal_.name) + InJourney(), WhyFound()}; }

  std::string WhyFound() const {
    const model::SignalRule& rule = *SignalRuleOf(model_, signal_);
    if (!rule.detector) return BecauseLast();
    const Detector& detector = model_->definition.detectors[*rule.detector];
    switch (detector.kind) {
      case Detector::Kind::kInteraction: return BecauseLast();
      case Detector::Kind::kSequence: return WhySequence(detector);
      case Detector::Kind::kSilence: return SilenceSinceLast("nothing was heard");
      case Detector::Kind::kStay:
        return "because the journey stayed there for " + Spelled(detector.duration) + ", since " +
               LastDone();
      case Detector::Kind::kBounce:
        return "because the customer went back and forth " + std::to_string(detector.times) +
               " times, and at last " + LastDone();
      case Detector::Kind::kNarrowing:
        return "because the choice narrowed from at least " + std::to_string(detector.from) +
               " to at most " + std::to_string(detector.to) + " when " + LastDone();
    }
    return {};
  }

  std::string WhySequence(const Detector& detector) const {
    std::vector<std::string> done;
    constexpr size_t kToldMax = 4;  // the others are evidence below
    const size_t first = from_.evidence.size() > kToldMax ? from_.evidence.size() - kToldMax : 0;
    for (size_t i = first; i < from_.evidence.size(); ++i) done.push_back(Done(from_.evidence[i]));
    std::string why = "because ";
    for (size_t i = 0; i < done.size(); ++i) why += (i == 0 ? "" : ", then ") + done[i];
    if (!detector.sequence.back().is_absent) return why;
    return why + ", and what should have followed within " + Spelled(*detector.within) +
           " did not come";
  }

  const journey::CompiledModel* const model_;
  const Explanation& from_;
  const model::Signal& signal_;
};

}  // namespace

std::string SentenceOf(const journey::CompiledModel* model, const Explanation& explanation) {
  return SentenceTeller(model, explanation).Tell();
}

}  // namespace waymark::explain
