#include "engine/watermarks.h"

#include <algorithm>

namespace waymark::engine {

using base::Millis;
using base::Timestamp;

void Watermarks::Start(Timestamp watermark, Timestamp horizon, Timestamp now) {
  inputs_.clear();
  greatest_ = watermark;
  // The horizon holds the time that passed in silence before the take-over.
  anchor_ = std::max(watermark, horizon);
  anchored_at_ = now;
}

void Watermarks::AddInput(std::string_view name, Timestamp now) { Find(name, now); }

Watermarks::Input& Watermarks::Find(std::string_view name, Timestamp now) {
  for (Input& input : inputs_) {
    if (input.name == name) return input;
  }
  Input& added = inputs_.emplace_back();
  added.name = name;
  added.moved_at = added.seen_at = now;
  return added;
}

void Watermarks::Raise(Input& input, Timestamp watermark, Timestamp now) {
  input.seen_at = now;
  if (watermark > input.watermark) {
    input.watermark = watermark;
    input.moved_at = now;
  }
  // What comes late tells no time, so that it does not stop the one that passes in silence.
  if (watermark <= greatest_) return;
  greatest_ = anchor_ = watermark;
  anchored_at_ = now;
}

void Watermarks::OnAccepted(std::string_view name, Timestamp event_time, Timestamp now) {
  Input& input = Find(name, now);
  input.event_time = event_time;
  Raise(input, event_time - settings_.disorder, now);
}

void Watermarks::OnPublished(std::string_view name, Timestamp watermark, bool drained,
                             Timestamp now) {
  Input& input = Find(name, now);
  input.is_published = true;
  input.drained = drained;
  input.event_time = watermark;
  Raise(input, watermark, now);
}

void Watermarks::SetDrained(std::string_view name, bool drained) {
  for (Input& input : inputs_) {
    if (input.name == name) input.drained = drained;
  }
}

Watermarks::State Watermarks::StateOf(const Input& input, Timestamp horizon,
                                      Timestamp now) const {
  // Who publishes its watermark is drained for as long as it says so; a topic that is read as fast
  // as it is written is at its end all the time.
  const bool is_quiet = input.is_published || now >= input.seen_at + settings_.idle_after;
  if (input.drained && is_quiet) return State::kDrained;
  if (now >= input.moved_at + settings_.idle_timeout) {
    return now >= input.seen_at + settings_.idle_timeout ? State::kIdle : State::kHistory;
  }
  if (input.watermark == Timestamp::min()) return State::kAwaited;
  const bool is_far_behind =
      horizon != Timestamp::min() && input.watermark < horizon - settings_.lateness;
  return is_far_behind ? State::kHistory : State::kActive;
}

const Watermarks::Input* Watermarks::SlowestActive(Timestamp horizon, Timestamp now) const {
  const Input* slowest = nullptr;
  for (const Input& input : inputs_) {
    if (StateOf(input, horizon, now) != State::kActive) continue;
    if (slowest == nullptr || input.watermark < slowest->watermark) slowest = &input;
  }
  return slowest;
}

Timestamp Watermarks::WatermarkAt(Timestamp horizon, Timestamp now) const {
  const Input* const slowest = SlowestActive(horizon, now);
  return slowest == nullptr ? greatest_ : slowest->watermark;
}

bool Watermarks::AllDrained(Timestamp horizon, Timestamp now) const {
  return !inputs_.empty() && std::all_of(inputs_.begin(), inputs_.end(), [&](const Input& input) {
    return StateOf(input, horizon, now) == State::kDrained;
  });
}

Watermarks::Bounds Watermarks::BoundsAt(Timestamp horizon, Timestamp now) const {
  Bounds bounds;
  bounds.at_most = now;
  for (const Input& input : inputs_) {
    // The task knows its own time where it has no other.
    if (inputs_.size() == 1 && !input.is_published) break;
    const State state = StateOf(input, horizon, now);
    if (state == State::kActive) bounds.at_most = std::min(bounds.at_most, input.watermark);
    if (state == State::kAwaited) bounds.at_most = std::min(bounds.at_most, horizon);
  }
  bounds.at_least = WatermarkAt(horizon, now);
  if (anchor_ != Timestamp::min() && AllDrained(horizon, now)) {
    // By whole seconds, so that an idle service commits at most once a second.
    const int64_t elapsed = (now - anchored_at_).count() / 1000 * 1000;
    bounds.at_least = std::max(bounds.at_least, anchor_ + Millis(std::max<int64_t>(0, elapsed)));
  }
  bounds.at_least = std::min(bounds.at_least, bounds.at_most);
  return bounds;
}

size_t Watermarks::CountIdle(Timestamp horizon, Timestamp now) const {
  return static_cast<size_t>(
      std::count_if(inputs_.begin(), inputs_.end(), [&](const Input& input) {
        const State state = StateOf(input, horizon, now);
        return state == State::kIdle || state == State::kDrained;
      }));
}

const Watermarks::Input* Watermarks::latest() const {
  const Input* latest = nullptr;
  for (const Input& input : inputs_) {
    if (input.event_time == Timestamp::min()) continue;
    if (latest == nullptr || input.seen_at > latest->seen_at) latest = &input;
  }
  return latest;
}

}  // namespace waymark::engine
