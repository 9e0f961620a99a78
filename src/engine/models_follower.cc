#include "engine/models_follower.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"

namespace waymark::engine {
namespace {
constexpr base::Millis kPatience{5'000};
constexpr base::Millis kStep{50};  // how late a stop is noticed
}  // namespace

ModelsFollower::ModelsFollower(FollowerSettings settings, ModelsTopic topic,
                               MakeLogReader make_reader, ModelsListener& listener,
                               const base::Clock& clock)
    : settings_(settings),
      topic_(std::move(topic)),
      told_(topic_.models().size()),
      make_reader_(std::move(make_reader)),
      listener_(listener),
      clock_(clock) {}

base::Status ModelsFollower::Run(const std::atomic<bool>& stop) {
  while (!stop) {
    WAYMARK_RETURN_IF_ERROR(Look());
    const auto until = clock_.Monotonic() + settings_.interval;
    while (!stop && clock_.Monotonic() < until) {
      listener_.OnAlive();
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(
          kStep, until - clock_.Monotonic()));
    }
  }
  return {};
}

base::Status ModelsFollower::Look() {
  listener_.OnAlive();
  base::Status status;
  if (!reader_) {
    auto reader = make_reader_();
    if (reader.ok()) reader_ = std::move(reader).value();
    status = reader.status();
  }
  if (status.ok()) status = topic_.ReadOn(*reader_, kPatience);
  const base::Status told = Tell();  // what stands before a fault
  if (!told.ok()) return Behind(told);
  if (status.ok()) {
    silent_since_.reset();
    return {};
  }
  if (status.code() == base::StatusCode::kConfig) return Behind(status);
  // The workers have their own view of an outage; here it only delays what is new.
  if (!silent_since_) WAYMARK_WARN("looking for new models: {}", status.text());
  if (!silent_since_) silent_since_ = clock_.Monotonic();
  if (status.code() != base::StatusCode::kRetriable) reader_.reset();
  return {};
}

base::Status ModelsFollower::Tell() {
  if (topic_.models().size() == told_) return {};
  WAYMARK_RETURN_IF_ERROR(listener_.OnPublished(topic_.models(), told_));
  told_ = topic_.models().size();
  return {};
}

base::Status ModelsFollower::Behind(const base::Status& why) {
  const auto now = clock_.Monotonic();
  if (!behind_since_) {
    behind_since_ = now;
    WAYMARK_ERROR("{}; going on with the models that are known, not ready, for {} "
                  "(models.upgrade_grace)",
                  why.text(), base::FormatDuration(settings_.grace));
    listener_.OnBehind(why);
  }
  if (now - *behind_since_ < settings_.grace) return {};
  return why;
}

}  // namespace waymark::engine
