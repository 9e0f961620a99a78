#include "api/figures_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "measure/log_buckets.h"
#include "measure/statistics.h"

namespace waymark::api {
namespace {

using measure::Cell;
using measure::Slot;
using nlohmann::ordered_json;

int64_t Whole(double value) { return std::llround(value); }

ordered_json ScoreJson(const measure::Scores& scores) {
  ordered_json json;
  json["count"] = scores.count;
  if (scores.count == 0) return json;
  json["mean"] = scores.mean;
  json["distribution"] = scores.distribution;
  return json;
}

int64_t WorkOf(const Cell& cell) {
  return cell.At(Slot::kCount) + cell.At(Slot::kStaff) + cell.At(Slot::kSystem);
}

}  // namespace

ordered_json DurationJson(const Cell& cell) {
  const measure::Durations durations = measure::DurationsOf(cell);
  ordered_json json;
  json["count"] = durations.count;
  if (durations.count == 0) return json;
  json["mean_ms"] = Whole(durations.mean);
  json["p10_ms"] = Whole(durations.p10);
  json["p50_ms"] = Whole(durations.p50);
  json["p90_ms"] = Whole(durations.p90);
  json["p99_ms"] = Whole(durations.p99);
  json["relative_error"] = measure::kRelativeError;
  return json;
}

ordered_json SatisfactionJson(const Cell& cell) { return ScoreJson(measure::SatisfactionOf(cell)); }
ordered_json EmotionJson(const Cell& cell) { return ScoreJson(measure::EmotionOf(cell)); }
ordered_json NeedFulfilmentJson(const Cell& cell) {
  return ScoreJson(measure::NeedFulfilmentOf(cell));
}

ordered_json PromotersJson(const Cell& cell) {
  const measure::Promoters found = measure::PromotersOf(cell);
  ordered_json json;
  json["count"] = found.count;
  if (found.count == 0) return json;
  json["score"] = found.score;
  json["promoters"] = found.promoters;
  json["passives"] = found.passives;
  json["detractors"] = found.detractors;
  return json;
}

ordered_json EndsJson(const Cell& cell) {
  const measure::Ends ends = measure::EndsOf(cell);
  ordered_json json;
  json["completed"] = ends.completed;
  json["abandoned"] = ends.abandoned;
  json["switched"] = ends.switched;
  json["expired"] = ends.expired;
  json["restarted"] = ends.restarted;
  return json;
}

void AddAnswers(const Cell& cell, ordered_json& json) {
  const auto add = [&](const char* name, ordered_json answers) {
    if (answers["count"] != 0) json[name] = std::move(answers);
  };
  add("satisfaction", SatisfactionJson(cell));
  add("nps", PromotersJson(cell));
  add("emotion", EmotionJson(cell));
  add("need_fulfilment", NeedFulfilmentJson(cell));
}

ordered_json DepartmentsJson(const measure::StageFigures& stage) {
  int64_t all = 0;
  for (const auto& [name, cell] : stage.departments) all += WorkOf(cell);
  ordered_json list = ordered_json::array();
  for (const auto& [name, cell] : stage.departments) {
    if (name.empty()) continue;
    ordered_json& json = list.emplace_back();
    json["name"] = name;
    json["interactions"] = WorkOf(cell);
    json["share"] = static_cast<double>(WorkOf(cell)) / static_cast<double>(all);
  }
  return list;
}

ordered_json SystemsJson(const measure::StageFigures& stage) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, cell] : stage.systems) {
    if (name.first.empty() && name.second.empty()) continue;
    ordered_json& json = list.emplace_back();
    json["system"] = name.first;
    json["process"] = name.second;
    json["interactions"] = WorkOf(cell);
  }
  return list;
}

ordered_json HandoversJson(const measure::Figures& figures) {
  ordered_json list = ordered_json::array();
  for (const auto& [way, cell] : figures.handovers) {
    ordered_json waiting = DurationJson(cell);
    if (waiting["count"] == 0) continue;
    ordered_json& json = list.emplace_back();
    json["from"] = std::get<0>(way);
    json["to"] = std::get<1>(way);
    json["stage"] = std::get<2>(way);
    json["count"] = waiting["count"];
    json["waiting"] = std::move(waiting);
  }
  return list;
}

ordered_json DimensionsJson(const model::Stage& stage) {
  const model::StageDimensions& d = stage.dimensions;
  ordered_json json;
  json["customer_activities"] = d.customer_activities;
  json["customer_goal"] = d.customer_goal;
  json["touchpoints_online"] = d.touchpoints_online;
  json["touchpoints_offline"] = d.touchpoints_offline;
  json["company_goal"] = d.company_goal;
  json["kpis"] = d.kpis;
  json["organisational_activity"] = d.organisational_activity;
  json["owner"] = d.owner;
  json["participants"] = d.participants;
  json["systems"] = d.systems;
  return json;
}

ordered_json TitlesJson(const std::map<std::string, std::string>& titles) {
  ordered_json json = ordered_json::object();
  for (const auto& [language, title] : titles) json[language] = title;
  return json;
}

}  // namespace waymark::api
