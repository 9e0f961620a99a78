#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "base/time.h"
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
  // By stage entered: how long it usually takes to come there; empty where the model does not say.
  struct TemporalPair {
    int32_t from;  // stage
    base::Millis mean;
    base::Millis deviation;
  };
  std::vector<std::vector<TemporalPair>> temporal_pairs;
  std::vector<bool> temporal_from;             // by stage: some pair begins there
  detect::Predicate relevant_when;             // asked only where the model has the rule
  detect::Predicate relevant_out;

  // The value of the journey key; empty where the model has none or the interaction lacks it.
  model::Text KeyOf(const detect::Facts& facts) const;
  bool IsPersonal(std::string_view channel) const;

 private:
  void CompileTemporalProfile(const model::TemporalProfile& profile);
};

// All models in force, grouped by family. Immutable; shared by all tasks.
//
// Versions may be added one after the other, each an *epoch* of its own: the models that are there
// stay where they are, so that what points to them in states stays good, and families keep their
// numbers.
class CompiledModels {
 public:
  // Epoch 0. The models must be free of faults (model::CheckModels).
  explicit CompiledModels(const std::vector<model::JourneyModel>& models,
                          const std::optional<model::CustomerModel>& customer = {});

  // The next epoch: one version more, free of faults beside those that are there.
  CompiledModels With(const model::JourneyModel& version) const;
  // As they were at an earlier epoch.
  CompiledModels At(int64_t epoch) const;
  int64_t epoch() const { return static_cast<int64_t>(fingerprints_.size()) - 1; }

  const std::vector<std::string>& families() const { return families_; }
  // The models of a family, the one to be preferred first.
  const std::vector<const CompiledModel*>& of_family(size_t family) const {
    return by_family_[family];
  }
  // True: a run that starts at this time may take this model. Of the versions of a model it is the
  // one with the latest `effective_from` that is not later than the time.
  bool IsInEffect(const CompiledModel& model, base::Timestamp time) const {
    if (time < model.definition.effective_from) return false;
    return replaced_.empty() || time < ReplacedAt(model);
  }
  // True: versions of one model, or the same.
  static bool AreVersions(const CompiledModel& a, const CompiledModel& b);
  // The version of the same model that is in effect at a time; null: none is.
  const CompiledModel* InEffect(const CompiledModel& model, base::Timestamp time) const;
  // When a run of this version is to be ended for a new one (Fate::kRestart); max(): never.
  base::Timestamp RestartAt(const CompiledModel& model) const {
    if (restarts_.empty()) return base::Timestamp::max();
    const auto at = restarts_.find(&model);
    return at == restarts_.end() ? base::Timestamp::max() : at->second;
  }
  // The version that a run of this one migrates to next (Fate::kMigrate); null: to none.
  const CompiledModel* NextMigration(const CompiledModel& model) const {
    if (migrations_.empty()) return nullptr;
    const auto at = migrations_.find(&model);
    return at == migrations_.end() ? nullptr : at->second;
  }
  bool migrates() const { return !migrations_.empty(); }
  // True: a version that takes effect may do something about open runs.
  bool moves_runs() const { return !restarts_.empty() || !migrations_.empty(); }
  // The earliest event time for which a later epoch may say something else than this one; max():
  // none.
  base::Timestamp ChangedSince(int64_t epoch) const {
    return changed_since_[static_cast<size_t>(epoch)];
  }

  const CompiledModel* Find(std::string_view family, std::string_view name, int32_t version) const;
  // Differs when any rule differs, or the order in which versions were added: state folded under
  // another set must not be gone on with.
  uint64_t fingerprint() const { return fingerprints_.back(); }
  // Of an earlier epoch; nothing where it is a later one.
  std::optional<uint64_t> FingerprintAt(int64_t epoch) const;
  // Those of epoch 0, then those added, in their order.
  const std::vector<std::shared_ptr<const CompiledModel>>& all() const { return models_; }
  // True: some model has closed journeys forgotten.
  // True: journeys of this family are told apart by a key, by some model or version.
  bool has_keys(size_t family) const { return has_keys_[family]; }
  bool has_retention() const { return has_retention_; }
  // True: some rule asks for the campaigns that have reached a customer.
  bool asks_campaigns() const { return asks_campaigns_; }
  // What holds for a customer whatever the journeys; null: nothing.
  const CompiledCustomer* customer() const { return customer_.get(); }

 private:
  using Times = std::unordered_map<const CompiledModel*, base::Timestamp>;
  using Shared = std::vector<std::shared_ptr<const CompiledModel>>;

  CompiledModels(Shared models, std::vector<uint64_t> fingerprints,
                 std::shared_ptr<const CompiledCustomer> customer);
  base::Timestamp ReplacedAt(const CompiledModel& model) const;
  void Group();
  void FindSuccessions();
  void FindChanges();
  size_t CountAtEpoch(int64_t epoch) const;

  Shared models_;
  std::vector<std::string> families_;  // of epoch 0 sorted, then as they came
  std::vector<std::vector<const CompiledModel*>> by_family_;
  Times replaced_;  // of those that another version follows
  Times restarts_;
  std::unordered_map<const CompiledModel*, const CompiledModel*> migrations_;
  std::shared_ptr<const CompiledCustomer> customer_;
  std::vector<bool> has_keys_;  // by family
  bool has_retention_ = false;
  bool asks_campaigns_ = false;
  std::vector<uint64_t> fingerprints_;          // by epoch
  std::vector<base::Timestamp> changed_since_;  // by epoch
};

}  // namespace waymark::journey
