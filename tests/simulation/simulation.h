#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/shadow.h"
#include "engine/worker.h"
#include "journey/fold.h"
#include "metrics/metrics.h"
#include "metrics/registry.h"
#include "simulation/faulty_store.h"
#include "simulation/oracle.h"
#include "stream/memory_broker.h"

namespace waymark::test {

struct SimulationSettings {
  uint64_t seed = 1;
  // A process ends when it comes by this point; empty: at any, now and then. The points are those
  // of MemoryBroker and FaultyStore.
  std::string crash_point;
  int partitions = 4;
  int machines = 3;
  int rounds = 400;
};

// The real engine upon a broker, a clock and disks of our own, in one thread: every choice comes
// from the seed. Machines start, crash (with what was not flushed), lose their disks, are evicted
// from the group while they work, or sleep until another has taken over; replies are late or lost,
// the broker is away, disks fail. At the end all is well again, the input is drained, and what is
// committed must be what the oracle says.
class Simulation {
 public:
  Simulation(const journey::Fold& fold, const SimulationSettings& settings);
  ~Simulation();

  // Throws std::runtime_error with the difference.
  void Run();
  // What happened, by name: "crash at producer.commit", "restart", "outage" …
  const std::map<std::string, int>& events() const { return events_; }

 private:
  struct Machine;

  void MakeInput();
  void ProduceSome(size_t records);
  void Step();
  void DoRound(Machine& machine);
  void Start(Machine& machine);
  void End(Machine& machine, const std::string& why);
  void FinishAll();
  engine::WorkerSettings WorkerSettingsOf(const Machine& machine) const;
  engine::WorkerClients ClientsOf(const Machine& machine);
  std::unique_ptr<engine::Shadow> MakeShadow(Machine& machine);
  base::Status EndLeftOpen(const std::string& own_id,
                           std::span<const stream::TopicPartition> inputs);

  base::Status OnBrokerPoint(std::string_view point, std::string_view client);
  base::Status OnStorePoint(const char* point);
  base::Status FaultAt(std::string_view point);
  void MaybeCrash(std::string_view point);
  void SleepThroughTakeOver(std::string_view sleeper);

  bool Chance(double share) { return std::uniform_real_distribution<>()(random_) < share; }
  uint64_t Below(uint64_t end) { return random_() % end; }
  Deployment DeploymentOf();
  void Count(const std::string& what) { ++events_[what]; }

  const journey::Fold& fold_;
  const SimulationSettings settings_;
  std::mt19937_64 random_;
  base::ManualClock clock_;
  stream::MemoryBroker broker_;
  metrics::Registry registry_;
  metrics::Metrics metrics_;
  std::vector<std::string> topics_;  // of the input: one, or two that each customer uses
  std::vector<Input> input_;
  size_t produced_ = 0;
  base::Timestamp end_ = base::Timestamp::min();  // the horizon that the drain ends at
  engine::TimelineSettings timeline_;
  bool measures_ = false;
  size_t cache_bytes_max_ = 48 << 10;
  std::unique_ptr<stream::PlainProducer> plain_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::set<std::string> delayed_ends_;  // transactional ids with a commit under way
  bool faults_ = true;
  int depth_ = 0;  // of machines at work: 1, or 2 while one of them sleeps
  int outage_rounds_ = 0;
  int until_crash_ = 0;  // visits of the crash point
  std::map<std::string, int> events_;
};

}  // namespace waymark::test
