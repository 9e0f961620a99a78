#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "journey/compiled_model.h"
#include "measure/picture.h"
#include "model/intervention.h"

namespace waymark::api {

// What a process knows of the whole deployment's figures, and by which models they are drawn. Safe
// from any thread.
class LivePicture {
 public:
  explicit LivePicture(const base::Clock& clock) : clock_(clock) {}

  void SetModels(std::shared_ptr<const journey::CompiledModels> models);
  std::shared_ptr<const journey::CompiledModels> models() const;
  // What this process knows from its own files; null: nothing.
  void SetInterventions(std::shared_ptr<const model::Interventions> interventions);
  std::shared_ptr<const model::Interventions> interventions() const;

  // Changes the picture: change(measure::Picture&).
  template <class Change>
  void Update(Change change) {
    const std::lock_guard lock(mutex_);
    const int64_t before = picture_.revision();
    change(picture_);
    if (picture_.revision() != before) updated_ = clock_.Now();
  }
  // Looks at it: look(const measure::Picture&), which nobody changes meanwhile.
  template <class Look>
  auto Read(Look look) const {
    const std::lock_guard lock(mutex_);
    return look(picture_);
  }

  // Whether measures are kept, and whether all that was published before the start has been read.
  enum class State { kOff, kLoading, kComplete };
  void SetState(State state);
  State state() const;
  // When the figures changed last, by the wall clock; nothing: never.
  std::optional<base::Timestamp> updated() const;
  int64_t revision() const;
  // The same, but it moves at most once a second: clients are told of this one, and what many look
  // at is drawn once for each. What is drawn then may be newer.
  int64_t ShownRevision() const;

 private:
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  measure::Picture picture_;
  std::shared_ptr<const journey::CompiledModels> models_;
  std::shared_ptr<const model::Interventions> interventions_;
  State state_ = State::kOff;
  std::optional<base::Timestamp> updated_;
  mutable int64_t shown_ = 0;
  mutable std::optional<std::chrono::nanoseconds> shown_since_;  // nothing: it never moved
};

}  // namespace waymark::api
