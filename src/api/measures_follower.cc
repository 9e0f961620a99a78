#include "api/measures_follower.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/log.h"

namespace waymark::api {
namespace {

constexpr base::Millis kNoProgress{5'000};
constexpr base::Millis kInterval{500};
constexpr base::Millis kStep{50};  // how late a stop is noticed
constexpr size_t kBatch = 10'000;

}  // namespace

void MeasuresFollower::Run(const std::atomic<bool>& stop, const OnAlive& on_alive) {
  picture_.SetState(LivePicture::State::kLoading);
  while (!stop) {
    const base::Status status = Look(stop, on_alive);
    if (status.ok()) {
      picture_.SetState(LivePicture::State::kComplete);
    } else {
      if (!is_silent_) WAYMARK_WARN("reading measures: {}", status.text());
      if (status.code() != base::StatusCode::kRetriable) reader_.reset();
    }
    is_silent_ = !status.ok();
    for (base::Millis waited{0}; waited < kInterval && !stop; waited += kStep) {
      on_alive();
      std::this_thread::sleep_for(kStep);
    }
  }
}

base::Status MeasuresFollower::Look(const std::atomic<bool>& stop, const OnAlive& on_alive) {
  if (!reader_) {
    WAYMARK_ASSIGN_OR_RETURN(reader_, make_reader_());
  }
  for (size_t p = 0; p < positions_.size() && !stop; ++p) {
    WAYMARK_RETURN_IF_ERROR(ReadOn(static_cast<int32_t>(p), stop, on_alive));
  }
  return {};
}

base::Status MeasuresFollower::ReadOn(int32_t partition, const std::atomic<bool>& stop,
                                      const OnAlive& on_alive) {
  base::Offset& position = positions_[static_cast<size_t>(partition)];
  const stream::TopicPartition at{topic_, base::Partition(partition)};
  on_alive();
  WAYMARK_ASSIGN_OR_RETURN(const auto range, reader_->Offsets(at, kNoProgress));
  if (range.end <= position) return {};
  WAYMARK_RETURN_IF_ERROR(reader_->Open(at, position));
  while (!stop) {
    on_alive();
    WAYMARK_ASSIGN_OR_RETURN(const auto records, reader_->Next(kBatch, kNoProgress));
    if (records.empty()) break;
    TakeAll(partition, records);
    position = reader_->position();
  }
  position = std::max(position, reader_->position());
  return {};
}

void MeasuresFollower::TakeAll(int32_t partition, std::span<const stream::Record> records) {
  size_t malformed = 0;
  picture_.Update([&](measure::Picture& picture) {
    for (const stream::Record& record : records) {
      const bool taken =
          picture.Take(partition, record.key.value_or(std::string_view()), record.value);
      if (!taken) ++malformed;
    }
  });
  if (malformed == 0) return;
  WAYMARK_WARN("{}[{}]: {} records before offset {} are no cells of measures and are passed over: "
               "a newer version, or somebody else, has written them",
               topic_, partition, malformed, reader_->position().value);
}

}  // namespace waymark::api
