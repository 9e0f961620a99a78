#include "model/signal.h"

#include <array>

namespace waymark::model {
namespace {
constexpr std::array<Text, 26> kNames = {
    "SIGNAL_KIND_UNSPECIFIED", "STAGE_ENTERED",   "STAGE_LEFT",
    "SESSION_STARTED",         "SESSION_CLOSED",  "JOURNEY_STARTED",
    "JOURNEY_COMPLETED",       "ABANDONED",       "SWITCHED",
    "NEGLECTED",               "INACTIVE",        "REACTIVATED",
    "LOYAL",                   "ADVOCACY",        "IRRITATION",
    "MICRO_MOMENT",            "FIRST_TOUCH",     "FIRST_PERSONAL_CONTACT",
    "HANDOVER",                "TARGET_MISSED",   "LIFECYCLE",
    "PERSONA_CHANGED",         "IDENTITY_MERGED", "IDENTITY_SPLIT",
    "IDENTITY_CONFLICT",       "CUSTOM"};
}  // namespace

Text ToString(SignalKind kind) {
  const auto index = static_cast<size_t>(kind);
  return index < kNames.size() ? kNames[index] : kNames[0];
}

std::optional<SignalKind> ParseSignalKind(Text name) {
  for (size_t i = 1; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<SignalKind>(i);
  }
  return std::nullopt;
}

}  // namespace waymark::model
