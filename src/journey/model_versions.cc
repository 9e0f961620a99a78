#include "journey/model_versions.h"

#include "journey/fingerprint.h"

namespace waymark::journey {

ModelVersions::ModelVersions(const std::optional<model::CustomerModel>& customer)
    : models_(std::make_shared<CompiledModels>(std::vector<model::JourneyModel>(), customer)) {}

ModelVersions::Added ModelVersions::Check(const model::JourneyModel& version) const {
  Added added;
  const CompiledModel* const known =
      models_->Find(version.family, version.name, version.version);
  if (known != nullptr && FingerprintOf(known->definition) == FingerprintOf(version)) return added;
  if (known != nullptr) {
    added.faults.push_back({version.file, version.place,
                            "version " + std::to_string(version.version) + " of model '" +
                                version.family + "/" + version.name +
                                "' is in use already, with other rules",
                            "raise 'version': what journeys were folded under stays as it is"});
    return added;
  }
  if (versions_.size() >= kVersionsMax) {
    added.faults.push_back({version.file, version.place,
                            "there are " + std::to_string(kVersionsMax) + " versions already",
                            "start a new kafka.prefix and kafka.group"});
    return added;
  }
  std::vector<model::JourneyModel> all = versions_;
  all.push_back(version);
  added.faults = model::CheckLastModel(all);
  added.is_new = added.faults.empty();
  return added;
}

ModelVersions::Added ModelVersions::Add(const model::JourneyModel& version) {
  Added added = Check(version);
  if (!added.is_new) return added;
  versions_.push_back(version);
  models_ = std::make_shared<const CompiledModels>(models_->With(version));
  return added;
}

ModelVersions::Added ModelVersions::Add(std::string_view yaml, const std::string& file) {
  model::ModelSet set = model::ParseModel(yaml, file);
  if (!set.faults.empty()) return {false, std::move(set.faults)};
  if (set.models.size() != 1) {
    return {false, {{file, {}, "is no journey model", "a version is a file with 'model:'"}}};
  }
  return Add(set.models.front());
}

}  // namespace waymark::journey
