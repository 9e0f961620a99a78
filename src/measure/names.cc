#include "measure/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace waymark::measure {
namespace {

struct KindName {
  std::string_view name;
  std::array<std::string_view, 4> parts;
};

constexpr std::array<KindName, kCellKinds> kKinds = {{
    {"UNSPECIFIED", {}},
    {"CONTACT", {"stage", "station", "touchpoint", "channel"}},
    {"WORK", {"stage", "department", "system", "process"}},
    {"STAGE", {"stage", "station"}},
    {"FLOW", {"from", "to"}},
    {"JOURNEY", {}},
    {"EXIT", {"stage", "touchpoint"}},
    {"INFLUENCE", {"touchpoint", "farthest_stage"}},
    {"PATH", {"path"}},
    {"HANDOVER", {"from", "to", "stage"}},
    {"PAIR", {"from", "to"}},
    {"SIGNAL", {"signal", "name", "stage"}},
    {"PROBE", {"probe", "check_type", "touchpoint", "channel"}},
    {"STANDING", {"stage"}},
    {"OVERFLOW", {}},
}};

struct SlotName {
  Slot slot;
  std::string_view name;
};

constexpr std::array kSlots = {
    SlotName{Slot::kCount, "count"},
    SlotName{Slot::kStaff, "staff"},
    SlotName{Slot::kSystem, "system"},
    SlotName{Slot::kSum, "sum_ms"},
    SlotName{Slot::kEntered, "entered"},
    SlotName{Slot::kReentered, "reentered"},
    SlotName{Slot::kLeft, "left"},
    SlotName{Slot::kMissed, "missed"},
    SlotName{Slot::kUnusual, "unusual"},
    SlotName{Slot::kStarted, "started"},
    SlotName{Slot::kReopened, "reopened"},
    SlotName{SlotOf(Slot::kEnded, 2), "completed"},
    SlotName{SlotOf(Slot::kEnded, 3), "abandoned"},
    SlotName{SlotOf(Slot::kEnded, 4), "switched"},
    SlotName{SlotOf(Slot::kEnded, 5), "expired"},
    SlotName{SlotOf(Slot::kEnded, 6), "restarted"},
    SlotName{Slot::kInteractions, "interactions"},
    SlotName{Slot::kValueMicros, "value_micros"},
    SlotName{Slot::kSpread, "spread_thousandths"},
    SlotName{Slot::kSpreadJourneys, "spread_journeys"},
};

// Answers, each with a slot of its own: from the first slot on, the least answer and their number.
struct Answers {
  Slot first;
  int32_t least;
  int32_t offset;
  int32_t count;
  std::string_view name;
};
constexpr std::array kAnswers = {
    Answers{Slot::kSatisfaction, 1, 1, 5, "satisfaction"},
    Answers{Slot::kNps, 0, 0, 11, "nps"},
    Answers{Slot::kEmotion, -2, 0, 5, "emotion"},
    Answers{Slot::kNeedFulfilment, 1, 1, 5, "need_fulfilment"},
};

}  // namespace

std::string_view ToString(CellKind kind) { return kKinds[static_cast<size_t>(kind)].name; }

const std::array<std::string_view, 4>& PartNames(CellKind kind) {
  return kKinds[static_cast<size_t>(kind)].parts;
}

std::string NameOf(Slot slot) {
  const auto number = static_cast<int32_t>(slot);
  const auto known = std::ranges::find(kSlots, slot, &SlotName::slot);
  if (known != kSlots.end()) return std::string(known->name);
  const auto bucket = number - static_cast<int32_t>(Slot::kHistogram);
  if (bucket >= 0) return fmt::format("bucket_{}", bucket);
  for (const Answers& answers : kAnswers) {
    const int32_t index = number - static_cast<int32_t>(answers.first) - answers.offset;
    if (index < 0 || index >= answers.count) continue;
    return fmt::format("{}_{}", answers.name, answers.least + index);
  }
  return fmt::format("slot_{}", number);
}

std::optional<CellKind> ParseCellKind(std::string_view name) {
  const auto at = std::ranges::find(kKinds, name, &KindName::name);
  if (at == kKinds.begin() || at == kKinds.end()) return std::nullopt;
  return static_cast<CellKind>(at - kKinds.begin());
}

std::optional<Slot> ParseSlot(std::string_view name) {
  const auto known = std::ranges::find(kSlots, name, &SlotName::name);
  if (known != kSlots.end()) return known->slot;
  const size_t end = name.rfind('_');
  if (end == std::string_view::npos) return std::nullopt;
  int32_t number = 0;
  const std::string_view digits = name.substr(end + 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  const std::string_view what = name.substr(0, end);
  if (what == "bucket" && number >= 0) return SlotOf(Slot::kHistogram, number);
  if (what == "slot" && number > 0) return static_cast<Slot>(number);
  for (const Answers& answers : kAnswers) {
    const int32_t index = number - answers.least;
    if (what != answers.name || index < 0 || index >= answers.count) continue;
    return SlotOf(answers.first, answers.offset + index);
  }
  return std::nullopt;
}

}  // namespace waymark::measure
