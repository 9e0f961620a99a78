#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/stream_filter.h"
#include "api/stream_position.h"
#include "serve/body_stream.h"

namespace waymark::api {

// One client of live events. Used by the thread that feeds it.
struct LiveViewer {
  enum class Stage {
    kNew,      // its place is not known yet
    kWaiting,  // for what is read to come to `at`
    kHistory,  // what it missed is read from the topic again
    kRing,     // or from what is in memory
    kLive,     // it gets what is read as it comes
  };

  uint64_t number = 0;  // of its own
  std::shared_ptr<serve::BodyStream> body;
  StreamFilter filter;
  std::string last_id;  // that it had seen; empty: it begins now

  Stage stage = Stage::kNew;
  bool has_been_live = false;
  StreamPosition at;  // until it is live: what comes next for it
  uint64_t next = 0;  // kRing: the number of that entry
  std::chrono::nanoseconds since{};    // kWaiting, kHistory
  std::chrono::nanoseconds id_told{};  // when it was told a position last
  std::chrono::nanoseconds second{};   // of a sample: since when `sampled` counts
  int sampled = 0;
  int64_t revision = -1;  // of the figures, as it was told

  std::string out;  // of this round
  size_t room = 0;  // left for this round

  // A client that takes a sample has no place in the topic.
  bool IsSample() const { return filter.per_second > 0; }
  bool NeedsAll() const { return filter.WantsSignals() && !IsSample(); }
  // It takes enough for reading on to pay.
  bool HasRoom() const { return room - out.size() >= kRoomLeast; }
  // False, and nothing done, where it does not fit.
  bool Append(std::string_view text) {
    if (out.size() + text.size() > room) return false;
    out += text;
    return true;
  }

  static constexpr size_t kRoomLeast = 64 * 1024;
};

}  // namespace waymark::api
