#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stream/memory_broker.h"
#include "stream/memory_log.h"
#include "stream/tail_reader.h"

namespace waymark::stream {

struct MemoryTopic {
  TopicSpec spec;
  std::vector<MemoryLog> logs;
};

struct MemoryMember {
  std::set<std::string> topics;
  bool prepared = true;  // has given its partitions back for the rebalance under way
  std::vector<TopicPartition> assigned;
};

struct MemoryGroup {
  int64_t generation = 0;  // rises when a rebalance is complete
  bool rebalancing = false;
  int64_t joins = 0;
  std::map<std::string, MemoryMember> members;
  std::map<TopicPartition, CommittedOffset> committed;
};

struct MemoryTransaction {
  LogTransactionPtr log = std::make_shared<LogTransaction>();
  std::chrono::nanoseconds started{};
  std::set<TopicPartition> written;
  std::map<std::string, std::map<TopicPartition, CommittedOffset>> offsets;  // by group
};

struct MemoryTransactionalId {
  int64_t epoch = 0;  // rises with each Init(); who has a lower one is fenced
  std::optional<MemoryTransaction> open;
};

struct MemoryGroupMetadata final : GroupMetadata {
  std::string group;
  std::string member;
  int64_t generation = 0;
};

// Everything the in-memory broker holds. Functions that take a Lock expect it to be held.
struct MemoryState {
  using Lock = std::unique_lock<std::mutex>;

  MemoryState(const base::Clock& the_clock, MemoryBrokerOptions the_options)
      : clock(the_clock), options(the_options) {}

  // What the fault hook says. Holds no lock.
  base::Status Fault(std::string_view point, std::string_view client);
  Lock Acquire() { return Lock(mutex); }
  // Sleeps until something changed, a while passed, or the deadline did; false where there is no
  // more to wait for.
  bool Wait(Lock& lock, std::chrono::steady_clock::time_point deadline);
  void Changed() { changed.notify_all(); }

  MemoryLog* FindLog(const TopicPartition& partition);
  base::Result<base::Offset> Append(const OutputRecord& record, MemoryTransaction* transaction);

  // Groups.
  void Join(const std::string& group, const std::string& member,
            const std::vector<std::string>& topics);
  void Leave(const std::string& group, const std::string& member);
  void StartRebalance(MemoryGroup& group);
  void CompleteRebalance(MemoryGroup& group);
  bool HasPendingOffset(const std::string& group, const TopicPartition& partition);

  // Transactions.
  void EndTransaction(MemoryTransactionalId& id, bool commit);
  void ExpireTransactions();

  const base::Clock& clock;
  const MemoryBrokerOptions options;
  std::mutex mutex;
  std::condition_variable changed;
  std::mutex hook_mutex;
  MemoryBroker::FaultHook hook;
  std::map<std::string, MemoryTopic> topics;
  std::map<std::string, MemoryGroup> groups;
  std::map<std::string, MemoryTransactionalId> transactional_ids;
};

// The clients, each in a file of its own.
std::unique_ptr<Consumer> MakeMemoryConsumer(MemoryState& state, std::string group);
std::unique_ptr<LogReader> MakeMemoryLogReader(MemoryState& state);
std::unique_ptr<TailReader> MakeMemoryTailReader(MemoryState& state, std::string topic,
                                                 int32_t partitions);
std::unique_ptr<TransactionalProducer> MakeMemoryTransactionalProducer(MemoryState& state,
                                                                       std::string id);
std::unique_ptr<PlainProducer> MakeMemoryPlainProducer(MemoryState& state);
std::unique_ptr<Admin> MakeMemoryAdmin(MemoryState& state);

// The views of a stored record; they live as long as it and the topic's name.
Record ToRecord(std::string_view topic, base::Partition partition, const StoredRecord& stored);

}  // namespace waymark::stream
