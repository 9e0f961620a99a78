#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "engine/models_topic.h"

namespace waymark::engine {

// What a follower tells, on its thread.
class ModelsListener {
 public:
  virtual ~ModelsListener() = default;
  // All versions; those from number `fresh` on were published since, in the order of their offsets.
  // A fault is taken like a version that can't be read.
  virtual base::Status OnPublished(const std::vector<PublishedModel>& models, size_t fresh) = 0;
  // Others may work with models that this process does not have: it is not ready from now on.
  virtual void OnBehind(const base::Status& why) = 0;
  // A sign of life, many times a second but during a request.
  virtual void OnAlive() = 0;
};

struct FollowerSettings {
  base::Millis interval{1'000};
  base::Millis grace{600'000};
};

// Looks at the models topic while the process runs. A version that can't be read or taken up is not
// passed over: what this process folds meanwhile is what it knew, to be folded again by who knows
// more, and after the grace the process has to end.
class ModelsFollower {
 public:
  // `topic`: as read at the start; what it holds already is not told.
  ModelsFollower(FollowerSettings settings, ModelsTopic topic, MakeLogReader make_reader,
                 ModelsListener& listener, const base::Clock& clock);

  // Until `stop`. kConfig when the grace is over.
  base::Status Run(const std::atomic<bool>& stop);
  // One look, for a caller that has its own rhythm.
  base::Status Look();

 private:
  base::Status Tell();
  base::Status Behind(const base::Status& why);

  FollowerSettings settings_;
  ModelsTopic topic_;
  size_t told_;
  MakeLogReader make_reader_;
  ModelsListener& listener_;
  const base::Clock& clock_;
  std::unique_ptr<stream::LogReader> reader_;
  std::optional<std::chrono::nanoseconds> behind_since_;
  std::optional<std::chrono::nanoseconds> silent_since_;  // no answer, and it was said
};

}  // namespace waymark::engine
