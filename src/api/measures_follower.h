#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/live_picture.h"
#include "base/status.h"
#include "stream/consumer.h"

namespace waymark::api {

// Keeps a picture up to what all instances of a deployment have committed to the topic of measures.
// An outage only delays it.
class MeasuresFollower {
 public:
  using MakeReader = std::function<base::Result<std::unique_ptr<stream::LogReader>>()>;

  MeasuresFollower(std::string topic, int partitions, MakeReader make_reader, LivePicture& picture)
      : topic_(std::move(topic)), make_reader_(std::move(make_reader)), picture_(picture),
        positions_(static_cast<size_t>(partitions)) {}

  // A sign of life: many times a second, and between any two requests to the broker.
  using OnAlive = std::function<void()>;
  // Until `stop`.
  void Run(const std::atomic<bool>& stop, const OnAlive& on_alive);

 private:
  // Reads on to the present end of each partition.
  base::Status Look(const std::atomic<bool>& stop, const OnAlive& on_alive);
  base::Status ReadOn(int32_t partition, const std::atomic<bool>& stop, const OnAlive& on_alive);
  void TakeAll(int32_t partition, std::span<const stream::Record> records);

  const std::string topic_;
  const MakeReader make_reader_;
  LivePicture& picture_;
  std::unique_ptr<stream::LogReader> reader_;
  std::vector<base::Offset> positions_;  // by partition: what comes next
  bool is_silent_ = false;               // no answer, and it was said
};

}  // namespace waymark::api
