#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/profile_cache.h"
#include "engine/task.h"
#include "rocks/rocks_store.h"

// What customers who wait for a timer cost a task over RocksDB: those who are not due, beside
// others' interactions, and those who are, when they fire.
namespace waymark::engine {
namespace {

using base::Timestamp;
using store::Family;

constexpr base::Partition kPartition{3};
constexpr int64_t kStart = 1'700'000'000'000;
constexpr int64_t kPendingLast = kStart + 20 * 86'400'000LL;  // of those who wait: far ahead
constexpr size_t kRowsAtOnce = 100'000;
constexpr int kEventsPerBatch = 1'000;
constexpr int kActive = 10'000;  // customers who go on
constexpr int kWarmUpBatches = 30;
constexpr int64_t kSessionsEnd = 3'600'000;

const journey::Fold& SixStages() {
  static const journey::CompiledModels models(model::LoadModels(WAYMARK_MODELS).models);
  static const journey::Fold fold(models, journey::FoldSettings{});
  return fold;
}

class NoOutput final : public Output {
 public:
  base::Status Write(OutputTopic, base::Partition, std::string_view,
                     std::optional<std::string_view>) override {
    return {};
  }
  base::Status WriteSignal(base::Partition, const model::Signal&) override {
    ++signals;
    return {};
  }
  base::Status WriteDeadLetter(base::Partition, const model::DeadLetter&) override { return {}; }
  int64_t signals = 0;
};

// Of the process, now.
int64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t pages = 0;
  file >> pages >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

double InMebibytes(int64_t bytes) { return static_cast<double>(bytes) / 1048576; }

std::string Padded(int64_t number) {
  std::string digits = std::to_string(number);
  return std::string(9 - std::min<size_t>(9, digits.size()), '0') + digits;
}

class Bench {
 public:
  Bench()
      : folder_(std::filesystem::temp_directory_path() /
                ("waymark-bench-timers-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    auto opened = rocks::RocksStore::Open(folder_.string(), rocks::RocksSettings{});
    if (!opened.ok()) throw std::runtime_error(opened.status().text());
    store_ = std::move(*opened);
    TaskSettings settings;
    settings.cache_bytes_max = 64u << 20;
    settings.publish_snapshots = false;
    task_ = std::make_unique<Task>(kPartition, SixStages(), *store_, output_, settings);
  }
  ~Bench() { Close(); }
  void Close() {
    task_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Task& task() { return *task_; }
  const NoOutput& output() const { return output_; }

  static void Must(const base::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.text());
  }

  // Stores so many customers as a task does, each with one interaction and a timer ahead.
  void StorePending(int64_t count, int64_t last_time) {
    journey::Effects effects;
    std::vector<std::string> profiles;
    std::vector<std::string> values;
    std::vector<std::string> timers;
    for (int64_t i = 0; i < count; ++i) {
      Profile profile;
      profile.state = SixStages().Initial("pending-" + Padded(i));
      effects.Clear();
      // A thousand a second, so that timers are due one after the other.
      const auto interaction = InteractionAt(last_time + i % 1'000'000, "pending");
      SixStages().Apply(profile.state, interaction, effects);
      profile.stored_due = profile.state.next_due;
      timers.push_back(TimerKey(kPartition, profile.stored_due, profile.state.profile_id));
      profiles.push_back(ProfileKey(kPartition, profile.state.profile_id));
      ProfileCache::EncodeRow(profile, values.emplace_back());
      if (profiles.size() < kRowsAtOnce && i + 1 < count) continue;
      Ingest(Family::kProfiles, profiles, &values);
      Ingest(Family::kTimers, timers, nullptr);
    }
    Must(store_->Flush());
  }

  // A batch of interactions, a second between two, as a worker does it; then the commit.
  void TakeBatch() {
    task_->Begin({kStart});
    for (int i = 0; i < kEventsPerBatch; ++i, ++events_) {
      const std::string id = std::to_string(events_);
      const model::Interaction interaction = InteractionAt(kStart + events_ * 1'000, id);
      bytes_.clear();
      codec::Encode(interaction, bytes_);
      const std::string profile = "active-" + Padded(events_ * 7'919 % kActive);
      Arrival arrival;
      arrival.profile_id = profile;
      arrival.interaction = &interaction;
      arrival.bytes = bytes_;
      Must(task_->Accept(arrival));
    }
    Commit(Timestamp::min(), Timestamp::max());
  }
  void Commit(Timestamp at_least, Timestamp at_most) {
    Must(task_->EndBatch(at_least, at_most));
    task_->Committed(base::Offset(events_));
    if (task_->WantsFlush() || task_->unstored_bytes() > (64u << 20)) Must(task_->Flush());
  }

 private:
  static model::Interaction InteractionAt(int64_t time, std::string_view id) {
    model::Interaction interaction;
    interaction.id = id;
    interaction.time = time;
    interaction.channel = "web";
    interaction.action = "view";
    interaction.source.system = "shop";
    return interaction;
  }
  void Ingest(Family family, std::vector<std::string>& keys, std::vector<std::string>* values) {
    std::vector<store::Row> rows;
    for (size_t i = 0; i < keys.size(); ++i) {
      rows.push_back({keys[i], values == nullptr ? std::string_view() : (*values)[i]});
    }
    Must(store_->Ingest(family, rows));
    keys.clear();
    if (values != nullptr) values->clear();
  }

  std::filesystem::path folder_;
  std::unique_ptr<rocks::RocksStore> store_;
  NoOutput output_;
  std::unique_ptr<Task> task_;
  int64_t events_ = 0;
  std::string bytes_;
};

// Argument: customers who wait for a timer that is not due yet. Per item: one interaction of other
// customers, all of them cached, with its share of commits, flushes and timers of their own.
void BM_EventsBesidePending(benchmark::State& bench) {
  Bench setup;
  if (bench.range(0) > 0) setup.StorePending(bench.range(0), kPendingLast);
  const int64_t resident_before = ResidentBytes();
  for (int i = 0; i < kWarmUpBatches; ++i) setup.TakeBatch();
  for (auto _ : bench) setup.TakeBatch();
  bench.SetItemsProcessed(bench.iterations() * kEventsPerBatch);
  bench.counters["added MiB"] = InMebibytes(ResidentBytes() - resident_before);
  bench.counters["cached MiB"] = InMebibytes(static_cast<int64_t>(setup.task().cached_bytes()));
  bench.counters["resident MiB"] = InMebibytes(ResidentBytes());
}

// Argument: customers whose timers are all due at once, as after a long stop. Per item: a signal.
void BM_FireAllAtOnce(benchmark::State& bench) {
  size_t cached_bytes_max = 0;
  int64_t batches = 0;
  int64_t fired = 0;
  for (auto _ : bench) {
    bench.PauseTiming();
    Bench setup;
    setup.StorePending(bench.range(0), kStart);
    bench.ResumeTiming();
    do {
      setup.task().Begin({kStart});
      setup.Commit({kStart + kSessionsEnd}, {kStart + kSessionsEnd});
      cached_bytes_max = std::max(cached_bytes_max, setup.task().cached_bytes());
      ++batches;
    } while (setup.task().has_timers_left());
    fired += setup.output().signals;
    bench.PauseTiming();
    setup.Close();
    bench.ResumeTiming();
  }
  bench.SetItemsProcessed(fired);
  bench.counters["batches"] = static_cast<double>(batches);
  bench.counters["cached MiB"] = InMebibytes(static_cast<int64_t>(cached_bytes_max));
}

// 10 M customers take a few GB of disk and some minutes.
void Sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(1'000)->Arg(1'000'000);
  if (std::getenv("WAYMARK_TEST_FULL") != nullptr) bench->Arg(10'000'000);
}

BENCHMARK(BM_EventsBesidePending)->Arg(0)->Apply(Sizes)->MinTime(3)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_FireAllAtOnce)->Apply(Sizes)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace waymark::engine
