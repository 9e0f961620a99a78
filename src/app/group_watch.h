#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "engine/shadow.h"
#include "engine/task_mark.h"
#include "model/dead_letter.h"

namespace waymark::app {

// What the whole group has committed, each second anew: how far it is, and who holds what. Where
// somebody asks for it, also how much input waits, and the newest dead letters. Looks from a thread
// of its own, so that an outage of the broker holds up nobody who asks.
class GroupWatch {
 public:
  struct Input {
    std::string topic;
    base::Partition partition;
    base::Offset committed;
    engine::InputCounts counts;
  };
  struct View {
    base::Timestamp when;  // of the look
    std::vector<std::optional<engine::TaskMark>> marks;  // by partition; nothing: never committed
    std::vector<Input> inputs;                           // of what was committed
  };
  struct Letter {
    base::Timestamp when;  // it was written
    model::DeadLetterReason reason;
    std::string detail;  // cut after 300 bytes
    std::string topic;
    int32_t partition = 0;
    int64_t offset = 0;
    std::optional<int64_t> time;
  };
  struct Backlog {
    base::Timestamp when;
    std::shared_ptr<const View> view;     // looked at together with it
    std::vector<int64_t> waiting;         // records, as view->inputs
    std::vector<Letter> letters;          // newest first; 20 at most
  };

  GroupWatch(std::vector<std::string> topics, std::string dead_letters,
             engine::ShadowClients clients, const base::Clock& clock);

  using OnAlive = std::function<void()>;
  // Until `stop`. Faults of the broker are waited out. `partitions`: of each topic.
  void Run(int partitions, const std::atomic<bool>& stop, const OnAlive& on_alive);

  // The last look; null before the first one.
  std::shared_ptr<const View> Latest() const;
  // Not older than a few seconds, where that can be had within `patience`; else the last one, or
  // null.
  std::shared_ptr<const Backlog> LookCloser(base::Millis patience);

 private:
  base::Status Look(int partitions);
  base::Result<std::vector<int64_t>> Waiting(const View& view, const OnAlive& on_alive);
  base::Result<std::vector<Letter>> NewestLetters(int partitions, const OnAlive& on_alive);
  base::Status LookCloselyNow(int partitions, const OnAlive& on_alive);
  bool WaitForWish(const std::atomic<bool>& stop, const OnAlive& on_alive);
  bool IsFresh() const;  // the mutex is held

  const std::vector<std::string> topics_;
  const std::string dead_letters_;
  const engine::ShadowClients clients_;
  const base::Clock& clock_;
  std::unique_ptr<stream::Consumer> consumer_;
  bool is_silent_ = false;  // no answer, and it was said
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false;
  bool running_ = false;
  std::shared_ptr<const View> view_;
  std::shared_ptr<const Backlog> backlog_;
};

}  // namespace waymark::app
