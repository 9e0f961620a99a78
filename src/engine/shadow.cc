#include "engine/shadow.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/hash.h"
#include "base/log.h"

namespace waymark::engine {

using base::Millis;
using base::Partition;
using base::Status;
using base::StatusCode;

namespace {

constexpr Millis kNoProgress{2'000};
constexpr Millis kStopLook{20};

// A copy follows, it publishes nothing.
class NoOutput final : public Output {
 public:
  Status Write(OutputTopic, Partition, std::string_view, std::optional<std::string_view>) override {
    return {StatusCode::kKafka, "a warm copy has written an output"};
  }
  Status WriteSignal(Partition, const model::Signal&) override {
    return {StatusCode::kKafka, "a warm copy has written a signal"};
  }
  Status WriteDeadLetter(Partition, const model::DeadLetter&) override {
    return {StatusCode::kKafka, "a warm copy has written a dead letter"};
  }
};

}  // namespace

// Used only by who holds the partition's claim.
struct Shadow::Copy {
  explicit Copy(Partition of) : partition(of) {}
  const Partition partition;
  NoOutput output;
  std::unique_ptr<Task> task;  // where it stands at a mark
};

Shadow::Shadow(const ShadowSettings& settings, ShadowClients clients, const journey::Fold& fold,
               store::Store& store, PartitionClaims& claims, const base::Clock& clock,
               WorkerProbe& probe)
    : settings_(settings),
      clients_(std::move(clients)),
      topics_(settings.prefix),
      fold_(std::shared_ptr<void>(), &fold),
      store_(store),
      claims_(claims),
      clock_(clock),
      probe_(probe),
      last_flush_(clock.Now()) {
  // Rendezvous hashing: each instance has an order of its own.
  std::vector<std::pair<uint64_t, Partition>> weighed;
  for (int p = 0; p < settings_.partitions; ++p) {
    weighed.emplace_back(base::Hash64(settings_.instance + "/" + std::to_string(p)), Partition(p));
  }
  std::sort(weighed.begin(), weighed.end());
  for (const auto& [weight, partition] : weighed) order_.push_back(partition);
}

Shadow::~Shadow() {
  while (!copies_.empty()) Drop(copies_.begin()->first);
}

Status Shadow::Run(const std::atomic<bool>& stop) {
  while (!stop) {
    const Status status = Round(stop);
    if (status.code() == StatusCode::kStore) return status;
    if (!status.ok()) {
      WAYMARK_WARN("warm copies: {}", status.text());
      consumer_.reset();
      reader_.reset();
    }
    const auto until = clock_.Monotonic() + settings_.interval;
    while (!stop && clock_.Monotonic() < until) {
      probe_.OnHeartbeat();
      std::this_thread::sleep_for(kStopLook);
    }
  }
  return FlushSome(true);
}

Status Shadow::Round(const std::atomic<bool>& stop) {
  probe_.OnHeartbeat();
  WAYMARK_RETURN_IF_ERROR(Connect());
  ChoosePartitions();
  WAYMARK_ASSIGN_OR_RETURN(const Marks marks, FetchMarks());
  for (const auto& [partition, mark] : marks) {
    if (!stop) WAYMARK_RETURN_IF_ERROR(Follow(partition, mark, stop));
  }
  return FlushSome(false);
}

Status Shadow::Connect() {
  if (!consumer_) {
    WAYMARK_ASSIGN_OR_RETURN(consumer_, clients_.make_consumer());
  }
  if (!reader_) {
    WAYMARK_ASSIGN_OR_RETURN(reader_, clients_.make_reader());
  }
  return {};
}

// What nobody here owns, as far as there is room.
void Shadow::ChoosePartitions() {
  for (const Partition partition : order_) {
    const auto known = copies_.find(partition);
    if (known != copies_.end()) {
      if (!claims_.Hold(partition, this)) Drop(partition);
      continue;
    }
    if (copies_.size() >= static_cast<size_t>(settings_.partitions_max)) continue;
    auto copy = std::make_unique<Copy>(partition);
    const auto hand_over = [kept = copy.get(), partition] {
      // On the thread of the worker that takes over, which waits for the rows.
      if (!kept->task) return;
      const Status status = kept->task->Flush();
      if (!status.ok()) {
        WAYMARK_WARN("warm copy of partition {}: {}", partition.value, status.text());
      }
      kept->task.reset();
    };
    if (!claims_.ClaimIfFree(partition, this, hand_over)) continue;
    copies_.emplace(partition, std::move(copy));
    WAYMARK_INFO("partition {}: keeping a warm copy", partition.value);
  }
}

base::Result<Shadow::Marks> Shadow::FetchMarks() {
  std::vector<stream::TopicPartition> inputs;
  for (const auto& [partition, copy] : copies_) {
    for (const std::string& topic : settings_.input_topics) inputs.push_back({topic, partition});
  }
  Marks marks;
  if (inputs.empty()) return marks;
  WAYMARK_ASSIGN_OR_RETURN(const auto committed,
                           consumer_->Committed(inputs, settings_.request_timeout));
  for (const stream::CommittedOffset& at : committed) {
    const auto mark = TaskMark::Parse(at.metadata);
    if (!mark) continue;
    const auto [known, is_new] = marks.try_emplace(at.at.partition, *mark);
    if (!is_new && mark->revision > known->second.revision) known->second = *mark;
  }
  return marks;
}

Status Shadow::Follow(Partition partition, const TaskMark& mark, const std::atomic<bool>& stop) {
  RestoreSource source{*reader_, topics_, store_};
  source.no_progress = kNoProgress;
  source.load_bytes_max = settings_.cache_bytes_max;
  source.on_rebuild = [this](const char* reason) { probe_.OnRebuild(reason); };
  std::unique_ptr<Task> task;  // away from its copy while it stands at no mark
  std::unique_ptr<Restorer> restorer;
  Copy& copy = *copies_.at(partition);
  while (!stop) {
    const auto held = claims_.Hold(partition, this);
    if (!held) return {};  // A worker has it now.
    if (!restorer) {
      if (copy.task && mark.revision <= copy.task->mark().revision) return {};
      restorer = Begin(copy, mark, source, task);
    }
    WAYMARK_ASSIGN_OR_RETURN(const bool done, restorer->Step());
    probe_.OnHeartbeat();
    probe_.OnShadowed(partition, restorer->progress().remaining);
    if (!done) continue;
    copy.task = std::move(task);
    return {};
  }
  return {};
}

std::unique_ptr<Restorer> Shadow::Begin(Copy& copy, const TaskMark& mark,
                                        const RestoreSource& source, std::unique_ptr<Task>& task) {
  if (live_fold_ != nullptr) fold_ = live_fold_->Get();
  if (copy.task) {
    task = std::move(copy.task);
    task->SetModels(fold_);
    return Restorer::Follow(*task, mark, source);
  }
  task = std::make_unique<Task>(copy.partition, *fold_, store_, copy.output, settings_.task);
  task->SetModels(fold_);
  task->SetCacheBudget(settings_.cache_bytes_max / static_cast<size_t>(settings_.partitions_max));
  return std::make_unique<Restorer>(*task, mark, source);
}

Status Shadow::FlushSome(bool all) {
  const bool due = all || clock_.Now() >= last_flush_ + settings_.flush_interval;
  for (const auto& [partition, copy] : copies_) {
    const auto held = claims_.Hold(partition, this);
    if (!held || !copy->task) continue;
    if (due || copy->task->WantsFlush()) WAYMARK_RETURN_IF_ERROR(copy->task->Flush());
  }
  if (!due || copies_.empty()) return {};
  last_flush_ = clock_.Now();
  return store_.Flush();
}

void Shadow::Drop(Partition partition) {
  claims_.Release(partition, this);
  copies_.erase(partition);
  probe_.OnShadowDropped(partition);
}

}  // namespace waymark::engine
