#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "detect/detectors.h"
#include "detect/filter.h"
#include "detect/predicate.h"
#include "detect/rule_index.h"
#include "journey/compiled_customer.h"
#include "model/journey_model.h"

namespace waymark::journey {

// A journey model with its conditions compiled. Immutable.
struct CompiledModel {
  explicit CompiledModel(model::JourneyModel source);

  model::JourneyModel definition;
  uint32_t family = 0;  // index in the set
  detect::Predicate scope;
  detect::Predicate start;
  detect::Predicate reentry;
  detect::Predicate value;
  std::vector<bool> reentry_from;              // by stage
  struct StagePart {
    int32_t stage;
    int32_t station;  // -1: the whole stage
  };
  std::vector<StagePart> abandon_from;         // empty: anywhere
  detect::Predicate reopen;                    // asked only where the model has the rule
  std::vector<detect::Predicate> ends;
  std::vector<detect::Predicate> enter;        // by stage
  std::vector<std::vector<bool>> enter_from;   // by stage: allowed present stages; empty: any
  detect::RuleIndex enter_index;
  std::vector<std::vector<detect::Predicate>> stations;  // by stage
  detect::Detectors detectors;
  std::vector<uint32_t> stages_of_detectors;   // whose rules ask what detectors have found
  std::vector<detect::Predicate> signals;      // by signal rule
  std::vector<uint32_t> simple_signals;        // rules for single interactions
  detect::RuleIndex signal_index;              // of these, by their place in the list
  std::vector<std::vector<uint32_t>> signals_of_detector;
  std::optional<detect::StageFilter> filter;
  detect::Predicate relevant_when;             // asked only where the model has the rule
  detect::Predicate relevant_out;

  // The value of the journey key; empty where the model has none or the interaction lacks it.
  model::Text KeyOf(const detect::Facts& facts) const;
  bool IsPersonal(std::string_view channel) const;
};

// All models in force, grouped by family. Immutable; shared by all tasks.
class CompiledModels {
 public:
  // The models must be free of faults (model::CheckModels).
  explicit CompiledModels(const std::vector<model::JourneyModel>& models,
                          const std::optional<model::CustomerModel>& customer = {});

  const std::vector<std::string>& families() const { return families_; }
  // The models of a family, the one to be preferred first.
  const std::vector<const CompiledModel*>& of_family(size_t family) const {
    return by_family_[family];
  }
  const CompiledModel* Find(std::string_view family, std::string_view name, int32_t version) const;
  // Differs when any rule differs: state folded under another set must not be gone on with.
  uint64_t fingerprint() const { return fingerprint_; }
  const std::vector<std::unique_ptr<const CompiledModel>>& all() const { return models_; }
  // True: some model has closed journeys forgotten.
  bool has_retention() const { return has_retention_; }
  // True: some rule asks for the campaigns that have reached a customer.
  bool asks_campaigns() const { return asks_campaigns_; }
  // What holds for a customer whatever the journeys; null: nothing.
  const CompiledCustomer* customer() const { return customer_.get(); }

 private:
  std::vector<std::unique_ptr<const CompiledModel>> models_;
  std::vector<std::string> families_;  // sorted
  std::vector<std::vector<const CompiledModel*>> by_family_;
  std::unique_ptr<const CompiledCustomer> customer_;
  bool has_retention_ = false;
  bool asks_campaigns_ = false;
  uint64_t fingerprint_ = 0;
};

}  // namespace waymark::journey
