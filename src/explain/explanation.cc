#include "explain/explanation.h"

#include <ranges>

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

// Of several interactions with this id, the last one up to the signal's time.
const model::Step* FindStep(const Timeline& timeline, model::Text id, int64_t time) {
  for (const model::Step& step : timeline.steps | std::views::reverse) {
    if (step.pending || step.interaction.id != id) continue;
    if (CountedOf(step).time.value_or(0) <= time) return &step;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Explanation> Explain(const Timeline& timeline, std::string_view signal_id) {
  auto out = std::make_unique<Explanation>();
  if (!out->trace.Find(timeline, signal_id)) return nullptr;
  const model::Signal& signal = out->trace.signal();
  const std::string& name = out->trace.cause().customer_name;
  out->customer = name.empty() ? "Customer " + std::string(signal.profile_id)
                               : name + " (" + std::string(signal.profile_id) + ")";
  const journey::CompiledModel* model = nullptr;
  if (!signal.family.empty()) {
    model = timeline.fold.models().Find(signal.family, signal.model, signal.model_version);
  }
  if (model != nullptr) out->title = TitleOf(model->definition);
  for (const model::Text id : signal.evidence) {
    out->evidence.push_back({std::string(id), FindStep(timeline, id, signal.time), {}});
  }
  TellRule(timeline, model, *out);
  out->sentence = SentenceOf(model, *out);
  return out;
}

}  // namespace waymark::explain
