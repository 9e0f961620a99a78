#include "engine/restore_queue.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/log.h"

namespace waymark::engine {

using base::Millis;
using base::Status;
using base::StatusCode;

namespace {
constexpr Millis kNoProgress{2'000};
constexpr Millis kHiddenMax{500};
constexpr Millis kStableMax{500};
constexpr std::chrono::seconds kTellEvery{5};
}  // namespace

struct RestoreQueue::Waiting {
  std::unique_ptr<Slot> slot;
  std::optional<TaskMark> mark;  // what is committed
  std::unique_ptr<Restorer> restorer;
  bool is_warm = false;  // the store knows it: little is missing
  bool ended_left_open = false;
  std::chrono::nanoseconds hidden_since{0};
  std::chrono::nanoseconds began{0};
  std::chrono::nanoseconds told{0};
};

RestoreQueue::RestoreQueue(Environment environment) : environment_(std::move(environment)) {}
RestoreQueue::~RestoreQueue() = default;

void RestoreQueue::Add(std::unique_ptr<Slot> slot) {
  auto waiting = std::make_unique<Waiting>();
  waiting->slot = std::move(slot);
  waiting->is_warm = waiting->slot->task.ReadMark().ok();
  // Never before one that was begun: the reader is at its place.
  const auto first_cold = std::find_if(waiting_.begin(), waiting_.end(), [](const auto& other) {
    return !other->is_warm && !other->restorer;
  });
  const auto place = waiting->is_warm ? first_cold : waiting_.end();
  waiting_.insert(place, std::move(waiting));
}

std::unique_ptr<Slot> RestoreQueue::Take(base::Partition partition) {
  const auto at = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) {
    return waiting->slot->task.partition() == partition;
  });
  if (at == waiting_.end()) return nullptr;
  std::unique_ptr<Slot> slot = std::move((*at)->slot);
  waiting_.erase(at);
  return slot;
}

std::unique_ptr<Slot> RestoreQueue::TakeAny() {
  return waiting_.empty() ? nullptr : Take(waiting_.front()->slot->task.partition());
}

base::Result<std::unique_ptr<Slot>> RestoreQueue::Step(stream::Consumer& consumer) {
  Waiting& first = *waiting_.front();
  if (!first.restorer) WAYMARK_RETURN_IF_ERROR(Begin(first, consumer));
  WAYMARK_ASSIGN_OR_RETURN(const bool done, Go(first));
  Tell(first);
  if (!done) return std::unique_ptr<Slot>();
  WAYMARK_ASSIGN_OR_RETURN(const bool is_free, IsOutputFree(first, consumer));
  if (!is_free) return std::unique_ptr<Slot>();
  WAYMARK_DEBUG("partition {}: restored", first.slot->task.partition().value);
  environment_.probe.OnRestored(first.slot->task, first.restorer->progress().restored,
                                environment_.clock.Monotonic() - first.began);
  std::unique_ptr<Slot> slot = std::move(first.slot);
  waiting_.pop_front();
  if (waiting_.empty()) reader_.reset();
  return slot;
}

Status RestoreQueue::Begin(Waiting& first, stream::Consumer& consumer) {
  const base::Partition partition = first.slot->task.partition();
  WAYMARK_DEBUG("partition {}: restore begins", partition.value);
  first.began = first.told = environment_.clock.Monotonic();
  environment_.probe.OnNotReady(fmt::format("restoring partition {}", partition.value));
  // A fresh task: an attempt before may have got half-way.
  auto fresh = environment_.make_slot(partition);
  fresh->positions = std::move(first.slot->positions);
  first.slot = std::move(fresh);
  // Stable offsets first, then the ends of the topics, then the restore.
  WAYMARK_RETURN_IF_ERROR(FindPositions(first, consumer, first.mark));
  if (!reader_) {
    WAYMARK_ASSIGN_OR_RETURN(reader_, environment_.make_reader());
  }
  RestoreSource source{*reader_, environment_.topics, environment_.store};
  source.no_progress = kNoProgress;
  source.load_bytes_max = environment_.load_bytes_max;
  source.on_rebuild = [this](const char* reason) { environment_.probe.OnRebuild(reason); };
  first.restorer = std::make_unique<Restorer>(first.slot->task, first.mark, source);
  return {};
}

