#include "explain/trace.h"

#include <utility>

#include "base/hash.h"

namespace waymark::explain {
namespace {

using model::Detector;

// The place among all parts of the n-th that is no absence; the last one where there are fewer.
int32_t PlaceOfPart(const Detector& detector, uint32_t n) {
  int32_t last = -1;
  for (size_t i = 0; i < detector.sequence.size(); ++i) {
    if (detector.sequence[i].is_absent) continue;
    last = static_cast<int32_t>(i);
    if (n-- == 0) break;
  }
  return last;
}

std::string KeyOf(std::string_view journey, uint32_t detector,
                  std::span<const std::string> evidence) {
  std::string key(journey);
  key.append("\n").append(std::to_string(detector));
  for (const std::string& id : evidence) key.append("\n").append(id);
  return key;
}

// The detector behind a signal of one of the model's rules.
std::optional<uint32_t> DetectorOf(const model::JourneyModel& model, const model::Signal& signal) {
  if (signal.detector != signal.name) return std::nullopt;
  for (const model::SignalRule& rule : model.signals) {
    if (rule.name != signal.name || rule.kind != signal.kind || !rule.detector) continue;
    return static_cast<uint32_t>(*rule.detector);
  }
  return std::nullopt;
}

}  // namespace

const model::Interaction& CountedOf(const model::Step& step) {
  return step.corrected ? *step.corrected : step.interaction;
}

void ForEachSignal(const Timeline& timeline, const SignalVisitor& visit) {
  journey::State state = timeline.floor;
  journey::Effects effects;
  const auto tell = [&](const model::Step* step) {
    for (const model::Signal& signal : effects.signals) {
      if (!visit(signal, step)) return false;
    }
    effects.Clear();
    return true;
  };
  for (const model::Step& step : timeline.steps) {
    if (step.pending) continue;
    const model::Interaction& interaction = CountedOf(step);
    timeline.fold.AdvanceTo(state, interaction.timestamp(), effects);
    if (!tell(nullptr)) return;
    timeline.fold.Apply(state, interaction, effects);
    if (!tell(&step)) return;
  }
  timeline.fold.AdvanceTo(state, timeline.horizon, effects);
  tell(nullptr);
}

void Trace::ForEach(const Timeline& timeline, SignalIds wanted,
                    const std::function<void()>& visit) {
  wanted_ = std::move(wanted);
  parts_.clear();
  probabilities_.clear();
  state_ = timeline.floor;
  for (const model::Step& step : timeline.steps) {
    if (wanted_.empty()) return;
    if (step.pending) continue;
    const model::Interaction& interaction = CountedOf(step);
    effects_.Clear();
    timeline.fold.AdvanceTo(state_, interaction.timestamp(), effects_);
    if (!Take(nullptr, visit)) return;
    effects_.Clear();
    timeline.fold.Apply(state_, interaction, effects_);
    if (!Take(&step, visit)) return;
    Watch(interaction);
  }
  effects_.Clear();
  timeline.fold.AdvanceTo(state_, timeline.horizon, effects_);
  Take(nullptr, visit);
}

// A match under way whose last interaction is this one says which part took it.
void Trace::Watch(const model::Interaction& interaction) {
  for (const journey::FamilyState& family : state_.families) {
    for (const journey::Run& run : family.runs) {
      const base::Id96Text id = base::ToText(run.id);
      for (const detect::Match& match : run.detectors.matches) {
        if (match.evidence.empty() || match.evidence.back() != interaction.id) continue;
        const Detector& detector = run.model->definition.detectors[match.detector];
        parts_[KeyOf(base::view(id), match.detector, match.evidence)] =
            PlaceOfPart(detector, match.part);
      }
    }
  }
}

bool Trace::Take(const model::Step* step, const std::function<void()>& visit) {
  std::vector<std::pair<const model::Signal*, Probabilities>> found;
  for (const model::Signal& signal : effects_.signals) {
    const auto at = wanted_.find(signal.id);
    if (at == wanted_.end()) continue;
    wanted_.erase(at);
    found.emplace_back(&signal, ProbabilitiesOf(signal.journey_id));
  }
  if (step != nullptr) NoteProbabilities();
  for (auto& [signal, before] : found) {
    Tell(*signal, step, std::move(before));
    visit();
  }
  return !wanted_.empty();
}

void Trace::Tell(const model::Signal& signal, const model::Step* step, Probabilities before) {
  signal_ = signal;
  cause_ = {};
  cause_.step = step;
  cause_.customer_name = journey::AttributeOf(state_, "name");
  for (const model::Signal& other : effects_.signals) {
    const bool follows = signal_.kind == model::SignalKind::kStageLeft &&
                         other.kind == model::SignalKind::kStageEntered &&
                         other.journey_id == signal_.journey_id;
    if (follows) cause_.entered = other.stage;
  }
  cause_.before = std::move(before);
  if (step != nullptr) cause_.after = ProbabilitiesOf(signal_.journey_id);
  TellParts();
}

Probabilities Trace::ProbabilitiesOf(std::string_view journey_id) const {
  const auto at = probabilities_.find(journey_id);
  return at == probabilities_.end() ? Probabilities() : at->second;
}

void Trace::NoteProbabilities() {
  for (const model::Placement& placement : effects_.placements) {
    if (placement.stage_probabilities.empty()) continue;
    Probabilities& known = probabilities_[std::string(placement.journey_id)];
    known.clear();
    for (const model::StageProbability& of : placement.stage_probabilities) {
      known.emplace_back(of.stage, of.probability);
    }
  }
}

void Trace::TellParts() {
  for (const journey::FamilyState& family : state_.families) {
    for (const journey::Run& run : family.runs) {
      const base::Id96Text id = base::ToText(run.id);
      if (base::view(id) != signal_.journey_id) continue;
      const model::JourneyModel& model = run.model->definition;
      const auto number = DetectorOf(model, signal_);
      if (!number || model.detectors[*number].kind != Detector::Kind::kSequence) return;
      const std::vector<std::string> evidence(signal_.evidence.begin(), signal_.evidence.end());
      for (size_t n = 1; n <= evidence.size(); ++n) {
        cause_.parts.push_back(PartOf(*number, Evidence(evidence).first(n)));
      }
      // What ended the match took it out of what is watched.
      const bool is_ended = !model.detectors[*number].sequence.back().is_absent;
      if (is_ended && !cause_.parts.empty()) {
        cause_.parts.back() = PlaceOfPart(model.detectors[*number], UINT32_MAX);
      }
      return;
    }
  }
}

int32_t Trace::PartOf(uint32_t detector, Evidence evidence) const {
  const auto at = parts_.find(KeyOf(signal_.journey_id, detector, evidence));
  return at == parts_.end() ? -1 : at->second;
}

}  // namespace waymark::explain
