#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "engine/partition_claims.h"
#include "engine/restore.h"
#include "engine/worker_probe.h"

namespace waymark::engine {

struct ShadowSettings {
  std::string instance;  // decides which partitions come first, so that instances differ
  std::vector<std::string> input_topics;
  std::string prefix = "waymark";
  int partitions = 0;      // of each input topic
  int partitions_max = 0;  // how many are shadowed at a time
  base::Millis interval{1'000};
  base::Millis flush_interval{10'000};
  base::Millis request_timeout{10'000};
  size_t cache_bytes_max = 256u << 20;  // of all shadowed partitions
  TaskSettings task;
};

struct ShadowClients {
  // Asks for the group's offsets, and joins no group.
  std::function<base::Result<std::unique_ptr<stream::Consumer>>()> make_consumer;
  std::function<base::Result<std::unique_ptr<stream::LogReader>>()> make_reader;
};

// Keeps warm copies of partitions that other instances own: follows what they commit, into the
// rows of these partitions in the store of this process. When the group gives such a partition to
// a worker here, the worker takes it over with what little is missing. A thread's work.
class Shadow {
 public:
  Shadow(const ShadowSettings& settings, ShadowClients clients, const journey::Fold& fold,
         store::Store& store, PartitionClaims& claims, const base::Clock& clock,
         WorkerProbe& probe);
  ~Shadow();

  // Before Run(): from round to round it knows the models that are in force then.
  void FollowModels(const LiveFold& live) { live_fold_ = &live; }

  // Until `stop`. Faults of the broker are waited out; kStore ends it.
  base::Status Run(const std::atomic<bool>& stop);
  // One look at what was committed meanwhile, followed to its end.
  base::Status Round(const std::atomic<bool>& stop);

 private:
  struct Copy;
  using Marks = std::map<base::Partition, TaskMark>;

  base::Status Connect();
  base::Result<Marks> FetchMarks();
  void ChoosePartitions();
  base::Status Follow(base::Partition partition, const TaskMark& mark,
                      const std::atomic<bool>& stop);
  std::unique_ptr<Restorer> Begin(Copy& copy, const TaskMark& mark, const RestoreSource& source,
                                  std::unique_ptr<Task>& task);
  base::Status FlushSome(bool all);
  void Drop(base::Partition partition);

  const ShadowSettings settings_;
  const ShadowClients clients_;
  const TopicNames topics_;
  std::shared_ptr<const journey::Fold> fold_;
  const LiveFold* live_fold_ = nullptr;  // null: it never changes
  store::Store& store_;
  PartitionClaims& claims_;
  const base::Clock& clock_;
  WorkerProbe& probe_;
  std::vector<base::Partition> order_;  // which partitions come first
  std::unique_ptr<stream::Consumer> consumer_;
  std::unique_ptr<stream::LogReader> reader_;
  std::map<base::Partition, std::unique_ptr<Copy>> copies_;
  base::Timestamp last_flush_;
};

}  // namespace waymark::engine
