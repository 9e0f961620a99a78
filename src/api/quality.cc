#include "api/quality.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "measure/cell_key.h"
#include "measure/slots.h"

namespace waymark::api {
namespace {

using measure::Cell;
using measure::CellKey;
using measure::CellKind;
using measure::Slot;
using nlohmann::ordered_json;

constexpr size_t kNamesMax = 100;  // of each list

using Name = std::pair<std::string, std::string>;
// An interaction counts once in each family of models that places it, so that the family which
// places most of them comes nearest to all.
using ByFamily = std::map<std::string, std::map<Name, int64_t>>;

struct Origins {
  ByFamily systems;      // source system, process
  ByFamily touchpoints;  // touchpoint
  ByFamily channels;     // channel
};

int64_t WorkOf(const Cell& cell) {
  return cell.At(Slot::kCount) + cell.At(Slot::kStaff) + cell.At(Slot::kSystem);
}

Origins OriginsOf(const measure::Picture& picture) {
  Origins origins;
  picture.ForEachWhole([&](const CellKey& key, const Cell& cell) {
    if (key.kind != CellKind::kWork && key.kind != CellKind::kContact) return;
    const int64_t work = WorkOf(cell);
    if (work == 0) return;
    const std::string family(key.family);
    const std::string third(key.parts[2]);
    const std::string fourth(key.parts[3]);
    if (key.kind == CellKind::kWork) {
      origins.systems[family][{third, fourth}] += work;
      return;
    }
    origins.touchpoints[family][{third, ""}] += work;
    origins.channels[family][{fourth, ""}] += work;
  });
  return origins;
}

// The most frequent first.
std::vector<std::pair<Name, int64_t>> Most(const ByFamily& families) {
  std::map<Name, int64_t> counts;
  for (const auto& [family, names] : families) {
    for (const auto& [name, count] : names) {
      int64_t& most = counts[name];
      most = std::max(most, count);
    }
  }
  std::vector<std::pair<Name, int64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) {
    return a.second > b.second;
  });
  return sorted;
}

// Names that a model file mentions.
struct Declared {
  std::set<std::string> touchpoints;
  std::set<std::string> channels;
};

Declared DeclaredBy(const journey::CompiledModels* models) {
  Declared declared;
  if (models == nullptr) return declared;
  for (const auto& compiled : models->all()) {
    for (const model::Touchpoint& touchpoint : compiled->definition.touchpoints) {
      declared.touchpoints.insert(touchpoint.name);
      declared.channels.insert(touchpoint.channel);
    }
    for (const model::Stage& stage : compiled->definition.stages) {
      for (const auto* list : {&stage.dimensions.touchpoints_online,
                               &stage.dimensions.touchpoints_offline}) {
        declared.touchpoints.insert(list->begin(), list->end());
      }
    }
  }
  return declared;
}

ordered_json SystemsJson(const ByFamily& families) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, count] : Most(families)) {
    if (list.size() == kNamesMax) break;
    if (name.first.empty() && name.second.empty()) continue;
    list.push_back({{"system", name.first}, {"process", name.second}, {"interactions", count}});
  }
  return list;
}

ordered_json NamesJson(const ByFamily& families, const std::set<std::string>& declared,
                       bool only_unknown) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, count] : Most(families)) {
    if (list.size() == kNamesMax) break;
    const bool is_known = declared.contains(name.first);
    if (name.first.empty() || (only_unknown && is_known)) continue;
    ordered_json& json = list.emplace_back();
    json["name"] = name.first;
    json["interactions"] = count;
    if (!only_unknown) json["declared"] = is_known;
  }
  return list;
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

ordered_json InputJson(const Quality::Input& input) {
  ordered_json json;
  json["topic"] = input.topic;
  json["consumed"] = input.consumed;
  json["rejected"] = input.rejected;
  json["rejected_share"] = Share(input.rejected, input.consumed);
  if (input.lag_records) json["lag_records"] = *input.lag_records;
  if (input.lag_seconds) json["lag_seconds"] = *input.lag_seconds;
  return json;
}

ordered_json PartitionJson(const Quality::Partition& partition) {
  ordered_json json;
  json["partition"] = partition.number;
  if (!partition.holder.empty()) json["holder"] = partition.holder;
  json["consumed"] = partition.consumed;
  json["rejected"] = partition.rejected;
  if (partition.horizon) json["horizon"] = partition.horizon->ms;
  if (partition.latest) json["latest"] = partition.latest->ms;
  return json;
}

ordered_json LetterJson(const Quality::Letter& letter) {
  ordered_json json;
  json["when"] = letter.when.ms;
  json["reason"] = letter.reason;
  json["detail"] = letter.detail;
  json["topic"] = letter.topic;
  json["partition"] = letter.partition;
  json["offset"] = letter.offset;
  if (letter.time) json["time"] = *letter.time;
  return json;
}

// How far event time has come: of the partition that is furthest behind, and of the newest of all.
ordered_json FreshnessJson(const Quality& quality, base::Timestamp now) {
  ordered_json json = ordered_json::object();
  std::optional<base::Timestamp> oldest;
  std::optional<base::Timestamp> latest;
  for (const Quality::Partition& partition : quality.partitions) {
    if (partition.horizon) oldest = std::min(oldest.value_or(*partition.horizon),
                                             *partition.horizon);
    if (partition.latest) latest = std::max(latest.value_or(*partition.latest), *partition.latest);
  }
  if (oldest) json["horizon"] = oldest->ms;
  if (oldest) json["behind_ms"] = std::max<int64_t>(now.ms - oldest->ms, 0);
  if (latest) json["latest"] = latest->ms;
  return json;
}

}  // namespace

ordered_json QualityJson(const Quality& quality, const LivePicture& picture,
                         base::Timestamp now) {
  int64_t dead = 0;
  for (const auto& [reason, count] : quality.dead_letters) dead += count;
  ordered_json json;
  json["records"] = {{"consumed", quality.consumed}, {"steps", quality.steps},
                     {"duplicates", quality.duplicates}, {"dead_letters", dead},
                     {"late", quality.late}, {"ids_derived", quality.ids_derived}};
  if (quality.looked) json["as_of"] = quality.looked->ms;
  json["dead_letters"] = ordered_json::array();
  for (const auto& [reason, count] : quality.dead_letters) {
    if (count == 0) continue;
    json["dead_letters"].push_back(
        {{"reason", reason}, {"count", count}, {"share", Share(count, quality.consumed)}});
  }
  json["inputs"] = ordered_json::array();
  for (const Quality::Input& input : quality.inputs) json["inputs"].push_back(InputJson(input));
  json["partitions"] = ordered_json::array();
  for (const Quality::Partition& partition : quality.partitions) {
    json["partitions"].push_back(PartitionJson(partition));
  }
  json["freshness"] = FreshnessJson(quality, now);
  if (quality.newest) {
    json["newest"] = ordered_json::array();
    for (const Quality::Letter& letter : *quality.newest) {
      json["newest"].push_back(LetterJson(letter));
    }
  }
  const Origins origins = picture.Read(OriginsOf);
  const auto models = picture.models();
  const Declared declared = DeclaredBy(models.get());
  json["systems"] = SystemsJson(origins.systems);
  json["channels"] = NamesJson(origins.channels, declared.channels, false);
  json["unknown_touchpoints"] = NamesJson(origins.touchpoints, declared.touchpoints, true);
  return json;
}

}  // namespace waymark::api