// Where the inputs go on, and the mark that was committed with it.
Status RestoreQueue::FindPositions(Waiting& first, stream::Consumer& consumer,
                                   std::optional<TaskMark>& mark) {
  const Millis timeout = environment_.request_timeout;
  const auto committed = consumer.Committed(first.slot->Inputs(), kStableMax);
  // Offsets stay unstable while a transaction that holds them is open.
  if (committed.status().code() == StatusCode::kRetriable) EndLeftOpen(first);
  WAYMARK_RETURN_IF_ERROR(committed.status());
  mark.reset();
  for (const stream::CommittedOffset& at : *committed) {
    const auto parsed = TaskMark::Parse(at.metadata);
    if (parsed && (!mark || parsed->revision > mark->revision)) mark = parsed;
    if (parsed) first.slot->counts.insert_or_assign(at.at.topic, parsed->input);
    WAYMARK_ASSIGN_OR_RETURN(const auto kept, consumer.Offsets(at.at, timeout));
    const base::Offset offset = at.offset.value_or(kept.begin);
    if (offset < kept.begin) {
      environment_.probe.OnInputLost(at.at.topic, kept.begin.value - offset.value);
      base::LogError(
          {{"topic", at.at.topic},
           {"partition", at.at.partition.value},
           {"offset", offset.value},
           {"records", kept.begin.value - offset.value}},
          fmt::format("{}[{}]: {} lost, removed before being read (offsets {} to {}): going on "
                      "from the first that is kept; lengthen the retention of the topic",
                      at.at.topic, at.at.partition.value,
                      base::Counted(kept.begin.value - offset.value, "record"), offset.value,
                      kept.begin.value - 1));
    }
    if (offset > kept.end) {
      return {StatusCode::kRetriable,
              fmt::format("{}[{}] ends at offset {}, its group has committed {}", at.at.topic,
                          at.at.partition.value, kept.end.value, offset.value)};
    }
    first.slot->positions.insert_or_assign(at.at.topic, std::max(offset, kept.begin));
  }
  return {};
}

base::Result<bool> RestoreQueue::Go(Waiting& first) {
  const auto held =
      environment_.claims.HoldOrReclaim(first.slot->task.partition(), environment_.owner);
  if (!held) return Status(StatusCode::kRetriable, "the partition was given to another worker");
  auto done = first.restorer->Step();
  // The models that it lacks come with another task.
  const bool retries = done.status().code() == StatusCode::kRetriable;
  if (retries && !first.restorer->has_begun()) first.restorer.reset();
  return done;
}

// An open transaction on what this task alone may write was left by an owner before it, dead or
// about to notice. It hides from readers what this one will write, so that it is ended, where the
// broker would wait for its timeout.
base::Result<bool> RestoreQueue::IsOutputFree(Waiting& first, stream::Consumer& consumer) {
  const stream::TopicPartition steps{environment_.topics.steps, first.slot->task.partition()};
  WAYMARK_ASSIGN_OR_RETURN(const auto stable, consumer.Offsets(steps, kNoProgress));
  WAYMARK_ASSIGN_OR_RETURN(const auto all, reader_->Offsets(steps, kNoProgress));
  if (stable.end >= all.end) return true;
  if (first.ended_left_open) return true;  // Nothing more can be done.
  const auto now = environment_.clock.Monotonic();
  if (first.hidden_since == std::chrono::nanoseconds(0)) first.hidden_since = now;
  if (now < first.hidden_since + kHiddenMax) return false;
  EndLeftOpen(first);
  return true;
}

void RestoreQueue::EndLeftOpen(Waiting& first) {
  if (first.ended_left_open || !environment_.end_left_open) return;
  first.ended_left_open = true;
  const Status ended = environment_.end_left_open(first.slot->Inputs());
  const int32_t partition = first.slot->task.partition().value;
  base::LogWarn(
      {{"worker", environment_.worker}, {"partition", partition}},
      ended.ok()
          ? fmt::format("{}: partition {}: ended the transaction that the owner before left open",
                        environment_.worker, partition)
          : fmt::format("{}: partition {}: the owner before left a transaction open, which ends by "
                        "its timeout: {}",
                        environment_.worker, partition, ended.text()));
}

void RestoreQueue::Tell(Waiting& first) {
  const RestoreProgress progress = first.restorer->progress();
  const base::Partition partition = first.slot->task.partition();
  const auto now = environment_.clock.Monotonic();
  environment_.probe.OnHeartbeat();
  environment_.probe.OnRestoring(partition, progress);
  environment_.probe.OnNotReady(
      fmt::format("restoring partition {}: {} of {} records left, {} waiting behind it",
                  partition.value, progress.remaining, progress.remaining + progress.restored,
                  base::Counted(waiting_.size() - 1, "partition")));
  if (now < first.told + kTellEvery) return;
  first.told = now;
  const double seconds = std::chrono::duration<double>(now - first.began).count();
  const double rate = static_cast<double>(progress.restored) / seconds;
  base::LogInfo(
      {{"worker", environment_.worker},
       {"partition", partition.value},
       {"remaining", progress.remaining},
       {"restored", progress.restored}},
      fmt::format("{}: restoring partition {}: {} of {} records left, {:.0f} a second, about "
                  "{:.0f} s",
                  environment_.worker, partition.value, progress.remaining,
                  progress.remaining + progress.restored, rate,
                  rate > 0 ? static_cast<double>(progress.remaining) / rate : 0.0));
}

}  // namespace waymark::engine
