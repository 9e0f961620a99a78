#include <benchmark/benchmark.h>

#include "codec/interaction_decoder.h"
#include "codec/json.h"
#include "codec/protobuf.h"

// One interaction of about 200 bytes as protobuf, and the step made of it.
namespace waymark::codec {
namespace {

model::Interaction MakeInteraction() {
  model::Interaction value;
  value.id = "0f8b7c1e-5d2a-4c7e-9a51-7d0f3b6e2c19";
  value.time = 1'711'986'982'054;
  value.sequence = 3;
  value.identifiers = {{"crm", "C-00481516"}, {"cookie", "a81f00c2d9e34b77"}};
  value.channel = "web";
  value.touchpoint = "product-page";
  value.action = "add_to_cart";
  value.campaign = "spring-sale";
  value.product = "SHE-HWS-55021-S";
  value.value_micros = 25'990'000;
  value.currency = "EUR";
  value.source.system = "shop";
  value.attributes = {{"device", "phone"}, {"referrer", "newsletter"}};
  return value;
}

model::Step MakeStep() {
  model::Step step;
  step.interaction = MakeInteraction();
  step.profile_id = "crm:C-00481516";
  step.session_id = "0123456789abcdef01234567";
  step.session_start = 1'711'986'900'000;
  step.placements.push_back({"purchase",
                             "six-stages",
                             1,
                             "aaaabbbbccccddddeeeeffff",
                             "comparison",
                             "information",
                             1'711'986'982'054,
                             "",
                             "Sales",
                             {},
                             "",
                             std::nullopt,
                             {}});
  step.revision = 4711;
  step.origin = {"interactions", 7, 1'234'567};
  step.processed_time = 1'711'986'982'160;
  return step;
}

void DecodeInput(benchmark::State& state, const std::string& bytes) {
  InteractionDecoder decoder(InputFormat::kAuto, InputLimits{});
  model::Interaction value;
  for (auto _ : state) {
    if (decoder.Decode(bytes, value)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(value);
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
}

void DecodeInteractionProtobuf(benchmark::State& state) {
  std::string bytes;
  Encode(MakeInteraction(), bytes);
  DecodeInput(state, bytes);
}
BENCHMARK(DecodeInteractionProtobuf);

void DecodeInteractionJson(benchmark::State& state) {
  std::string json;
  EncodeJson(MakeInteraction(), json);
  DecodeInput(state, json);
}
BENCHMARK(DecodeInteractionJson);

void EncodeInteraction(benchmark::State& state) {
  const model::Interaction value = MakeInteraction();
  std::string out;
  for (auto _ : state) {
    out.clear();
    Encode(value, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(EncodeInteraction);

// With the bytes of the interaction at hand, as in the engine.
void EncodeStep(benchmark::State& state) {
  std::string interaction;
  Encode(MakeInteraction(), interaction);
  model::Step step = MakeStep();
  step.interaction_bytes = interaction;
  std::string out;
  for (auto _ : state) {
    out.clear();
    Encode(step, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(EncodeStep);

void DecodeStep(benchmark::State& state) {
  std::string bytes;
  Encode(MakeStep(), bytes);
  model::Step step;
  for (auto _ : state) {
    if (!Decode(bytes, step).ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(step);
  }
}
BENCHMARK(DecodeStep);

void EncodeStepJson(benchmark::State& state) {
  const model::Step step = MakeStep();
  std::string out;
  for (auto _ : state) {
    out.clear();
    EncodeJson(step, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(EncodeStepJson);

}  // namespace
}  // namespace waymark::codec
