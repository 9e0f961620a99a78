#include "exports/event.h"

namespace waymark::exports {
namespace {

using model::Text;

Text PartOf(const Event& event, ActivityPart part) {
  switch (part) {
    case ActivityPart::kAction: return event.interaction->action;
    case ActivityPart::kTouchpoint: return event.interaction->touchpoint;
    case ActivityPart::kStage: return event.placement ? event.placement->stage : Text();
    case ActivityPart::kStation: return event.placement ? event.placement->station : Text();
  }
  return {};
}

Text NameOf(ActivityPart part) {
  switch (part) {
    case ActivityPart::kAction: return "action";
    case ActivityPart::kTouchpoint: return "touchpoint";
    case ActivityPart::kStage: return "stage";
    case ActivityPart::kStation: return "station";
  }
  return {};
}

void AppendEscaped(Text part, std::string& out) {
  for (const char c : part) {
    if (c == '%') {
      out += "%25";
    } else if (c == '/') {
      out += "%2F";
    } else {
      out += c;
    }
  }
}

}  // namespace

Event MakeEvent(const model::Step& step, int placement) {
  Event event;
  event.step = &step;
  event.interaction = step.corrected ? &*step.corrected : &step.interaction;
  if (placement >= 0) event.placement = &step.placements[static_cast<size_t>(placement)];
  return event;
}

bool IsEvent(const model::Step& step) {
  if (step.interaction.command == model::Command::kCorrect) return false;
  switch (step.interaction.kind) {
    case model::Kind::kMysteryCheck:
    case model::Kind::kObservedWalk: return false;
    default: return true;
  }
}

int FirstPlacement(const model::Step& step, const std::string& family) {
  for (size_t i = 0; i < step.placements.size(); ++i) {
    if (family.empty() || step.placements[i].family == family) return static_cast<int>(i);
  }
  return -1;
}

void AppendActivity(const Event& event, const std::vector<ActivityPart>& parts, std::string& out) {
  const size_t start = out.size();
  for (const ActivityPart part : parts) {
    const Text text = PartOf(event, part);
    if (text.empty()) continue;
    if (out.size() > start) out += '+';
    out += text;
  }
  if (out.size() > start || parts.empty()) return;
  out.append("(no ").append(NameOf(parts.front())).append(")");
}

void AppendEventId(const model::Step& step, std::string& out) {
  AppendEscaped(step.profile_id, out);
  out += '/';
  AppendEscaped(step.interaction.source.system, out);
  out += '/';
  AppendEscaped(step.interaction.id, out);
}

}  // namespace waymark::exports
