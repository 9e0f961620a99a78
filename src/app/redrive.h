#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "config/settings.h"
#include "kafka/settings.h"
#include "model/dead_letter.h"
#include "stream/consumer.h"
#include "stream/producer.h"

namespace waymark::app {

// What became of the dead letters of one reason.
struct RedriveCounts {
  int64_t sent = 0;
  int64_t cut = 0;    // their values are not whole any more
  int64_t other = 0;  // of other reasons
};

// Sends the dead letters of one reason back to the topics and partitions that they came from, each
// once, however often it is done: how far it has come is committed with them, under a consumer
// group of the reason's own. What is refused again is a dead letter anew, for the next time.
class Redrive {
 public:
  // `stop` outlives this; interrupted it ends between two transactions.
  Redrive(const config::Settings& settings, model::DeadLetterReason reason,
          const std::atomic<bool>& stop);
  ~Redrive();

  // The letters that there are when it begins. kCancelled where it was stopped.
  base::Status Run();
  const RedriveCounts& counts() const { return counts_; }

 private:
  class Assignment;
  base::Status Open();
  base::Status NoteEnds();
  base::Status Take(const stream::Record& record);
  base::Status Send(const stream::Record& record, const model::DeadLetter& letter);
  base::Status Commit();
  bool AtEnd();

  const config::Settings& settings_;
  const model::DeadLetterReason reason_;
  const std::atomic<bool>& stop_;
  const std::string topic_;
  kafka::ClientSettings client_;
  std::unique_ptr<Assignment> assignment_;
  std::unique_ptr<stream::Consumer> consumer_;
  std::unique_ptr<stream::TransactionalProducer> producer_;
  std::map<base::Partition, base::Offset> ends_;
  std::map<base::Partition, base::Offset> positions_;  // of the open transaction
  std::map<std::string, bool, std::less<>> known_topics_;
  bool is_open_ = false;  // a transaction
  int64_t taken_ = 0;     // in it
  RedriveCounts pending_;  // of it
  RedriveCounts counts_;
};

}  // namespace waymark::app
