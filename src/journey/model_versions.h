#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/compiled_model.h"
#include "model/journey_model.h"

namespace waymark::journey {

// The model versions of a deployment, in the order in which every instance takes them: that of
// their first records in the models topic. Each is an epoch. They only become more; used by one
// thread, what models() gave by any.
class ModelVersions {
 public:
  static constexpr size_t kVersionsMax = 1'000;

  // The customer file stands beside the versions and holds at every epoch.
  explicit ModelVersions(const std::optional<model::CustomerModel>& customer = {});

  // What came of adding a version: the next epoch; nothing, where it is there already as it is; or
  // faults, which change nothing.
  struct Added {
    bool is_new = false;
    std::vector<model::Fault> faults;
  };
  Added Add(const model::JourneyModel& version);
  // One model, whole: what it extends must be written out. `file` is for messages.
  Added Add(std::string_view yaml, const std::string& file);
  // As Add(), without taking it.
  Added Check(const model::JourneyModel& version) const;

  // At the present epoch.
  const std::shared_ptr<const CompiledModels>& models() const { return models_; }
  const std::vector<model::JourneyModel>& versions() const { return versions_; }

 private:
  std::vector<model::JourneyModel> versions_;
  std::shared_ptr<const CompiledModels> models_;
};

}  // namespace waymark::journey
