#include "model/rule_kind.h"

#include <algorithm>
#include <array>

namespace waymark::model {
namespace {

constexpr std::array<std::string_view, 10> kRuleKinds = {
    "CUSTOM",    "IRRITATION",  "ADVOCACY", "MICRO_MOMENT", "LIFECYCLE",
    "NEGLECTED", "REACTIVATED", "LOYAL",    "HANDOVER",     "INACTIVE"};

}  // namespace

std::optional<SignalKind> ReadRuleKind(const YamlNode& node, YamlReader& reader) {
  const std::string text = reader.ReadText(node);
  if (text.empty()) return std::nullopt;
  const auto kind = ParseSignalKind(text);
  const bool allowed = std::find(kRuleKinds.begin(), kRuleKinds.end(), text) != kRuleKinds.end();
  if (kind && allowed) return kind;
  if (kind) {
    reader.AddFault(node.place, "a rule can't publish " + text + ": the processor finds it itself",
                    "use CUSTOM with a name of your own");
  } else {
    reader.AddUnknown(node.place, "signal kind", text, kRuleKinds);
  }
  return std::nullopt;
}

}  // namespace waymark::model
