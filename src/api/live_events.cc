#include "api/live_events.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace waymark::api {
namespace {

using base::Millis;
using serve::BodyStream;
using serve::Request;
using serve::Response;

constexpr Millis kStep{50};
constexpr Millis kPoll{50};
constexpr Millis kFaultPause{500};
// How long a client is to wait before it comes back.
constexpr std::string_view kOpening = "retry: 2000\n\n";
constexpr std::string_view kHeartbeat = ":\n\n";

}  // namespace

LiveEvents::LiveEvents(const LivePicture& picture, const base::Clock& clock, Counters counters)
    : picture_(picture), clock_(clock), counters_(std::move(counters)) {}

Response LiveEvents::Answer(const Request& request) {
  LiveViewer viewer;
  if (auto refused = ReadFilter(request, viewer.filter)) return *refused;
  {
    const std::lock_guard lock(mutex_);
    if (!is_running_) {
      return serve::ErrorResponse(503, "there are no live events yet",
                                  "try again once /readyz says so");
    }
  }
  // What a browser sends by itself when it comes back is newer than what its address says.
  const auto header = request.headers.find("last-event-id");
  const auto parameter = request.query.find("last_event_id");
  if (header != request.headers.end()) {
    viewer.last_id = header->second;
  } else if (parameter != request.query.end()) {
    viewer.last_id = parameter->second;
  }
  Response response;
  response.content_type = "text/event-stream";
  response.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  response.streaming.emplace();
  response.streaming->heartbeat = kHeartbeat;
  response.streaming->begin = [this, viewer](std::shared_ptr<BodyStream> body) {
    LiveViewer one = viewer;
    one.body = std::move(body);
    Begin(std::move(one));
  };
  return response;
}

void LiveEvents::Begin(LiveViewer viewer) {
  viewer.body->Push(kOpening);
  const std::lock_guard lock(mutex_);
  if (!is_running_) return viewer.body->End();
  viewer.number = ++viewers_ever_;
  arrivals_.push_back(std::move(viewer));
  arrived_.notify_all();
}

void LiveEvents::Run(const std::string& topic, int32_t partitions,
                     stream::MakeTailReader make_reader, const std::atomic<bool>& stop,
                     const OnAlive& on_alive, SignalFeed::Limits limits) {
  const auto count = [this](std::string_view type) {
    if (counters_.sent) counters_.sent(type);
  };
  SignalFeed feed(topic, partitions, std::move(make_reader), clock_, count, limits);
  {
    const std::lock_guard lock(mutex_);
    is_running_ = true;
  }
  bool is_silent = false;  // no answer, and it was said
  while (!stop) {
    on_alive();
    TakeArrivals();
    if (viewers_.empty()) {
      feed.Rest();
      Await(kStep);
      continue;
    }
    for (LiveViewer& viewer : viewers_) viewer.room = viewer.body->room();
    TellMeasures();
    const base::Status status = feed.Round(viewers_, kPoll);
    Flush();
    if (!status.ok()) {
      if (!is_silent) WAYMARK_WARN("reading signals for live events: {}", status.text());
      if (status.code() != base::StatusCode::kRetriable) feed.Rest();
    }
    is_silent = !status.ok();
    if (!status.ok()) {
      Await(kFaultPause);
    } else if (!feed.IsReading()) {
      Await(kStep);
    }
  }
  EndAll();
}

void LiveEvents::Await(Millis most) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, most, [this] { return !arrivals_.empty(); });
}

void LiveEvents::TakeArrivals() {
  const std::lock_guard lock(mutex_);
  if (arrivals_.empty()) return;
  viewers_.splice(viewers_.end(), arrivals_);
  if (counters_.open) counters_.open(viewers_.size());
}

// Newcomers hear at once how things stand, all others when they have changed.
void LiveEvents::TellMeasures() {
  const int64_t revision = picture_.ShownRevision();
  std::string text;
  for (LiveViewer& viewer : viewers_) {
    if (!viewer.filter.measures || viewer.revision == revision) continue;
    if (text.empty()) {
      text = "event: measures\ndata: {\"revision\":" + std::to_string(revision);
      if (const auto updated = picture_.updated()) {
        text += ",\"updated\":" + std::to_string(updated->ms);
      }
      text += "}\n\n";
    }
    if (!viewer.Append(text)) continue;
    viewer.revision = revision;
    if (counters_.sent) counters_.sent("measures");
  }
}

void LiveEvents::Flush() {
  const size_t before = viewers_.size();
  for (LiveViewer& viewer : viewers_) {
    if (!viewer.out.empty()) viewer.body->Push(viewer.out);
    viewer.out.clear();
  }
  viewers_.remove_if([this](const LiveViewer& viewer) {
    const BodyStream::State state = viewer.body->state();
    if (state == BodyStream::State::kCut && counters_.cut) counters_.cut();
    return state != BodyStream::State::kOpen;
  });
  if (viewers_.size() != before && counters_.open) counters_.open(viewers_.size());
}

void LiveEvents::EndAll() {
  {
    const std::lock_guard lock(mutex_);
    is_running_ = false;
    viewers_.splice(viewers_.end(), arrivals_);
  }
  for (LiveViewer& viewer : viewers_) viewer.body->End();
  viewers_.clear();
  if (counters_.open) counters_.open(0);
}

}  // namespace waymark::api
