#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/live_picture.h"
#include "api/live_viewer.h"
#include "api/signal_feed.h"
#include "base/time.h"
#include "serve/http_message.h"
#include "stream/tail_reader.h"

namespace waymark::api {

// Live events for any number of clients: that the figures changed, and what is found in the whole
// deployment. One thread feeds all; while nobody looks on, it reads nothing.
class LiveEvents {
 public:
  // What is counted; called on the feeding thread. Each may be empty.
  struct Counters {
    std::function<void(size_t viewers)> open;
    std::function<void(std::string_view type)> sent;
    std::function<void()> cut;  // a client did not keep up
  };

  LiveEvents(const LivePicture& picture, const base::Clock& clock, Counters counters);

  // The route: a response that goes on, or a refusal. From any thread.
  serve::Response Answer(const serve::Request& request);

  using OnAlive = std::function<void()>;
  // Feeds the clients until `stop`, and ends their responses then. `topic` and `partitions`: of
  // signals; 0 where none are published.
  void Run(const std::string& topic, int32_t partitions, stream::MakeTailReader make_reader,
           const std::atomic<bool>& stop, const OnAlive& on_alive, SignalFeed::Limits limits = {});

 private:
  void Begin(LiveViewer viewer);
  // Waits for the first viewer, or for a moment.
  void Await(base::Millis most);
  void TakeArrivals();
  void TellMeasures();
  void Flush();
  void EndAll();

  const LivePicture& picture_;
  const base::Clock& clock_;
  const Counters counters_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::list<LiveViewer> arrivals_;  // guarded by mutex_
  bool is_running_ = false;         // guarded by mutex_
  uint64_t viewers_ever_ = 0;       // guarded by mutex_

  // Of the feeding thread.
  std::list<LiveViewer> viewers_;
};

}  // namespace waymark::api
