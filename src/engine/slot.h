#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/task.h"
#include "stream/consumer.h"

namespace waymark::engine {

// A task, and where its inputs go on: the offset after the last record taken, by topic.
struct Slot {
  Slot(base::Partition partition, const journey::Fold& fold, store::Store& store, Output& output,
       const TaskSettings& settings)
      : task(partition, fold, store, output, settings) {}

  std::vector<stream::TopicPartition> Inputs() const {
    std::vector<stream::TopicPartition> inputs;
    for (const auto& [topic, offset] : positions) inputs.push_back({topic, task.partition()});
    return inputs;
  }

  Task task;
  std::map<std::string, base::Offset, std::less<>> positions;
  base::Offset steps_delivered{0};  // the offset after the last step known to be delivered
  bool delivered_beyond = false;    // more were, at offsets that nobody told
};

}  // namespace waymark::engine
