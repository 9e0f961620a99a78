#include "api/signal_feed.h"

#include <algorithm>
#include <utility>

#include "codec/json.h"
#include "codec/protobuf.h"

namespace waymark::api {
namespace {

using Stage = LiveViewer::Stage;
using base::Millis;
using base::Offset;
using base::Status;
using base::StatusCode;

constexpr Millis kAnswerMax{5'000};
constexpr Millis kSamplePause{1'000};
constexpr Millis kSampleWait{200};
// A client learns at least so often how far it is, though nothing it wants has come.
constexpr Millis kIdInterval{10'000};
// What is read at a time fits into what may wait for a client.
constexpr size_t kBatch = 256;
// What is longer is not told: it would never fit.
constexpr size_t kEventBytesMax = 128 * 1024;
constexpr size_t kRingSteps = 5'000;  // of a viewer in a round

const char* TypeOf(const model::Signal& signal) {
  return signal.retracted ? "retraction" : "signal";
}

std::string TextOf(const model::Signal& signal) {
  std::string text = "event: ";
  text.append(TypeOf(signal)).append("\ndata: ");
  codec::EncodeJson(signal, text);
  text += "\n\n";
  return text;
}

}  // namespace

SignalFeed::SignalFeed(std::string topic, int32_t partitions, stream::MakeTailReader make_reader,
                       const base::Clock& clock, OnSent on_sent, Limits limits)
    : topic_(std::move(topic)), partitions_(partitions), make_reader_(std::move(make_reader)),
      clock_(clock), on_sent_(std::move(on_sent)), limits_(limits), ring_(limits.ring_bytes) {}

std::string SignalFeed::IdLine(const StreamPosition& position) const {
  std::string line = "id: ";
  AppendPosition(position, topic_, line);
  line += '\n';
  return line;
}

Status SignalFeed::Round(Viewers& viewers, Millis timeout) {
  const auto wants = [](const LiveViewer& viewer) { return viewer.filter.WantsSignals(); };
  if (partitions_ == 0 || std::ranges::none_of(viewers, wants)) {
    Rest();
    return {};
  }
  if (!reader_) {
    WAYMARK_ASSIGN_OR_RETURN(reader_, make_reader_());
  }
  if (std::ranges::none_of(viewers, &LiveViewer::NeedsAll)) return Sample(viewers);
  if (mode_ != Mode::kAll) WAYMARK_RETURN_IF_ERROR(BeginAll());
  WAYMARK_RETURN_IF_ERROR(ReadAll(viewers, timeout));
  for (LiveViewer& viewer : viewers) {
    if (viewer.NeedsAll()) Advance(viewer);
  }
  TellIds(viewers);
  return AdvanceHistory(viewers);
}

void SignalFeed::Rest() {
  mode_ = Mode::kResting;
  reader_.reset();
  history_.reset();
  history_for_ = 0;
}

// What was read before may be gone on with; else the newest records make the ring, since who comes
// back was mostly here a moment ago.
Status SignalFeed::BeginAll() {
  WAYMARK_ASSIGN_OR_RETURN(const auto ranges, reader_->Ranges(kAnswerMax));
  StreamPosition begins;
  ends_.clear();
  for (const stream::OffsetRange& range : ranges) {
    begins.push_back(range.begin);
    ends_.push_back(range.end);
  }
  const bool goes_on = ring_.end().size() == ends_.size() && IsAtMost(begins, ring_.end()) &&
                       IsAtMost(ring_.end(), ends_) &&
                       Distance(ring_.end(), ends_) <= limits_.backfill_records;
  if (!goes_on) {
    StreamPosition start = ends_;
    for (size_t p = 0; p < start.size(); ++p) {
      const int64_t back = limits_.backfill_records / partitions_;
      start[p] = std::max(begins[p], Offset(start[p].value - back));
    }
    ring_.Restart(start);
  }
  WAYMARK_RETURN_IF_ERROR(reader_->Start(ring_.end()));
  mode_ = Mode::kAll;
  return {};
}

// The newest records of each second: what nobody needs is not even fetched.
Status SignalFeed::Sample(Viewers& viewers) {
  const auto now = clock_.Monotonic();
  if (mode_ == Mode::kSampling && now - sampled_ < kSamplePause) return {};
  sampled_ = now;
  const bool is_new = mode_ != Mode::kSampling;
  if (is_new) WAYMARK_RETURN_IF_ERROR(reader_->Stop());
  WAYMARK_ASSIGN_OR_RETURN(const auto ranges, reader_->Ranges(kAnswerMax));
  StreamPosition from;
  StreamPosition ends;
  bool has_gap = ring_.end().size() != ranges.size();
  const int64_t most = std::max<int64_t>(limits_.sample_records / partitions_, 1);
  for (size_t p = 0; p < ranges.size(); ++p) {
    ends.push_back(ranges[p].end);
    from.push_back(std::max(ranges[p].begin, Offset(ranges[p].end.value - (is_new ? 0 : most))));
    if (has_gap) continue;
    const Offset read = ring_.end()[p];
    if (read >= from[p] && read <= ends[p]) from[p] = read;
    has_gap = from[p] != read;
  }
  mode_ = Mode::kSampling;
  if (has_gap) ring_.Restart(from);
  if (Distance(ring_.end(), ends) == 0) return {};
  WAYMARK_RETURN_IF_ERROR(reader_->Start(ring_.end()));
  const auto until = now + kSampleWait;
  while (!IsAtMost(ends, reader_->positions()) && clock_.Monotonic() < until) {
    WAYMARK_ASSIGN_OR_RETURN(const auto records, reader_->Poll(Millis(50), kBatch));
    TakeAll(records, viewers);
  }
  return reader_->Stop();
}

Status SignalFeed::ReadAll(Viewers& viewers, Millis timeout) {
  const auto is_behind = [](const LiveViewer& viewer) {
    return viewer.NeedsAll() && viewer.stage != Stage::kLive && viewer.stage != Stage::kWaiting &&
           viewer.HasRoom();
  };
  const bool hurries = std::ranges::any_of(viewers, is_behind);
  auto records = reader_->Poll(hurries ? Millis(0) : timeout, kBatch);
  if (records.ok()) {
    TakeAll(*records, viewers);
    return {};
  }
  if (records.status().code() != StatusCode::kNotFound) return records.status();
  // Retention was faster, or the topic was made anew.
  mode_ = Mode::kResting;
  ring_.Restart({});
  WAYMARK_RETURN_IF_ERROR(BeginAll());
  ResetAll(viewers);
  return {};
}

void SignalFeed::TakeAll(std::span<const stream::Record> records, Viewers& viewers) {
  model::Signal signal;
  for (const stream::Record& record : records) {
    if (!record.value) continue;
    ring_.Add(record.partition.value, record.offset, *record.value);
    // What a newer version has written otherwise is not told.
    if (!codec::Decode(*record.value, signal).ok()) continue;
    Give(signal, ring_.at(ring_.next() - 1), viewers);
  }
  ring_.PassTo(reader_->positions());
}

void SignalFeed::Give(const model::Signal& signal, const SignalRing::Entry& entry,
                      Viewers& viewers) {
  std::string text;
  std::string with_id;
  for (LiveViewer& viewer : viewers) {
    const bool is_live = viewer.stage == Stage::kLive || viewer.IsSample();
    if (!is_live || !viewer.filter.Wants(signal)) continue;
    if (text.empty()) text = TextOf(signal);
    if (viewer.IsSample()) {
      GiveSample(viewer, TypeOf(signal), text);
      continue;
    }
    if (with_id.empty()) with_id = IdLine(ring_.end()) + text;
    if (GiveLive(viewer, TypeOf(signal), with_id)) continue;
    // It goes on from the ring, as fast as it takes it, until the ring is faster.
    viewer.stage = Stage::kRing;
    viewer.at = ring_.end();
    viewer.at[static_cast<size_t>(entry.partition)] = entry.offset;
    viewer.next = ring_.next() - 1;
  }
}

bool SignalFeed::GiveLive(LiveViewer& viewer, std::string_view type, std::string_view text) {
  if (text.size() > kEventBytesMax) return true;
  if (!viewer.Append(text)) return false;
  viewer.id_told = clock_.Monotonic();
  on_sent_(type);
  return true;
}

void SignalFeed::GiveSample(LiveViewer& viewer, std::string_view type, std::string_view text) {
  const auto now = clock_.Monotonic();
  if (now - viewer.second >= kSamplePause * 9 / 10) {
    viewer.second = now;
    viewer.sampled = 0;
  }
  if (viewer.sampled >= viewer.filter.per_second || !viewer.Append(text)) return;
  ++viewer.sampled;
  on_sent_(type);
}

void SignalFeed::TellIds(Viewers& viewers) {
  const auto now = clock_.Monotonic();
  for (LiveViewer& viewer : viewers) {
    if (!viewer.NeedsAll() || viewer.stage != Stage::kLive) continue;
    if (now - viewer.id_told < kIdInterval) continue;
    if (viewer.Append(IdLine(ring_.end()) + "\n")) viewer.id_told = now;
  }
}

void SignalFeed::Advance(LiveViewer& viewer) {
  if (viewer.stage == Stage::kNew) FindPlace(viewer);
  if (viewer.stage == Stage::kWaiting) Place(viewer);
  if (viewer.stage == Stage::kRing) WalkRing(viewer);
}

void SignalFeed::FindPlace(LiveViewer& viewer) {
  viewer.since = clock_.Monotonic();
  if (viewer.last_id.empty()) {
    viewer.at = ring_.end();
    for (size_t p = 0; p < viewer.at.size(); ++p) {
      viewer.at[p] = std::max(viewer.at[p], ends_[p]);
    }
  } else if (auto at = ParsePosition(viewer.last_id, topic_, ends_.size())) {
    viewer.at = std::move(*at);
  } else {
    return Reset(viewer, "the id of the last event is none of this stream");
  }
  viewer.stage = Stage::kWaiting;
  static_cast<void>(viewer.Append(IdLine(viewer.at) + "\n"));
  viewer.id_told = viewer.since;
}

void SignalFeed::Place(LiveViewer& viewer) {
  const auto now = clock_.Monotonic();
  if (!IsAtMost(viewer.at, ring_.end())) {
    if (now - viewer.since > limits_.waiting) Reset(viewer, "the topic ends before that event");
  } else if (IsAtMost(ring_.begin(), viewer.at)) {
    viewer.stage = Stage::kRing;
    viewer.next = ring_.first();
  } else if (Distance(viewer.at, ring_.end()) <= limits_.history_records) {
    viewer.stage = Stage::kHistory;
    viewer.since = now;
  } else {
    Reset(viewer, "more was missed than is read again");
  }
}

void SignalFeed::WalkRing(LiveViewer& viewer) {
  if (viewer.next < ring_.first()) {
    if (!IsAtMost(ring_.begin(), viewer.at)) {
      // Who was here all the time does not keep up; who is coming back may read on in the topic.
      if (viewer.has_been_live) return viewer.body->Cut();
      viewer.stage = Stage::kWaiting;
      return;
    }
    viewer.next = ring_.first();
  }
  for (size_t steps = 0; viewer.next < ring_.next() && steps < kRingSteps; ++steps) {
    const SignalRing::Entry& entry = ring_.at(viewer.next);
    if (!GiveOwn(viewer, entry.partition, entry.offset, entry.value)) return;
    ++viewer.next;
  }
  if (viewer.next < ring_.next()) return;
  viewer.stage = Stage::kLive;
  viewer.has_been_live = true;
}

bool SignalFeed::GiveOwn(LiveViewer& viewer, int32_t partition, Offset offset,
                         std::string_view value) {
  Offset& at = viewer.at[static_cast<size_t>(partition)];
  if (offset < at) return true;
  const Offset before = std::exchange(at, Offset(offset.value + 1));
  model::Signal signal;
  if (!codec::Decode(value, signal).ok() || !viewer.filter.Wants(signal)) return true;
  if (GiveLive(viewer, TypeOf(signal), IdLine(viewer.at) + TextOf(signal))) return true;
  at = before;
  return false;
}

void SignalFeed::Reset(LiveViewer& viewer, std::string_view reason) {
  viewer.stage = Stage::kLive;
  viewer.has_been_live = true;
  std::string text = IdLine(ring_.end());
  text.append("event: reset\ndata: {\"reason\":\"").append(reason).append("\"}\n\n");
  // Where it does not fit, the client goes on later, and is told then.
  if (!GiveLive(viewer, "reset", text)) viewer.body->Cut();
}

void SignalFeed::ResetAll(Viewers& viewers) {
  for (LiveViewer& viewer : viewers) {
    if (!viewer.NeedsAll() || viewer.stage == Stage::kNew) continue;
    Reset(viewer, "events were removed before they were read");
  }
}

}  // namespace waymark::api
