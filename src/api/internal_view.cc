#include "api/internal_view.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "api/figures_json.h"
#include "measure/statistics.h"

namespace waymark::api {
namespace {

using measure::Cell;
using measure::Figures;
using measure::Slot;
using nlohmann::ordered_json;

// More than half again its share of the work: worth a word.
constexpr double kLopsided = 1.5;
// Below it a share says little.
constexpr int64_t kHandoversLeast = 10;

struct Department {
  int64_t work = 0;
  int64_t handovers_in = 0;
  int64_t handovers_out = 0;
  int64_t lets_wait_ms = 0;  // journeys that lay still until it took them over
  int64_t waits_ms = 0;      // those that it had handed over
};

struct Departments {
  std::map<std::string, Department> by_name;
  int64_t work = 0;
  int64_t handovers = 0;
  int64_t waiting_ms = 0;
};

int64_t WorkOf(const Cell& cell) {
  return cell.At(Slot::kCount) + cell.At(Slot::kStaff) + cell.At(Slot::kSystem);
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Departments Add(const Figures& figures) {
  Departments all;
  for (const auto& [stage, f] : figures.stages) {
    for (const auto& [name, cell] : f.departments) {
      if (name.empty()) continue;
      all.by_name[name].work += WorkOf(cell);
      all.work += WorkOf(cell);
    }
  }
  for (const auto& [way, cell] : figures.handovers) {
    const int64_t count = measure::DurationsOf(cell).count;
    const int64_t waiting = cell.At(Slot::kSum);
    Department& from = all.by_name[std::get<0>(way)];
    from.handovers_out += count;
    from.waits_ms += waiting;
    Department& to = all.by_name[std::get<1>(way)];
    to.handovers_in += count;
    to.lets_wait_ms += waiting;
    all.handovers += count;
    all.waiting_ms += waiting;
  }
  return all;
}

// The share of the waiting that it causes against its share of the work.
double ImbalanceOf(const Department& department, const Departments& all) {
  const double work = Share(department.work, all.work);
  return work == 0 ? 0 : Share(department.lets_wait_ms, all.waiting_ms) / work;
}

ordered_json DepartmentsOf(const Departments& all) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, d] : all.by_name) {
    ordered_json& json = list.emplace_back();
    json["name"] = name;
    json["interactions"] = d.work;
    json["work_share"] = Share(d.work, all.work);
    json["handovers_in"] = d.handovers_in;
    json["handovers_out"] = d.handovers_out;
    json["handover_share"] = Share(d.handovers_in + d.handovers_out, 2 * all.handovers);
    json["waiting_in_ms"] = d.lets_wait_ms;
    json["waiting_out_ms"] = d.waits_ms;
    json["waiting_share"] = Share(d.lets_wait_ms, all.waiting_ms);
    json["imbalance"] = ImbalanceOf(d, all);
  }
  return list;
}

ordered_json Finding(const char* kind, const std::string& department, const std::string& stage) {
  ordered_json json;
  json["kind"] = kind;
  if (!department.empty()) json["department"] = department;
  if (!stage.empty()) json["stage"] = stage;
  return json;
}

ordered_json FindingsOf(const model::JourneyModel& model, const Departments& all) {
  ordered_json list = ordered_json::array();
  for (const model::Stage& stage : model.stages) {
    if (stage.dimensions.owner.empty()) list.push_back(Finding("no_owner", {}, stage.name));
  }
  for (const auto& [name, d] : all.by_name) {
    const double work = Share(d.work, all.work);
    const int64_t handovers = d.handovers_in + d.handovers_out;
    if (d.handovers_in >= kHandoversLeast && ImbalanceOf(d, all) > kLopsided) {
      list.push_back(Finding("waits", name, {}));
    }
    if (handovers >= kHandoversLeast && Share(handovers, 2 * all.handovers) > kLopsided * work) {
      list.push_back(Finding("handovers", name, {}));
    }
  }
  return list;
}

ordered_json StagesOf(const model::JourneyModel& model, const Figures& figures) {
  static const measure::StageFigures kNone;
  ordered_json list = ordered_json::array();
  for (const model::Stage& stage : model.stages) {
    const auto at = figures.stages.find(stage.name);
    const measure::StageFigures& f = at == figures.stages.end() ? kNone : at->second;
    int64_t work = 0;
    for (const auto& [name, cell] : f.departments) work += WorkOf(cell);
    ordered_json& json = list.emplace_back();
    json["name"] = stage.name;
    json["titles"] = TitlesJson(stage.titles);
    json["owner"] = stage.dimensions.owner;
    json["has_owner"] = !stage.dimensions.owner.empty();
    json["participants"] = stage.dimensions.participants;
    json["organisational_activity"] = stage.dimensions.organisational_activity;
    json["interactions"] = work;
    json["departments"] = DepartmentsJson(f);
  }
  return list;
}

ordered_json SourcesOf(const Figures& figures) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, f] : figures.stages) {
    for (ordered_json& system : SystemsJson(f)) {
      system["stage"] = name;
      list.push_back(std::move(system));
    }
  }
  return list;
}

}  // namespace

ordered_json InternalJson(const Question& question, const Figures& figures) {
  const Departments all = Add(figures);
  ordered_json json;
  json["selection"] = SelectionJson(question.selection);
  json["stages"] = StagesOf(*question.model, figures);
  json["departments"] = DepartmentsOf(all);
  json["handovers"] = HandoversJson(figures);
  json["systems"] = SourcesOf(figures);
  json["findings"] = FindingsOf(*question.model, all);
  return json;
}

}  // namespace waymark::api
