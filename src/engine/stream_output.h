#pragma once

#include <array>
#include <string>
#include <string_view>

#include "engine/output.h"
#include "stream/producer.h"

namespace waymark::engine {

// The names of the topics under a prefix.
struct TopicNames {
  explicit TopicNames(const std::string& prefix)
      : steps(prefix + ".steps"),
        signals(prefix + ".signals"),
        journeys(prefix + ".journeys"),
        dead_letters(prefix + ".dead-letters"),
        models(prefix + ".models"),
        measures(prefix + ".measures") {}
  std::string steps;
  std::string signals;
  std::string journeys;
  std::string dead_letters;
  std::string models;  // of one partition; only publishers write to it
  std::string measures;
};

// Writes a task's records through the worker's transactional producer.
class StreamOutput final : public Output {
 public:
  explicit StreamOutput(const TopicNames& names);
  StreamOutput(const StreamOutput&) = delete;
  StreamOutput& operator=(const StreamOutput&) = delete;
  // The producer of the open transaction. Records have the time at which they are produced.
  void Use(stream::TransactionalProducer* producer) { producer_ = producer; }

  base::Status Write(OutputTopic topic, base::Partition partition, std::string_view key,
                     std::optional<std::string_view> value) override;
  base::Status WriteSignal(base::Partition partition, const model::Signal& signal) override;
  base::Status WriteDeadLetter(base::Partition partition, const model::DeadLetter& letter) override;

  // What was written to a topic since the last call.
  struct Written {
    std::string_view topic;
    int64_t records = 0;
    int64_t bytes = 0;
  };
  std::array<Written, 5> TakeWritten();

 private:
  base::Status Send(const stream::OutputRecord& record, Written& written);

  TopicNames names_;
  stream::TransactionalProducer* producer_ = nullptr;
  std::string signal_;  // the record being made
  std::array<Written, 5> written_;  // the topics of OutputTopic, then dead letters
};

}  // namespace waymark::engine
