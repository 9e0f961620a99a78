#include "generate/truth.h"

#include <array>
#include <utility>

namespace waymark::generate {
namespace {
using model::SignalKind;

struct MarkMeaning {
  SignalKind kind;
  model::Text name;
};
constexpr std::array<MarkMeaning, kMarkCount> kMeanings = {{
    {SignalKind::kFirstTouch, ""},
    {SignalKind::kFirstPersonalContact, ""},
    {SignalKind::kAbandoned, ""},
    {SignalKind::kSwitched, ""},
    {SignalKind::kIrritation, ""},
    {SignalKind::kAdvocacy, ""},
    {SignalKind::kMicroMoment, "objective"},
    {SignalKind::kMicroMoment, "experience"},
    {SignalKind::kReactivated, ""},
    {SignalKind::kLoyal, ""},
    {SignalKind::kLifecycle, "onboarding"},
    {SignalKind::kLifecycle, "birthday"},
    {SignalKind::kLifecycle, "anniversary"},
    {SignalKind::kHandover, ""},
    {SignalKind::kInactive, ""},
}};

// The generator's own texts need no escapes: none holds a quote, a backslash or a control
// character.
void PutText(model::Text name, model::Text value, std::string& out) {
  out.append(",\"").append(name).append("\":\"").append(value).push_back('"');
}

void PutSignals(const std::vector<ExpectedSignal>& signals, std::string& out) {
  out += ",\"signals\":[";
  for (const ExpectedSignal& signal : signals) {
    if (&signal != &signals.front()) out.push_back(',');
    out.append("{\"kind\":\"").append(model::ToString(signal.kind)).push_back('"');
    if (!signal.name.empty()) PutText("name", signal.name, out);
    if (signal.due) out.append(",\"due\":").append(std::to_string(*signal.due));
    out.push_back('}');
  }
  out.push_back(']');
}
}  // namespace

model::Text ToString(Outcome outcome) {
  constexpr std::array<model::Text, 3> kNames = {"step", "duplicate", "dead_letter"};
  return kNames[static_cast<size_t>(outcome)];
}

void Truth::Clear() {
  auto kept = std::move(signals);
  *this = Truth();
  kept.clear();
  signals = std::move(kept);
}

void AddSignals(Marks marks, const SignalDates& dates, std::vector<ExpectedSignal>& out) {
  for (size_t i = 0; i < kMarkCount; ++i) {
    const auto mark = static_cast<Marks>(1U << i);
    if ((marks & mark) == 0) continue;
    ExpectedSignal signal{kMeanings[i].kind, kMeanings[i].name, std::nullopt};
    if (mark == kMarkBirthday) signal.due = dates.birthday;
    if (mark == kMarkAnniversary) signal.due = dates.anniversary;
    out.push_back(signal);
  }
}

void WriteTruth(const Truth& truth, std::string& out) {
  out.append("{\"record\":").append(std::to_string(truth.record));
  PutText("outcome", ToString(truth.outcome), out);
  if (!truth.profile.empty()) PutText("profile", truth.profile, out);
  if (truth.reason) {
    PutText("reason", model::ToString(*truth.reason), out);
    out.push_back('}');
    return;
  }
  PutText("source_system", truth.source_system, out);
  PutText("id", truth.id, out);
  out.append(",\"time\":").append(std::to_string(truth.time));
  PutText("script", truth.script, out);
  PutText("family", truth.family, out);
  out.append(",\"run\":").append(std::to_string(truth.run));
  PutText("stage", truth.stage, out);
  if (!truth.rated_stage.empty()) PutText("rated_stage", truth.rated_stage, out);
  out.append(truth.noise ? ",\"noise\":true" : ",\"noise\":false");
  PutSignals(truth.signals, out);
  out.push_back('}');
}

}  // namespace waymark::generate
