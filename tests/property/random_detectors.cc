#include "property/random_detectors.h"

#include <algorithm>
#include <string>

#include "property/fold_scenario.h"

namespace waymark::test {
namespace {

using model::Condition;
using model::Detector;
using Kind = Detector::Kind;

const model::FieldRef kTouchpointField{model::Field::kTouchpoint, {}};

std::vector<model::StagePart> Places(int bits, const model::JourneyModel& model) {
  std::vector<model::StagePart> places;
  for (size_t stage = 0; stage < model.stages.size(); ++stage) {
    if ((bits >> stage & 1) != 0) places.push_back({model.stages[stage].name, {}});
  }
  return places;
}

// As the parser would have it: the first part comes, so does the last of those that come.
void AddSequence(const RandomDetector& random, Detector& out) {
  for (const RandomPart& part : random.parts) {
    model::SequencePart& added = out.sequence.emplace_back();
    added.when = ActionIn(part.actions);
    added.is_absent = part.absent && out.sequence.size() > 1;
    added.times_min = part.least;
    added.times_max = std::max(1, part.least + part.more);
    added.follows = static_cast<model::SequencePart::Follows>(part.follows);
    const bool after_absent =
        out.sequence.size() > 1 && out.sequence[out.sequence.size() - 2].is_absent;
    if (added.follows == model::SequencePart::Follows::kDirectly &&
        (after_absent || added.times_min == 0)) {
      added.follows = model::SequencePart::Follows::kLater;
    }
  }
  out.sequence.front().times_min = std::max(1, out.sequence.front().times_min);
  const auto last = std::find_if(out.sequence.rbegin(), out.sequence.rend(),
                                 [](const auto& part) { return !part.is_absent; });
  last->times_min = std::max(1, last->times_min);
  if (out.sequence.back().is_absent && !out.within) out.within = base::Millis(1);
}

Detector DetectorOf(const RandomDetector& random, size_t number, base::Millis slot,
                    const model::JourneyModel& model) {
  Detector out;
  out.name = "detector-" + std::to_string(number);
  out.kind = static_cast<Kind>(random.kind);
  if (random.within != 0) out.within = slot * random.within;
  out.duration = slot * random.duration;
  out.in = Places(random.in, model);
  if (out.kind == Kind::kStay && out.in.empty()) out.in.push_back({model.stages[0].name, {}});
  if (out.kind == Kind::kInteraction) out.when = ActionIn(random.actions);
  if (random.same) out.same = {kTouchpointField};
  out.overlapping = random.overlapping;
  out.between = random.same ? kTouchpointField : model::FieldRef{model::Field::kAction, {}};
  out.times = random.times;
  out.to = random.to;
  out.from = random.to + random.times;
  if (out.kind == Kind::kSequence) AddSequence(random, out);
  return out;
}

// Two states a stage, over the first two actions and all others.
model::FilterRule FilterOf(bool decides, const model::JourneyModel& model) {
  model::FilterRule out;
  out.decides = decides;
  out.warns = !decides;
  out.warn_from = 0.5;
  out.symbols = {{"first", ActionIn(1), {}}, {"second", ActionIn(2), {}}, {"other", {}, {}}};
  const size_t states = 2 * model.stages.size();
  for (size_t s = 0; s < states; ++s) {
    model::FilterState& state = out.states.emplace_back();
    state.name = "state-" + std::to_string(s);
    state.stage = model.stages[s / 2].name;
    state.outcome = s % 2 == 0 ? "even" : "odd";
    state.start = 1.0 / static_cast<double>(states);
    state.emits = {{"first", s % 3 == 0 ? 0.7 : 0.2}, {"second", s % 3 == 0 ? 0.1 : 0.5},
                   {"other", s % 3 == 0 ? 0.2 : 0.3}};
    state.next = {{state.name, 0.6}, {"state-" + std::to_string((s + 1) % states), 0.4}};
    if (states == 1) state.next = {};
  }
  return out;
}

model::TemporalProfile ProfileOf(base::Millis mean, const model::JourneyModel& model) {
  model::TemporalProfile profile;
  profile.zeta_milli = 1500;
  for (const model::Stage& from : model.stages) {
    for (const model::Stage& to : model.stages) {
      if (&from != &to) profile.pairs.push_back({from.name, to.name, mean, mean / 4, {}});
    }
  }
  return profile;
}

}  // namespace

void AddFindings(const RandomFindings& random, base::Millis slot, model::JourneyModel& model) {
  for (const RandomDetector& detector : random.detectors) {
    const size_t number = model.detectors.size();
    model.detectors.push_back(DetectorOf(detector, number, slot, model));
    if (!detector.signals) continue;
    model::SignalRule& rule = model.signals.emplace_back();
    rule.name = "found-" + std::to_string(number);
    rule.detector = number;
  }
  const auto asking = static_cast<size_t>(random.asking_stage);
  if (!model.detectors.empty() && asking < model.stages.size()) {
    Condition detected;
    detected.kind = Condition::Kind::kIn;
    detected.field = {model::Field::kDetected, {}};
    detected.values = {model.detectors[0].name};
    Condition either;
    either.kind = Condition::Kind::kAny;
    either.children = {model.stages[asking].enter, detected};
    model.stages[asking].enter = either;
  }
  if (random.relevant_last != 0) {
    model::RelevantSetRule& rule = model.journey.relevant_set.emplace();
    rule.of = kTouchpointField;
    rule.out = ActionIn(1);
    rule.last = random.relevant_last;
    if (random.relevant_within != 0) rule.within = slot * random.relevant_within;
  }
  if (random.usual != 0) model.temporal_profile = ProfileOf(slot * random.usual, model);
  if (random.filter != 0) model.filter = FilterOf(random.filter == 2, model);
}

std::ostream& operator<<(std::ostream& out, const RandomFindings& random) {
  for (const RandomDetector& d : random.detectors) {
    out << "detector kind=" << d.kind << " within=" << d.within << " same=" << d.same
        << " overlapping=" << d.overlapping << " duration=" << d.duration << " in=" << d.in
        << " actions=" << d.actions << " times=" << d.times << " to=" << d.to
        << " signals=" << d.signals << " parts=";
    for (const RandomPart& p : d.parts) {
      out << (p.absent ? "no " : "") << p.actions << " x" << p.least << '+' << p.more << " f"
          << p.follows << "; ";
    }
    out << '\n';
  }
  return out << "asking=" << random.asking_stage << " relevant=" << random.relevant_last << '/'
             << random.relevant_within << " filter=" << random.filter
             << " usual=" << random.usual << '\n';
}

}  // namespace waymark::test
