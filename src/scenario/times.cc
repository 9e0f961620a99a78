#include "scenario/times.h"

namespace waymark::scenario {
namespace {

using base::Millis;
using base::Timestamp;

std::string_view Trim(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

// "+30m" or "-30m".
std::optional<Millis> ParseDistance(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const auto distance = base::ParseDuration(Trim(text.substr(1)));
  if (!distance) return std::nullopt;
  return text.front() == '-' ? -*distance : *distance;
}

}  // namespace

std::optional<Timestamp> Times::FromPoint(std::string_view text) const {
  const auto found = times_.find(text);
  return found == times_.end() ? model::ParseTimeOrDate(text) : std::optional(found->second);
}

Timestamp Times::Read(const model::YamlNode& node, std::optional<Timestamp> above,
                      model::YamlReader& reader) const {
  const std::string text = reader.ReadText(node);
  if (text.empty()) return {};
  if (const auto time = FromPoint(text)) return *time;
  if (const auto distance = ParseDistance(text)) {
    if (above) return *above + *distance;
    reader.AddFault(node.place, "'" + text + "' counts from nothing here",
                    "write a time such as 2024-03-01T09:00Z, or a row and a distance: v1+30m");
    return {};
  }
  const size_t sign = text.find_last_of("+-");
  if (sign != std::string::npos && sign > 0) {
    const auto point = FromPoint(Trim(std::string_view(text).substr(0, sign)));
    const auto distance = ParseDistance(std::string_view(text).substr(sign));
    if (point && distance) return *point + *distance;
  }
  reader.AddFault(node.place, "'" + text + "' is neither a time nor the id of a row",
                  "write 2024-03-01T09:00Z, a distance such as +2d, or a row and a distance: "
                  "v1+30m");
  return {};
}

}  // namespace waymark::scenario
