#include <benchmark/benchmark.h>

#include <string_view>

#include "engine/task.h"
#include "meter.h"
#include "scratch_store.h"
#include "traffic.h"

// A task over a store on disk, driven as a worker drives it, with an output that drops everything:
// from Begin() to the end of a batch, and what it then stores.
namespace waymark::path {
namespace {

constexpr base::Partition kPartition{7};
constexpr base::Millis kBetweenBatches{50};  // 10,000 interactions a second
constexpr size_t kBatchesToStore = 20;

class NoOutput final : public engine::Output {
 public:
  base::Status Write(engine::OutputTopic, base::Partition, std::string_view,
                     std::optional<std::string_view>) override {
    return {};
  }
  base::Status WriteSignal(base::Partition, const model::Signal&) override { return {}; }
  base::Status WriteDeadLetter(base::Partition, const model::DeadLetter&) override { return {}; }
};

// The settings' defaults, as `run` has them.
engine::TaskSettings Defaults() {
  engine::TaskSettings settings;
  settings.timeline.retention = std::chrono::hours(24 * 400);
  settings.refold.waiting_max = 100'000;
  return settings;
}

engine::TaskSettings OfCommonJob() {
  engine::TaskSettings settings;
  settings.timeline.enabled = false;
  settings.publish_signals = false;
  return settings;
}

engine::TaskSettings Measured() {
  engine::TaskSettings settings = Defaults();
  settings.measures.enabled = true;
  return settings;
}

// One life of a task: all the traffic once.
class Life {
 public:
  Life(const journey::Fold& fold, const engine::TaskSettings& settings, const Traffic& traffic)
      : traffic_(traffic), task_(kPartition, fold, *store_, output_, settings) {}

  // Each takes a meter for what it measures; null: it is not measured.
  void Run(Meter* accepting, Meter* storing) {
    size_t batches = 0;
    for (size_t begin = 0; begin < traffic_.records.size();) {
      begin += TakeBatch(begin, accepting);
      task_.Committed(base::Offset(static_cast<int64_t>(begin)));
      if (++batches % kBatchesToStore == 0) Store(storing);
    }
    Store(storing);
  }

 private:
  size_t TakeBatch(size_t begin, Meter* meter) {
    const size_t size = batch_.Decode(traffic_, begin);
    now_ = now_ + kBetweenBatches;
    if (meter != nullptr) meter->Start();
    task_.Begin(now_);
    Must(task_.WriteSnapshots(false));
    for (size_t i = 0; i < size + engine::Lookahead::kDistance; ++i) {
      task_.Expect(i < size ? std::string_view(traffic_.records[begin + i].profile_id) : "");
      if (i < engine::Lookahead::kDistance) continue;
      Accept(begin, i - engine::Lookahead::kDistance);
    }
    Must(task_.EndBatch(base::Timestamp::min(), base::Timestamp::max()));
    if (meter != nullptr) meter->Stop();
    return size;
  }
  void Accept(size_t begin, size_t i) {
    const Record& record = traffic_.records[begin + i];
    engine::Arrival arrival;
    arrival.profile_id = record.profile_id;
    arrival.interaction = &batch_[i];
    arrival.bytes = record.bytes;
    arrival.origin = {"interactions", kPartition.value, static_cast<int64_t>(begin + i)};
    const auto refused = task_.Refuse(arrival);
    Must(refused.status());
    if (!*refused) Must(task_.Accept(arrival));
  }
  void Store(Meter* meter) {
    if (meter != nullptr) meter->Start();
    Must(task_.Flush());
    if (meter != nullptr) meter->Stop();
  }

  const Traffic& traffic_;
  ScratchStore store_;
  NoOutput output_;
  engine::Task task_;
  DecodedBatch batch_;
  base::Timestamp now_{1'800'000'000'000};
};

enum class Part { kAccepting, kStoring };

void Live(benchmark::State& bench, Part part, const journey::Fold& fold,
          const engine::TaskSettings& settings, const Traffic& traffic) {
  const bool accepts = part == Part::kAccepting;
  Meter meter(bench);
  for (auto _ : bench) {
    Life(fold, settings, traffic).Run(accepts ? &meter : nullptr, accepts ? nullptr : &meter);
    meter.EndPass(traffic.records.size());
  }
}

void CommonJobTask(benchmark::State& bench) {
  Live(bench, Part::kAccepting, CommonJob(), OfCommonJob(), OrderedTraffic());
}
BENCHMARK(CommonJobTask)->Name("task/common_job")->UseManualTime();

void DefaultTask(benchmark::State& bench) {
  Live(bench, Part::kAccepting, SixStages(), Defaults(), OrderedTraffic());
}
BENCHMARK(DefaultTask)->Name("task/six_stages")->UseManualTime();

void MeasuredTask(benchmark::State& bench) {
  Live(bench, Part::kAccepting, SixStages(), Measured(), DenseTraffic());
}
BENCHMARK(MeasuredTask)->Name("task/six_stages_dense_measured")->UseManualTime();

void DenseTask(benchmark::State& bench) {
  Live(bench, Part::kAccepting, SixStages(), Defaults(), DenseTraffic());
}
BENCHMARK(DenseTask)->Name("task/six_stages_dense")->UseManualTime();

void DisorderedTask(benchmark::State& bench) {
  Live(bench, Part::kAccepting, SixStages(), Defaults(), DisorderedTraffic());
}
BENCHMARK(DisorderedTask)->Name("task/six_stages_late")->UseManualTime();

void CommonJobStoring(benchmark::State& bench) {
  Live(bench, Part::kStoring, CommonJob(), OfCommonJob(), OrderedTraffic());
}
BENCHMARK(CommonJobStoring)->Name("task/common_job_stored")->UseManualTime();

void DefaultStoring(benchmark::State& bench) {
  Live(bench, Part::kStoring, SixStages(), Defaults(), OrderedTraffic());
}
BENCHMARK(DefaultStoring)->Name("task/six_stages_stored")->UseManualTime();

}  // namespace
}  // namespace waymark::path
