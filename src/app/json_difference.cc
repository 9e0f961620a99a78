#include "app/json_difference.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kAbsent = "(absent)";

std::optional<FieldDifference> Differ(const Json& a, const Json& b, const std::string& path) {
  if (a == b) return std::nullopt;
  if (a.is_object() && b.is_object()) {
    const std::string before = path.empty() ? "" : path + ".";
    for (const auto& [name, value] : a.items()) {
      const auto other = b.find(name);
      if (other == b.end()) return FieldDifference{before + name, value.dump(), kAbsent};
      if (auto found = Differ(value, *other, before + name)) return found;
    }
    for (const auto& [name, value] : b.items()) {
      if (!a.contains(name)) return FieldDifference{before + name, kAbsent, value.dump()};
    }
    return std::nullopt;
  }
  if (a.is_array() && b.is_array()) {
    for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      const std::string place = path + "[" + std::to_string(i) + "]";
      if (i >= b.size()) return FieldDifference{place, a[i].dump(), kAbsent};
      if (i >= a.size()) return FieldDifference{place, kAbsent, b[i].dump()};
      if (auto found = Differ(a[i], b[i], place)) return found;
    }
    return std::nullopt;
  }
  return FieldDifference{path, a.dump(), b.dump()};
}

}  // namespace

FieldDifference FirstDifference(const std::string& json_a, const std::string& json_b) {
  const Json a = Json::parse(json_a, nullptr, false);
  const Json b = Json::parse(json_b, nullptr, false);
  if (auto found = Differ(a, b, "")) return *found;
  return {"(the whole record)", json_a, json_b};
}

}  // namespace waymark::app
