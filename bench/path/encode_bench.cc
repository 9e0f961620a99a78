#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/arena.h"
#include "codec/fold_state.h"
#include "codec/json.h"
#include "codec/protobuf.h"
#include "engine/refold.h"
#include "meter.h"
#include "traffic.h"

// What goes out: steps, signals, snapshots and states, as bytes; and steps and states read back.
namespace waymark::path {
namespace {

constexpr size_t kSamples = 500;

// Messages of the traffic as bytes, and decoded: views into these bytes.
struct Messages {
  std::vector<std::string> step_bytes;
  std::vector<std::string> signal_bytes;
  std::vector<model::Step> steps;
  std::vector<model::Signal> signals;
};

template <class Message>
void DecodeAll(const std::vector<std::string>& bytes, std::vector<Message>& messages) {
  messages.resize(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) Must(codec::Decode(bytes[i], messages[i]));
}

// From the last records, when journeys are under way.
Messages MakeMessages() {
  const Traffic& traffic = OrderedTraffic();
  std::vector<journey::State> states = InitialStates(SixStages(), traffic);
  Messages messages;
  journey::Effects effects;
  model::Step step;
  model::Interaction interaction;
  for (size_t i = 0; i < traffic.records.size(); ++i) {
    const Record& record = traffic.records[i];
    Must(codec::Decode(record.bytes, interaction));
    FoldOne(SixStages(), interaction, states[record.profile], effects);
    if (i + kSamples < traffic.records.size()) continue;
    for (model::Signal& signal : effects.signals) {
      signal.revision = 4711;
      codec::Encode(signal, messages.signal_bytes.emplace_back());
    }
    std::string& bytes = messages.step_bytes.emplace_back();
    engine::EncodeCanonicalStep(record.profile_id, record.bytes, nullptr, effects, step, bytes);
    step.revision = 4711;
    step.processed_time = interaction.timestamp().ms + 100;
    step.origin = {"interactions", 7, static_cast<int64_t>(i)};
    codec::EncodeTransport(step, bytes);
  }
  DecodeAll(messages.step_bytes, messages.steps);
  DecodeAll(messages.signal_bytes, messages.signals);
  return messages;
}

const Messages& Samples() {
  static const Messages messages = MakeMessages();
  return messages;
}

// Of 500 customers.
const std::vector<journey::State>& States() {
  static const std::vector<journey::State> states = [] {
    std::vector<journey::State> all = FinalStates(SixStages(), OrderedTraffic());
    return std::vector<journey::State>(all.begin(), all.begin() + kSamples);
  }();
  return states;
}

template <class Encode>
void MeasureEncoding(benchmark::State& bench, size_t size, Encode encode) {
  std::string out;
  MeasurePasses(bench, size, [&](size_t i) {
    out.clear();
    encode(i, out);
    benchmark::DoNotOptimize(out.data());
  });
}

void EncodeStep(benchmark::State& bench) {
  const auto& steps = Samples().steps;
  MeasureEncoding(bench, steps.size(), [&](size_t i, std::string& out) {
    codec::EncodeCanonical(steps[i], out);
    codec::EncodeTransport(steps[i], out);
  });
}
BENCHMARK(EncodeStep)->Name("encode/step")->UseManualTime();

void EncodeStepJson(benchmark::State& bench) {
  const auto& steps = Samples().steps;
  MeasureEncoding(bench, steps.size(), [&](size_t i, std::string& out) {
    codec::EncodeJson(steps[i], out);
  });
}
BENCHMARK(EncodeStepJson)->Name("encode/step_json")->UseManualTime();

void EncodeSignal(benchmark::State& bench) {
  const auto& signals = Samples().signals;
  MeasureEncoding(bench, signals.size(), [&](size_t i, std::string& out) {
    codec::Encode(signals[i], out);
  });
}
BENCHMARK(EncodeSignal)->Name("encode/signal")->UseManualTime();

void EncodeState(benchmark::State& bench) {
  const auto& states = States();
  MeasureEncoding(bench, states.size(), [&](size_t i, std::string& out) {
    codec::EncodeState(states[i], out);
  });
}
BENCHMARK(EncodeState)->Name("encode/state")->UseManualTime();

// The summary for readers, with the state in it for restores.
void EncodeSnapshot(benchmark::State& bench) {
  const auto& states = States();
  base::Arena arena;
  std::string fold;
  MeasureEncoding(bench, states.size(), [&](size_t i, std::string& out) {
    model::CustomerJourneys snapshot;
    arena.Clear();
    journey::Summarize(states[i], arena, snapshot);
    fold.clear();
    codec::EncodeState(states[i], fold);
    snapshot.fold = fold;
    snapshot.revision = 4711;
    codec::Encode(snapshot, out);
  });
}
BENCHMARK(EncodeSnapshot)->Name("encode/snapshot")->UseManualTime();

void DecodeStep(benchmark::State& bench) {
  const auto& rows = Samples().step_bytes;
  model::Step step;
  MeasurePasses(bench, rows.size(), [&](size_t i) {
    Must(codec::Decode(rows[i], step));
    benchmark::DoNotOptimize(step);
  });
}
BENCHMARK(DecodeStep)->Name("decode/step")->UseManualTime();

void DecodeState(benchmark::State& bench) {
  const journey::CompiledModels& models = SixStages().models();
  std::vector<std::string> rows;
  for (const journey::State& state : States()) codec::EncodeState(state, rows.emplace_back());
  MeasurePasses(bench, rows.size(), [&](size_t i) {
    journey::State state;
    Must(codec::DecodeState(rows[i], models, state));
    benchmark::DoNotOptimize(state.next_due);
  });
}
BENCHMARK(DecodeState)->Name("decode/state")->UseManualTime();

}  // namespace
}  // namespace waymark::path
