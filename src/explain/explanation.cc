#include "explain/explanation.h"

#include <ranges>
#include <span>
#include <unordered_map>
#include <utility>

#include "explain/rules.h"
#include "explain/sentences.h"

namespace waymark::explain {
namespace {

std::string TitleOf(const model::JourneyModel& model) {
  for (const char* language : {"en", ""}) {
    const auto at = model.titles.find(language);
    if (at != model.titles.end()) return at->second;
  }
  return model.titles.empty() ? model.name : model.titles.begin()->second;
}

// The steps of a timeline by the ids of their interactions.
class StepIndex {
 public:
  explicit StepIndex(std::span<const model::Step> steps) {
    for (const model::Step& step : steps) {
      if (!step.pending) steps_[step.interaction.id].push_back(&step);
    }
  }
  // Of several interactions with this id, the last one up to a time.
  const model::Step* Find(std::string_view id, int64_t time) const {
    const auto at = steps_.find(id);
    if (at == steps_.end()) return nullptr;
    for (const model::Step* step : at->second | std::views::reverse) {
      if (CountedOf(*step).time.value_or(0) <= time) return step;
    }
    return nullptr;
  }

 private:
  std::unordered_map<std::string_view, std::vector<const model::Step*>> steps_;
};

// Fills in all but the trace.
void Tell(const Timeline& timeline, const StepIndex& steps, Explanation& out) {
  const model::Signal& signal = out.trace->signal();
  const std::string& name = out.trace->cause().customer_name;
  out.customer = name.empty() ? "Customer " + std::string(signal.profile_id)
                              : name + " (" + std::string(signal.profile_id) + ")";
  const journey::CompiledModel* model = nullptr;
  if (!signal.family.empty()) {
    model = timeline.fold.models().Find(signal.family, signal.model, signal.model_version);
  }
  if (model != nullptr) out.title = TitleOf(model->definition);
  for (const model::Text id : signal.evidence) {
    out.evidence.push_back({std::string(id), steps.Find(id, signal.time), {}});
  }
  TellRule(timeline, model, out);
  out.sentence = SentenceOf(model, out);
}

}  // namespace

std::unique_ptr<Explanation> Explain(const Timeline& timeline, std::string_view signal_id) {
  std::unique_ptr<Explanation> out;
  ExplainEach(timeline, {std::string(signal_id)}, [&](const Explanation& explanation) {
    out = std::make_unique<Explanation>(explanation);
  });
  return out;
}

void ExplainEach(const Timeline& timeline, SignalIds signal_ids,
                 const std::function<void(const Explanation&)>& visit) {
  const StepIndex steps(timeline.steps);
  const auto trace = std::make_shared<Trace>();
  trace->ForEach(timeline, std::move(signal_ids), [&] {
    Explanation explanation;
    explanation.trace = trace;
    Tell(timeline, steps, explanation);
    visit(explanation);
  });
}

}  // namespace waymark::explain
