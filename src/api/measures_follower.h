#pragma once

#include <atomic>
#include <functional>
#include <memory>
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

  // Until `stop`; `on_alive` is called many times a second.
  void Run(const std::atomic<bool>& stop, const std::function<void()>& on_alive);
  // Reads on to the present end of each partition.
  base::Status Look(const std::atomic<bool>& stop);

 private:
  base::Status ReadOn(int32_t partition, const std::atomic<bool>& stop);

  const std::string topic_;
  const MakeReader make_reader_;
  LivePicture& picture_;
  std::unique_ptr<stream::LogReader> reader_;
  std::vector<base::Offset> positions_;  // by partition: what comes next
  bool is_silent_ = false;               // no answer, and it was said
};

}  // namespace waymark::api
