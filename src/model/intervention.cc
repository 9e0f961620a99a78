#include "model/intervention.h"

#include <algorithm>
#include <utility>

#include "model/journey_model.h"

namespace waymark::model {

std::string_view ToString(Aim aim) {
  switch (aim) {
    case Aim::kAcquisition: return "acquisition";
    case Aim::kCare: return "care";
    case Aim::kRetention: return "retention";
    case Aim::kSatisfaction: break;
  }
  return "satisfaction";
}

Interventions CollectInterventions(std::span<const JourneyModel> models) {
  struct Said {
    int32_t version = 0;
    const Intervention* intervention = nullptr;
  };
  std::map<std::string, std::map<std::string, Said>> by_model;
  for (const JourneyModel& model : models) {
    for (const Intervention& one : model.interventions) {
      Said& said = by_model[model.name][one.id];
      if (said.intervention == nullptr || said.version < model.version) {
        said = {model.version, &one};
      }
    }
  }
  Interventions all;
  for (const auto& [model, ids] : by_model) {
    ModelInterventions& of = all[model];
    for (const auto& [id, said] : ids) of.list.push_back(*said.intervention);
    std::ranges::stable_sort(of.list, {}, &Intervention::at);
    if (of.list.size() <= kInterventionsMax) continue;
    of.left_out = of.list.size() - kInterventionsMax;
    of.list.erase(of.list.begin(), of.list.begin() + static_cast<ptrdiff_t>(of.left_out));
  }
  return all;
}

}  // namespace waymark::model
