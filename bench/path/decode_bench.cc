#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "codec/interaction_decoder.h"
#include "codec/json.h"
#include "codec/protobuf.h"
#include "engine/intake.h"
#include "meter.h"
#include "traffic.h"

// From a record's bytes to a checked interaction, and to an arrival with its customer.
namespace waymark::path {
namespace {

constexpr size_t kRecords = 2'000;

enum class Form { kProtobuf, kJson };

std::vector<std::string> Values(Form form) {
  std::vector<std::string> values;
  model::Interaction interaction;
  for (size_t i = 0; i < kRecords; ++i) {
    const std::string& bytes = OrderedTraffic().records[i].bytes;
    std::string& value = values.emplace_back();
    Must(codec::Decode(bytes, interaction));
    if (form == Form::kProtobuf) value = bytes;
    if (form == Form::kJson) codec::EncodeJson(interaction, value);
  }
  return values;
}

void Decode(benchmark::State& bench, Form form) {
  const std::vector<std::string> values = Values(form);
  codec::InteractionDecoder decoder(codec::InputFormat::kAuto, codec::InputLimits{});
  model::Interaction interaction;
  MeasurePasses(bench, kRecords, [&](size_t i) {
    WAYMARK_CHECK(!decoder.Decode(values[i], interaction), "the record is good");
    benchmark::DoNotOptimize(interaction);
  });
}
BENCHMARK_CAPTURE(Decode, p, Form::kProtobuf)->Name("decode/protobuf")->UseManualTime();
BENCHMARK_CAPTURE(Decode, j, Form::kJson)->Name("decode/json")->UseManualTime();

void Intake(benchmark::State& bench, Form form) {
  const std::vector<Record>& records = OrderedTraffic().records;
  const std::vector<std::string> values = Values(form);
  engine::Intake intake({});
  engine::Arrival arrival;
  MeasurePasses(bench, kRecords, [&](size_t i) {
    engine::RawRecord raw;
    raw.key = records[i].profile_id;
    raw.value = values[i];
    raw.origin = {"interactions", 7, static_cast<int64_t>(i)};
    WAYMARK_CHECK(!intake.Take(raw, base::Timestamp::max(), arrival), "the record is good");
    benchmark::DoNotOptimize(arrival);
  });
}
BENCHMARK_CAPTURE(Intake, p, Form::kProtobuf)->Name("intake/protobuf")->UseManualTime();
BENCHMARK_CAPTURE(Intake, j, Form::kJson)->Name("intake/json")->UseManualTime();

}  // namespace
}  // namespace waymark::path
