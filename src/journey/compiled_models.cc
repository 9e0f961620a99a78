#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "journey/compiled_model.h"
#include "journey/fingerprint.h"

namespace waymark::journey {
namespace {

using base::Timestamp;

bool AsksCampaigns(const model::Condition& condition) {
  return condition.field.field == model::Field::kCampaigns ||
         std::any_of(condition.children.begin(), condition.children.end(), AsksCampaigns);
}

template <class Model>
bool ModelAsksCampaigns(const Model& model) {
  bool asks = false;
  model::ForEachCondition(model, [&](const model::Condition& c) { asks |= AsksCampaigns(c); });
  return asks;
}

// Within a family the one to be preferred first. At equal priority the one with a scope is asked
// before the one for everybody.
bool IsPreferred(const model::JourneyModel& a, const model::JourneyModel& b) {
  const bool a_all = !a.scope;
  const bool b_all = !b.scope;
  return std::tie(a.family, b.priority, a_all, a.name, b.version) <
         std::tie(b.family, a.priority, b_all, b.name, a.version);
}

bool AreVersions(const model::JourneyModel& a, const model::JourneyModel& b) {
  return a.family == b.family && a.name == b.name;
}

}  // namespace

CompiledModels::CompiledModels(const std::vector<model::JourneyModel>& models,
                               const std::optional<model::CustomerModel>& customer) {
  std::vector<const model::JourneyModel*> ordered;
  for (const auto& model : models) ordered.push_back(&model);
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return IsPreferred(*a, *b); });
  std::string fingerprint;
  for (const model::JourneyModel* model : ordered) {
    fingerprint += FingerprintOf(*model);
    models_.push_back(std::make_shared<CompiledModel>(*model));
  }
  if (customer) {
    fingerprint += FingerprintOf(*customer);
    customer_ = std::make_shared<CompiledCustomer>(*customer);
  }
  fingerprints_ = {base::Hash64(fingerprint)};
  Group();
}

CompiledModels::CompiledModels(Shared models, std::vector<uint64_t> fingerprints,
                               std::shared_ptr<const CompiledCustomer> customer)
    : models_(std::move(models)),
      customer_(std::move(customer)),
      fingerprints_(std::move(fingerprints)) {
  Group();
}

CompiledModels CompiledModels::With(const model::JourneyModel& version) const {
  Shared models = models_;
  models.push_back(std::make_shared<CompiledModel>(version));
  std::vector<uint64_t> fingerprints = fingerprints_;
  fingerprints.push_back(base::Hash64(FingerprintOf(version), fingerprints.back()));
  return {std::move(models), std::move(fingerprints), customer_};
}

CompiledModels CompiledModels::At(int64_t epoch) const {
  WAYMARK_CHECK(epoch >= 0 && epoch <= this->epoch(), "an epoch that has been");
  Shared models(models_.begin(), models_.begin() + static_cast<int64_t>(CountAtEpoch(epoch)));
  std::vector<uint64_t> fingerprints(fingerprints_.begin(), fingerprints_.begin() + epoch + 1);
  return {std::move(models), std::move(fingerprints), customer_};
}

size_t CompiledModels::CountAtEpoch(int64_t epoch) const {
  return models_.size() - static_cast<size_t>(this->epoch() - epoch);
}

std::optional<uint64_t> CompiledModels::FingerprintAt(int64_t epoch) const {
  if (epoch < 0 || epoch > this->epoch()) return std::nullopt;
  return fingerprints_[static_cast<size_t>(epoch)];
}

void CompiledModels::Group() {
  for (const auto& model : models_) {
    const model::JourneyModel& definition = model->definition;
    has_retention_ |= definition.journey.retention.has_value();
    auto at = std::find(families_.begin(), families_.end(), definition.family);
    if (at == families_.end()) {
      at = families_.insert(at, definition.family);
      by_family_.emplace_back();
    }
    by_family_[static_cast<size_t>(at - families_.begin())].push_back(model.get());
  }
  for (auto& family : by_family_) {
    std::sort(family.begin(), family.end(), [](const auto* a, const auto* b) {
      return IsPreferred(a->definition, b->definition);
    });
    has_keys_.push_back(std::any_of(family.begin(), family.end(), [](const auto* model) {
      return model->definition.journey.key.has_value();
    }));
  }
  FindSuccessions();
  FindChanges();
}

void CompiledModels::FindSuccessions() {
  for (std::vector<const CompiledModel*> family : by_family_) {
    // The latest version of a model first, so that what follows each has been seen before it.
    std::sort(family.begin(), family.end(), [](const auto* a, const auto* b) {
      return std::tie(a->definition.name, b->definition.effective_from) <
             std::tie(b->definition.name, a->definition.effective_from);
    });
    const CompiledModel* later = nullptr;
    Timestamp replaced = Timestamp::max();
    Timestamp restart = Timestamp::max();
    const CompiledModel* migration = nullptr;
    for (const CompiledModel* const model : family) {
      const Timestamp from = model->definition.effective_from;
      if (later == nullptr || !AreVersions(*later, *model)) {
        replaced = restart = Timestamp::max();
        migration = nullptr;
      } else if (later->definition.effective_from > from) {
        replaced = later->definition.effective_from;
        if (later->definition.fate == model::Fate::kRestart) restart = replaced;
        if (later->definition.fate == model::Fate::kMigrate) migration = later;
      }
      if (replaced != Timestamp::max()) replaced_.emplace(model, replaced);
      if (restart != Timestamp::max()) restarts_.emplace(model, restart);
      if (migration != nullptr) migrations_.emplace(model, migration);
      later = model;
    }
  }
}

// What a customer's campaigns were before some rule asked for them is not remembered: it is folded
// again from the beginning.
void CompiledModels::FindChanges() {
  asks_campaigns_ = customer_ != nullptr && ModelAsksCampaigns(customer_->definition());
  const size_t first = CountAtEpoch(0);
  changed_since_.assign(fingerprints_.size(), Timestamp::max());
  for (size_t i = 0; i < models_.size(); ++i) {
    const model::JourneyModel& definition = models_[i]->definition;
    Timestamp from = definition.effective_from;
    if (!asks_campaigns_ && ModelAsksCampaigns(definition)) {
      asks_campaigns_ = true;
      from = Timestamp::min();
    }
    if (i >= first) changed_since_[i - first] = from;
  }
  for (size_t e = changed_since_.size() - 1; e > 0; --e) {
    changed_since_[e - 1] = std::min(changed_since_[e - 1], changed_since_[e]);
  }
}

Timestamp CompiledModels::ReplacedAt(const CompiledModel& model) const {
  const auto at = replaced_.find(&model);
  return at == replaced_.end() ? Timestamp::max() : at->second;
}

bool CompiledModels::AreVersions(const CompiledModel& a, const CompiledModel& b) {
  return journey::AreVersions(a.definition, b.definition);
}

const CompiledModel* CompiledModels::InEffect(const CompiledModel& model, Timestamp time) const {
  for (const auto& other : models_) {
    if (AreVersions(*other, model) && IsInEffect(*other, time)) {
      return other.get();
    }
  }
  return nullptr;
}

const CompiledModel* CompiledModels::Find(std::string_view family, std::string_view name,
                                          int32_t version) const {
  for (const auto& model : models_) {
    const model::JourneyModel& m = model->definition;
    if (m.family == family && m.name == name && m.version == version) return model.get();
  }
  return nullptr;
}

}  // namespace waymark::journey
