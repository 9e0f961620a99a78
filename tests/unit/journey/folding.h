#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "journey/fold.h"
#include "model/journey_model.h"

namespace waymark::journey {

// A signal with texts of its own.
struct Found {
  std::string id;
  model::SignalKind kind;
  std::string name;
  int64_t minute;
  std::string stage;
  std::string previous_stage;
  int64_t duration_minutes;
  std::string journey_id;
  std::string detector;
  std::vector<std::string> evidence;
};

struct Placed {
  std::string journey_id;
  std::string stage;
  std::string previous_stage;
  std::string station;
  std::string department;
  std::string family;
};

// A profile folded interaction by interaction, with all that was found kept.
class Folding : public ::testing::Test {
 protected:
  static constexpr int64_t kMinute = 60'000;
  static constexpr int64_t kNoon = 1'700'000'000'000;

  void Use(std::initializer_list<std::string_view> texts, FoldSettings settings = {}) {
    std::vector<model::JourneyModel> parsed;
    std::optional<model::CustomerModel> customer;
    for (const std::string_view text : texts) {
      model::ModelSet set = model::ParseModel(text, "test.yaml");
      for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
      for (auto& model : set.models) parsed.push_back(std::move(model));
      if (set.customer) customer = std::move(set.customer);
    }
    models_ = std::make_unique<CompiledModels>(parsed, customer);
    fold_ = std::make_unique<Fold>(*models_, settings);
    state_ = fold_->Initial("ann");
  }

  static model::Interaction At(int64_t minute, std::string_view action) {
    model::Interaction out;
    out.time = kNoon + minute * kMinute;
    out.channel = "web";
    out.action = action;
    out.source.system = "shop";
    return out;
  }

  // Applies; an interaction without id gets the next of i1, i2, ….
  void Apply(model::Interaction interaction) {
    if (interaction.id.empty()) {
      ids_.push_back("i" + std::to_string(ids_.size() + 1));
      interaction.id = ids_.back();
    }
    effects_.Clear();
    fold_->Apply(state_, interaction, effects_);
    Collect();
    placed_.clear();
    for (const model::Placement& p : effects_.placements) {
      placed_.push_back({std::string(p.journey_id), std::string(p.stage),
                         std::string(p.previous_stage), std::string(p.station),
                         std::string(p.department), std::string(p.family)});
    }
    session_id_ = effects_.session_id;
  }
  void Apply(int64_t minute, std::string_view action) { Apply(At(minute, action)); }
  // Timers fired by the last application.
  int32_t Fired(TimerKind kind) const {
    return effects_.timers_fired[static_cast<size_t>(kind)];
  }
  int32_t Fired() const {
    return std::accumulate(effects_.timers_fired.begin(), effects_.timers_fired.end(), 0);
  }
  void AdvanceTo(int64_t minute) {
    effects_.Clear();
    fold_->AdvanceTo(state_, {kNoon + minute * kMinute}, effects_);
    Collect();
  }

  std::vector<Found> Signals(model::SignalKind kind) const {
    std::vector<Found> found;
    for (const Found& signal : found_) {
      if (signal.kind == kind) found.push_back(signal);
    }
    return found;
  }
  size_t Count(model::SignalKind kind) const { return Signals(kind).size(); }
  std::string Stage() const { return placed_.empty() ? "" : placed_.front().stage; }
  const std::vector<journey::Run>& Runs() const { return state_.families.at(0).runs; }
  model::JourneyStatus Status() const { return Runs().back().status; }

  std::unique_ptr<CompiledModels> models_;
  std::unique_ptr<Fold> fold_;
  State state_;
  Effects effects_;
  std::list<std::string> ids_;
  std::vector<Found> found_;
  std::vector<Placed> placed_;  // of the last interaction
  std::string session_id_;

 private:
  void Collect() {
    for (const model::Signal& s : effects_.signals) {
      found_.push_back({std::string(s.id), s.kind, std::string(s.name),
                        (s.time - kNoon) / kMinute, std::string(s.stage),
                        std::string(s.previous_stage), s.stage_duration_ms.value_or(0) / kMinute,
                        std::string(s.journey_id), std::string(s.detector),
                        {s.evidence.begin(), s.evidence.end()}});
    }
  }
};

inline constexpr std::string_view kShop = R"(
family: purchase
model: shop
stages:
  - {name: look, enter: {action: view}, organisation: {owner: Marketing}}
  - name: buy
    enter: {action: order}
    organisation: {owner: Sales}
    stations:
      - {name: basket, when: {touchpoint: basket}}
      - {name: till, when: {touchpoint: till}}
  - {name: use, enter: {action: use}, organisation: {owner: Sales}}
)";

}  // namespace waymark::journey
