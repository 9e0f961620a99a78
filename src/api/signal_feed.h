#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "api/live_viewer.h"
#include "api/signal_ring.h"
#include "base/status.h"
#include "base/time.h"
#include "model/signal.h"
#include "stream/tail_reader.h"

namespace waymark::api {

// Reads the topic of signals for as long as somebody looks on, and gives each viewer what it wants
// of it: all from its place on, or a sample. Used by one thread.
//
// An event's id is the position in the topic behind it, so that any instance can go on from there:
// from the ring, else by reading the topic again. Where that would be too much, the viewer is told
// by a `reset` that it missed events.
class SignalFeed {
 public:
  using Viewers = std::list<LiveViewer>;
  // `type` of an event was given to a viewer.
  using OnSent = std::function<void(std::string_view type)>;
  struct Limits {
    size_t ring_bytes = 16 << 20;
    int64_t history_records = 100'000;  // that are read again for one viewer
    int64_t backfill_records = 10'000;  // into the ring, when somebody begins to look on
    int64_t sample_records = 256;       // each second, where nobody needs all
    base::Millis waiting{10'000};       // for a place that was not read yet
    base::Millis history{60'000};
  };

  // `partitions`: of the topic; 0: there is none, and there are no signals.
  SignalFeed(std::string topic, int32_t partitions, stream::MakeTailReader make_reader,
             const base::Clock& clock, OnSent on_sent, Limits limits);

  // Reads on, and adds to what the viewers get in this round. Waits up to `timeout` for records.
  base::Status Round(Viewers& viewers, base::Millis timeout);
  // Nobody looks on: reads nothing until the next round.
  void Rest();
  // Rounds wait by themselves for something new.
  bool IsReading() const { return mode_ == Mode::kAll; }

 private:
  enum class Mode { kResting, kSampling, kAll };

  base::Status BeginAll();
  base::Status Sample(Viewers& viewers);
  base::Status ReadAll(Viewers& viewers, base::Millis timeout);
  void TakeAll(std::span<const stream::Record> records, Viewers& viewers);
  void Give(const model::Signal& signal, const SignalRing::Entry& entry, Viewers& viewers);
  bool GiveLive(LiveViewer& viewer, std::string_view type, std::string_view text);
  void GiveSample(LiveViewer& viewer, std::string_view type, std::string_view text);
  void TellIds(Viewers& viewers);

  // Viewers that are not live yet.
  void Advance(LiveViewer& viewer);
  void Place(LiveViewer& viewer);
  void FindPlace(LiveViewer& viewer);
  void WalkRing(LiveViewer& viewer);
  void Reset(LiveViewer& viewer, std::string_view reason);
  void ResetAll(Viewers& viewers);
  // Of a record that comes next for a viewer which is not live; false where there is no room.
  bool GiveOwn(LiveViewer& viewer, int32_t partition, base::Offset offset, std::string_view value);

  base::Status AdvanceHistory(Viewers& viewers);
  base::Status StartHistory(LiveViewer& viewer);
  base::Status ReadHistory(LiveViewer& viewer);

  std::string IdLine(const StreamPosition& position) const;

  const std::string topic_;
  const int32_t partitions_;
  const stream::MakeTailReader make_reader_;
  const base::Clock& clock_;
  const OnSent on_sent_;
  const Limits limits_;

  Mode mode_ = Mode::kResting;
  std::unique_ptr<stream::TailReader> reader_;
  SignalRing ring_;
  StreamPosition ends_;  // of the topic, when reading began
  std::chrono::nanoseconds sampled_{};

  std::unique_ptr<stream::TailReader> history_;
  uint64_t history_for_ = 0;  // the number of a viewer; 0: nobody's is being read
};

}  // namespace waymark::api
