// The part of Worker that deals with time: how far the horizons of its tasks may move.
#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "engine/worker.h"

namespace waymark::engine {

using base::Millis;
using base::Timestamp;

namespace {
constexpr Millis kTimeLook{1'000};
}

// Law 8. A drain reads what there is, as a replay does: its inputs count as one, and at its end
// the horizon is stated or the watermark of all.
Watermarks::Bounds Worker::HorizonBounds(Slot& slot, Timestamp now) const {
  if (settings_.drain) return {Timestamp::min(), now};
  for (const auto& [topic, offset] : slot.positions) {
    slot.watermarks.SetDrained(topic,
                               consumer_->DrainedAt({topic, slot.task.partition()}).has_value());
  }
  return slot.watermarks.BoundsAt(slot.task.horizon(), now);
}

// True: a commit without any record would move the horizon. It looks at whole seconds, so that an
// idle service commits at most once a second.
bool Worker::WantsToMoveOn(Slot& slot, Timestamp now) const {
  if (settings_.drain || slot.task.watermark() == Timestamp::min()) return false;
  const Watermarks::Bounds bounds = HorizonBounds(slot, {now.ms / 1000 * 1000});
  const Timestamp next = std::max(slot.task.watermark(), bounds.at_least);
  return std::min(next, bounds.at_most) > slot.task.horizon();
}

bool Worker::HasWorkLeft() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) {
    return slot.second->task.has_timers_left() || slot.second->task.has_refolds_left();
  });
}

// Once a second: the metrics of time, and a word where it stands still.
void Worker::WatchTime() {
  const Timestamp now = clock_.Now();
  if (now < last_time_look_ + kTimeLook) return;
  last_time_look_ = now;
  for (auto& [partition, slot] : slots_) {
    for (const auto& [topic, last] : slot->taken) {
      const bool drained = consumer_->DrainedAt({topic, partition}).has_value();
      probe_.OnInputAge(partition, topic, drained ? Millis(0) : now - last);
    }
    const Timestamp horizon = slot->task.horizon();
    if (horizon == Timestamp::min()) continue;
    HorizonBounds(*slot, now);
    StuckWatch& stuck = slot->stuck;
    const bool is_watched = !settings_.drain;
    switch (is_watched ? stuck.Look(slot->watermarks, horizon, now) : StuckWatch::News::kNone) {
      case StuckWatch::News::kNone: break;
      case StuckWatch::News::kStuck:
        base::LogWarn(
            {{"worker", settings_.name}, {"partition", partition.value}, {"topic", stuck.input()}},
            fmt::format("partition {}: event time is stuck at {}: input {} holds it, {} behind; {}",
                        partition.value, base::FormatRfc3339(horizon), stuck.input(),
                        base::FormatDuration(
                            std::chrono::floor<std::chrono::seconds>(stuck.behind())),
                        stuck.hint()));
        break;
      case StuckWatch::News::kMovesAgain:
        base::LogInfo({{"worker", settings_.name}, {"partition", partition.value}},
                      fmt::format("partition {}: event time moves again, it is {}",
                                  partition.value, base::FormatRfc3339(horizon)));
        break;
    }
    probe_.OnTime(partition, {.watermark = slot->watermarks.WatermarkAt(horizon, now),
                              .horizon = horizon,
                              .now = now,
                              .idle_inputs = slot->watermarks.CountIdle(horizon, now),
                              .is_stuck = stuck.is_stuck()});
  }
}

}  // namespace waymark::engine
