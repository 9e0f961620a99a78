#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/fold_state.h"
#include "journey/fold.h"
#include "model/journey_model.h"

namespace waymark::codec {

inline constexpr std::string_view kStateModel = R"(
family: purchase
model: shop
journey: {key: contract, abandon_after: 10d, lifetime: 30d, reentry: {when: {action: view}}}
personal_channels: [store]
stages:
  - {name: look, enter: {action: view}, targets: {duration: 1d}}
  - name: buy
    enter: {action: order}
    closes: completed
    stations: [{name: till, when: {touchpoint: till}}]
signals:
  - {name: first, when: {action: view}, once: true}
)";

inline journey::CompiledModels StateModels() {
  const model::ModelSet set = model::ParseModel(kStateModel, "test.yaml");
  for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return journey::CompiledModels(set.models);
}

// A state with something in every field: runs of each kind, past runs, sums, a session.
inline journey::State RichState(const journey::CompiledModels& models, int interactions) {
  journey::FoldSettings settings;
  settings.limits.runs_closed_max = 2;
  const journey::Fold fold(models, settings);
  journey::State state = fold.Initial("ann");
  journey::Effects effects;
  for (int i = 0; i < interactions; ++i) {
    const std::string id = "i" + std::to_string(i);
    const std::string contract = "c" + std::to_string(i % 5);
    model::Interaction in;
    in.id = id;
    in.time = 1'700'000'000'000 + i * 3'600'000LL * 5;
    in.sequence = i % 3;
    in.source.system = "shop";
    in.identifiers = {{"email", contract}};
    in.account = "acme";
    in.channel = i % 2 == 0 ? "web" : "store";
    in.touchpoint = i % 2 == 0 ? "catalogue" : "till";
    in.action = i % 4 == 3 ? "order" : "view";
    in.product = contract;
    in.contract = contract;
    in.value_micros = i % 2 == 0 ? -i : i * 1'000'000LL;
    in.rating.emplace().satisfaction = 1 + i % 5;
    in.profile = {{"consent", "service"}, {"language", "de"}};
    in.command = model::Command::kConsent;
    effects.Clear();
    fold.Apply(state, in, effects);
    state.ids.Insert(journey::RowHash(in.source.system, in.id));
  }
  if (!state.families[0].runs.empty()) {
    state.families[0].runs[0].replaces = {base::MakeId96("before"), base::MakeId96("earlier")};
  }
  return state;
}

inline std::string BytesOf(const journey::State& state, int format = kStateFormatNewest) {
  std::string bytes;
  EncodeState(state, bytes, format);
  return bytes;
}

}  // namespace waymark::codec
