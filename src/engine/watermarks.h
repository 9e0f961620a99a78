#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace waymark::engine {

struct WatermarkSettings {
  base::Millis disorder{30'000};      // how far an input's watermark stays behind its latest event
  base::Millis lateness{600'000};     // further behind the horizon an input is history
  base::Millis idle_timeout{30'000};  // wall time after which a silent input holds nobody back
  base::Millis idle_after{1'000};     // wall time without input before a drained one counts as such
};

// How far event time has come for one task, from the inputs that it follows: topics of its
// partition, and other tasks that publish their watermarks. The slowest input that is active holds
// the horizon; while all are drained, wall time moves it. Pure: the caller passes wall time. A
// wrong guess costs a re-fold, never a wrong result, so that nothing in here need be stored.
class Watermarks {
 public:
  enum class State {
    kActive,   // holds the horizon at its watermark
    kAwaited,  // has not told its time yet: holds the horizon where it is
    kIdle,     // silent for too long; this and what follows hold nobody back
    kDrained,  // read to its end
    kHistory,  // brings nothing but what is older than it was, or far older than the horizon
  };
  struct Input {
    std::string name;
    base::Timestamp watermark = base::Timestamp::min();
    base::Timestamp event_time = base::Timestamp::min();  // of what came last
    base::Timestamp moved_at;                             // wall time at which its watermark rose
    base::Timestamp seen_at;                              // wall time at which it was heard of
    bool drained = false;
    bool is_published = false;  // by another task, as a watermark
  };
  // What bounds the task's next horizon.
  struct Bounds {
    base::Timestamp at_least = base::Timestamp::min();
    base::Timestamp at_most = base::Timestamp::max();
  };

  explicit Watermarks(const WatermarkSettings& settings) : settings_(settings) {}

  // Takes over from a task: its watermark over all inputs, and its horizon.
  void Start(base::Timestamp watermark, base::Timestamp horizon, base::Timestamp now);
  void AddInput(std::string_view name, base::Timestamp now);

  // An input gave an interaction that was accepted; what is refused tells no time.
  void OnAccepted(std::string_view name, base::Timestamp event_time, base::Timestamp now);
  // Another task told how far it has come; it becomes an input by that.
  void OnPublished(std::string_view name, base::Timestamp watermark, bool drained,
                   base::Timestamp now);
  void SetDrained(std::string_view name, bool drained);

  Bounds BoundsAt(base::Timestamp horizon, base::Timestamp now) const;
  // The slowest active input; or the greatest watermark ever, where none is active.
  base::Timestamp WatermarkAt(base::Timestamp horizon, base::Timestamp now) const;
  State StateOf(const Input& input, base::Timestamp horizon, base::Timestamp now) const;
  // Null where none is active.
  const Input* SlowestActive(base::Timestamp horizon, base::Timestamp now) const;
  size_t CountIdle(base::Timestamp horizon, base::Timestamp now) const;

  const std::vector<Input>& inputs() const { return inputs_; }
  base::Timestamp greatest() const { return greatest_; }
  // The input that was heard of last; null before any was.
  const Input* latest() const;

 private:
  Input& Find(std::string_view name, base::Timestamp now);
  void Raise(Input& input, base::Timestamp watermark, base::Timestamp now);
  bool AllDrained(base::Timestamp horizon, base::Timestamp now) const;

  WatermarkSettings settings_;
  std::vector<Input> inputs_;  // few
  base::Timestamp greatest_ = base::Timestamp::min();
  // While all inputs are drained, the horizon goes on from this event time at this wall time.
  base::Timestamp anchor_ = base::Timestamp::min();
  base::Timestamp anchored_at_;
};

}  // namespace waymark::engine
