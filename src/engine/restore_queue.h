#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/partition_claims.h"
#include "engine/restore.h"
#include "engine/slot.h"
#include "engine/worker_probe.h"
#include "stream/consumer.h"

namespace waymark::engine {

// The partitions of a worker that are on their way to what is committed, one after another and a
// piece at a time, so that the worker goes on polling and working on the others meanwhile.
class RestoreQueue {
 public:
  struct Environment {
    std::string worker;  // its name
    const TopicNames& topics;
    store::Store& store;
    PartitionClaims& claims;
    const base::Clock& clock;
    WorkerProbe& probe;
    base::Millis request_timeout;
    size_t load_bytes_max;  // of rows that are sorted at a time
    std::function<base::Result<std::unique_ptr<stream::LogReader>>()> make_reader;
    // Ends what the producer whose mark stands beside these offsets, stable or not, has left open.
    std::function<base::Status(std::span<const stream::TopicPartition> inputs)> end_left_open;
    std::function<std::unique_ptr<Slot>(base::Partition partition)> make_slot;
    PartitionClaims::Owner owner;
  };
  explicit RestoreQueue(Environment environment);
  ~RestoreQueue();

  // `slot` holds the input topics. What the store knows comes first.
  void Add(std::unique_ptr<Slot> slot);
  // Out of the queue again; nothing where it is not in here.
  std::unique_ptr<Slot> Take(base::Partition partition);
  std::unique_ptr<Slot> TakeAny();
  bool empty() const { return waiting_.empty(); }
  size_t size() const { return waiting_.size(); }

  // Goes on with the first. Returns it once it stands at what is committed, its positions with it.
  // After kRetriable it may be called again; any other fault is final.
  base::Result<std::unique_ptr<Slot>> Step(stream::Consumer& consumer);

 private:
  struct Waiting;
  base::Status Begin(Waiting& first, stream::Consumer& consumer);
  base::Status FindPositions(Waiting& first, stream::Consumer& consumer,
                             std::optional<TaskMark>& mark);
  base::Result<bool> Go(Waiting& first);
  base::Result<bool> IsOutputFree(Waiting& first, stream::Consumer& consumer);
  void EndLeftOpen(Waiting& first);
  void Tell(Waiting& first);

  const Environment environment_;
  std::unique_ptr<stream::LogReader> reader_;
  std::deque<std::unique_ptr<Waiting>> waiting_;
};

}  // namespace waymark::engine
