#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "journey/fold.h"

namespace waymark::engine {

// Finds what is not stored of a state's timers. One of another epoch than the fold's is left to the
// caller to take over: what it waits for stays as it is.
void FindStoredTimers(const journey::Fold& fold, journey::State& state);

// The folds of a task: the one in force, and those of earlier epochs that profiles still stand at.
class Folds {
 public:
  // The fold must live as long, or until Set().
  explicit Folds(const journey::Fold& fold)
      : current_(std::shared_ptr<void>(), &fold) {}

  const journey::Fold& current() const { return *current_; }
  int64_t epoch() const { return current_->models().epoch(); }
  // What goes on with the models of the one before; its epoch is not lower.
  void Set(std::shared_ptr<const journey::Fold> fold);
  // Keeps the one in force alive.
  void Own(std::shared_ptr<const journey::Fold> current) { current_ = std::move(current); }
  // Of an epoch up to the present one. Lives until Set().
  const journey::Fold& At(int64_t epoch) {
    return epoch == this->epoch() ? *current_ : Earlier(epoch);
  }

 private:
  const journey::Fold& Earlier(int64_t epoch);

  std::shared_ptr<const journey::Fold> current_;
  std::map<int64_t, journey::Fold> earlier_;
};

// The fold in force in a process, for its threads: whoever takes up a new version of a model sets
// it, and each worker looks before it begins a transaction.
class LiveFold {
 public:
  explicit LiveFold(std::shared_ptr<const journey::Fold> fold) : fold_(std::move(fold)) {}

  std::shared_ptr<const journey::Fold> Get() const {
    const std::lock_guard lock(mutex_);
    return fold_;
  }
  void Set(std::shared_ptr<const journey::Fold> fold) {
    const std::lock_guard lock(mutex_);
    fold_ = std::move(fold);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const journey::Fold> fold_;
};

}  // namespace waymark::engine
