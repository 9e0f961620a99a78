// The part of the feed that reads the topic again for who was away for longer than the ring reaches
// back: one viewer at a time, as fast as it takes what is read.
#include <algorithm>

#include "api/signal_feed.h"

namespace waymark::api {
namespace {

using Stage = LiveViewer::Stage;
using base::Millis;
using base::Offset;
using base::Status;
using base::StatusCode;

constexpr Millis kAnswerMax{5'000};
constexpr Millis kWait{20};
constexpr size_t kBatch = 256;

}  // namespace

Status SignalFeed::AdvanceHistory(Viewers& viewers) {
  const auto is_reading = [](const LiveViewer& viewer) { return viewer.stage == Stage::kHistory; };
  auto viewer = std::ranges::find_if(viewers, [&](const LiveViewer& one) {
    return one.number == history_for_ && is_reading(one);
  });
  if (viewer == viewers.end()) {
    history_for_ = 0;
    viewer = std::ranges::find_if(viewers, is_reading);
  }
  if (viewer == viewers.end()) {
    history_.reset();
    return {};
  }
  if (clock_.Monotonic() - viewer->since > limits_.history) {
    Reset(*viewer, "it took too long to read what was missed");
    return {};
  }
  if (!viewer->HasRoom()) return {};
  const Status status = ReadHistory(*viewer);
  if (status.code() == StatusCode::kNotFound) {
    Reset(*viewer, "events were removed before they were read");
    return {};
  }
  if (!status.ok() && status.code() != StatusCode::kRetriable) history_.reset();
  return status;
}

Status SignalFeed::StartHistory(LiveViewer& viewer) {
  if (!history_) {
    WAYMARK_ASSIGN_OR_RETURN(history_, make_reader_());
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto ranges, history_->Ranges(kAnswerMax));
  StreamPosition from = viewer.at;
  for (size_t p = 0; p < from.size(); ++p) {
    if (from[p] >= ring_.begin()[p]) {
      from[p] = Offset(-1);
    } else if (from[p] < ranges[p].begin) {
      return {StatusCode::kNotFound, "what is to be read of " + topic_ + " is not kept"};
    }
  }
  WAYMARK_RETURN_IF_ERROR(history_->Start(from));
  if (history_for_ == 0) viewer.since = clock_.Monotonic();
  history_for_ = viewer.number;
  return {};
}

Status SignalFeed::ReadHistory(LiveViewer& viewer) {
  if (history_for_ != viewer.number || !history_) WAYMARK_RETURN_IF_ERROR(StartHistory(viewer));
  WAYMARK_ASSIGN_OR_RETURN(const auto records, history_->Poll(kWait, kBatch));
  bool is_full = false;
  for (const stream::Record& record : records) {
    const auto p = static_cast<size_t>(record.partition.value);
    // What is beyond comes from the ring.
    if (is_full || record.offset >= ring_.end()[p] || !record.value) continue;
    is_full = !GiveOwn(viewer, record.partition.value, record.offset, *record.value);
  }
  bool is_at_ring = true;
  const StreamPosition& read = history_->positions();
  for (size_t p = 0; p < viewer.at.size(); ++p) {
    if (!is_full && read[p].value >= 0) {
      viewer.at[p] = std::max(viewer.at[p], std::min(read[p], ring_.end()[p]));
    }
    is_at_ring = is_at_ring && viewer.at[p] >= ring_.begin()[p];
  }
  if (is_full) history_for_ = 0;  // the rest of the batch is read again when there is room
  if (!is_at_ring) return {};
  viewer.stage = Stage::kWaiting;
  viewer.since = clock_.Monotonic();
  history_for_ = 0;
  return {};
}

}  // namespace waymark::api
