#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "stream/admin.h"
#include "stream/consumer.h"
#include "stream/producer.h"
#include "stream/tail_reader.h"

namespace waymark::stream {

struct MemoryState;

struct MemoryBrokerOptions {
  // Ends transactions that stay open for longer and fences their producer, as the real broker does.
  base::Millis transaction_timeout = std::chrono::seconds(10);
  // False: nothing waits for another thread; what would have to wait answers at once (an empty
  // poll, kRetriable). So a run in one thread is deterministic and takes no time.
  bool wait = true;
  // Entries kept in each partition; 0: all.
  size_t retention_records = 0;
  size_t message_bytes_max = 1'000'000;
};

// Kafka in memory: for the demonstration, for tests of the engine and for the simulation of faults.
// Transactions, control records, read-committed visibility, consumer groups with generations
// (eager, range), stable committed offsets with metadata and fencing behave as the real broker's
// do. Not played: replication, compaction, retention by time, static membership. The broker may be
// used from many threads, each of its clients from one; it outlives its clients.
class MemoryBroker {
 public:
  // Called at named points with the client's name (its group member or transactional id); a Status
  // that is not ok is what the client then meets. No lock is held: the hook may use the broker.
  //   consumer.poll  consumer.committed  consumer.offsets  reader.open  reader.next
  //   tail.poll (the topic stands for the client)
  //   producer.init  producer.begin  producer.send  producer.flush  producer.send_offsets
  //   producer.commit (nothing is done yet)  producer.committed (done, the answer is lost)
  //   producer.abort  producer.aborted (likewise)  plain.send  plain.flush  admin.create
  //   admin.describe
  // A retriable fault of a commit or abort is a timeout: its outcome is unknown to the producer,
  // which NeedsReplacement().
  using FaultHook = std::function<base::Status(std::string_view point, std::string_view client)>;

  explicit MemoryBroker(const base::Clock& clock, MemoryBrokerOptions options = {});
  ~MemoryBroker();
  MemoryBroker(const MemoryBroker&) = delete;
  MemoryBroker& operator=(const MemoryBroker&) = delete;

  std::unique_ptr<Admin> MakeAdmin();
  // A consumer that is destroyed without Close() is gone at once, without a word to its listener.
  std::unique_ptr<Consumer> MakeConsumer(std::string group);
  std::unique_ptr<LogReader> MakeLogReader();
  std::unique_ptr<TailReader> MakeTailReader(std::string topic, int32_t partitions);
  // A producer that is destroyed leaves its transaction open: as after a crash.
  std::unique_ptr<TransactionalProducer> MakeTransactionalProducer(std::string transactional_id);
  std::unique_ptr<PlainProducer> MakePlainProducer();

  void SetFaultHook(FaultHook hook);
  // The session of each member of the group is taken to have timed out; they learn of it when they
  // poll next. With a name, of this member only ("group-1", in the order of Subscribe()).
  void ExpireSessions(const std::string& group, std::string_view member = {});
  // Ends the open transaction of this id, as a delayed request of its producer would; false where
  // none is open.
  bool EndTransaction(const std::string& transactional_id, bool commit);

 private:
  std::unique_ptr<MemoryState> state_;
};

}  // namespace waymark::stream
