#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "codec/protobuf.h"
#include "model/interaction.h"
#include "model/journey_model.h"
#include "support/task_driver.h"

namespace waymark::test {

inline constexpr int64_t kMinute = 60'000;
inline constexpr int64_t kNoon = 1'700'000'000'000;

// Two stages; silence ends a journey.
inline constexpr std::string_view kSimpleModel = R"(
family: purchase
model: simple
journey: {abandon_after: 2h}
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: order}}
)";

// An interaction of the profile "ann" at so many minutes after kNoon.
inline model::Interaction At(int64_t minute, std::string_view id, std::string_view action) {
  model::Interaction out;
  out.id = id;
  out.time = kNoon + minute * kMinute;
  out.channel = "web";
  out.action = action;
  out.source.system = "shop";
  return out;
}
inline base::Timestamp Minute(int64_t minute) { return {kNoon + minute * kMinute}; }

inline Sent Send(const model::Interaction& interaction, std::string_view profile = "ann") {
  Sent sent{std::string(profile), {}};
  codec::Encode(interaction, sent.bytes);
  return sent;
}

// The models of texts that must be free of faults.
inline journey::CompiledModels Compile(std::initializer_list<std::string_view> texts) {
  std::vector<model::JourneyModel> models;
  std::optional<model::CustomerModel> customer;
  for (const std::string_view text : texts) {
    model::ModelSet set = model::ParseModel(text, "test.yaml");
    for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
    for (auto& parsed : set.models) models.push_back(std::move(parsed));
    if (set.customer) customer = std::move(set.customer);
  }
  return journey::CompiledModels(models, customer);
}

}  // namespace waymark::test
