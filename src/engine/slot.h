#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/stuck_watch.h"
#include "engine/task.h"
#include "engine/watermarks.h"
#include "stream/consumer.h"

namespace waymark::engine {

// A task, and where its inputs go on: the offset after the last record taken, by topic.
struct Slot {
  Slot(base::Partition partition, const journey::Fold& fold, store::Store& store, Output& output,
       const TaskSettings& settings, const WatermarkSettings& time, base::Millis stuck_after)
      : task(partition, fold, store, output, settings), watermarks(time), stuck(stuck_after) {}

  // From now on event time follows the inputs, beginning with what the task knows of it.
  void StartTime(base::Timestamp now) {
    watermarks.Start(task.watermark(), task.horizon(), now);
    for (const auto& [topic, offset] : positions) watermarks.AddInput(topic, now);
  }

  std::vector<stream::TopicPartition> Inputs() const {
    std::vector<stream::TopicPartition> inputs;
    for (const auto& [topic, offset] : positions) inputs.push_back({topic, task.partition()});
    return inputs;
  }

  Task task;
  Watermarks watermarks;
  StuckWatch stuck;
  std::map<std::string, base::Offset, std::less<>> positions;
  std::map<std::string, base::Timestamp, std::less<>> taken;  // record time of the last one
  std::map<std::string, InputCounts, std::less<>> counts;     // with what is under way
  base::Offset steps_delivered{0};  // the offset after the last step known to be delivered
  base::Offset measures_delivered{0};  // the same of measures
  bool delivered_beyond = false;    // more were, at offsets that nobody told
};

}  // namespace waymark::engine
