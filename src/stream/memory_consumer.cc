#include <algorithm>
#include <utility>

#include "stream/memory_state.h"

namespace waymark::stream {
namespace {

using Clock = std::chrono::steady_clock;

class MemoryConsumer final : public Consumer {
 public:
  MemoryConsumer(MemoryState& state, std::string group)
      : state_(state), group_name_(std::move(group)) {}
  ~MemoryConsumer() override {
    const auto lock = state_.Acquire();
    state_.Leave(group_name_, member_name_);
  }

  base::Status Subscribe(const std::vector<std::string>& topics,
                         RebalanceListener& listener) override {
    listener_ = &listener;
    topics_ = topics;
    const auto lock = state_.Acquire();
    if (member_name_.empty()) {
      member_name_ = group_name_ + "-" + std::to_string(++group().joins);
    }
    state_.Join(group_name_, member_name_, topics_);
    return {};
  }

  base::Result<std::span<const Record>> Poll(base::Millis timeout, size_t limit) override {
    kept_.clear();
    records_.clear();
    WAYMARK_RETURN_IF_ERROR(state_.Fault("consumer.poll", member_name_));
    const auto deadline = Clock::now() + timeout;
    auto lock = state_.Acquire();
    state_.ExpireTransactions();
    do {
      WAYMARK_RETURN_IF_ERROR(FollowGroup(lock));
      Gather(limit);
    } while (records_.empty() && state_.Wait(lock, deadline));
    return std::span<const Record>(records_);
  }

  base::Result<std::vector<CommittedOffset>> Committed(std::span<const TopicPartition> partitions,
                                                       base::Millis timeout) override {
    WAYMARK_RETURN_IF_ERROR(state_.Fault("consumer.committed", member_name_));
    const auto deadline = Clock::now() + timeout;
    auto lock = state_.Acquire();
    state_.ExpireTransactions();
    const auto pending = [&](const TopicPartition& partition) {
      return state_.HasPendingOffset(group_name_, partition);
    };
    while (std::any_of(partitions.begin(), partitions.end(), pending)) {
      if (!state_.Wait(lock, deadline)) {
        return base::Status(base::StatusCode::kRetriable,
                            "committed offsets are not stable: a transaction is open");
      }
    }
    std::vector<CommittedOffset> offsets;
    for (const TopicPartition& partition : partitions) offsets.push_back(CommittedAt(partition));
    return offsets;
  }

  base::Result<OffsetRange> Offsets(const TopicPartition& partition,
                                    base::Millis /*timeout*/) override {
    WAYMARK_RETURN_IF_ERROR(state_.Fault("consumer.offsets", member_name_));
    const auto lock = state_.Acquire();
    const MemoryLog* log = state_.FindLog(partition);
    if (log == nullptr) {
      return base::Status(base::StatusCode::kRetriable, "no such partition of " + partition.topic);
    }
    return OffsetRange{log->begin(), log->stable_end()};
  }

  std::optional<base::Offset> DrainedAt(const TopicPartition& partition) const override {
    const auto owned = owned_.find(partition);
    return owned == owned_.end() || !owned->second.drained ? std::nullopt
                                                           : owned->second.position;
  }

  base::Status Seek(std::span<const CommittedOffset> positions) override {
    for (const CommittedOffset& position : positions) {
      WAYMARK_CHECK(position.offset.has_value(), "a position to seek to has an offset");
      const auto owned = owned_.find(position.at);
      if (owned == owned_.end()) return NotOwned("seeking", position.at);
      owned->second.position = position.offset;
      owned->second.drained = false;
    }
    return {};
  }

  base::Status Pause(std::span<const TopicPartition> partitions) override {
    return SetPaused(partitions, true);
  }
  base::Status Resume(std::span<const TopicPartition> partitions) override {
    return SetPaused(partitions, false);
  }

  base::Result<std::unique_ptr<GroupMetadata>> FetchGroupMetadata() override {
    const auto lock = state_.Acquire();
    if (!group().members.contains(member_name_) || generation_ != group().generation) {
      return base::Status(base::StatusCode::kAbort,
                          "this consumer is no member of its group at present");
    }
    auto metadata = std::make_unique<MemoryGroupMetadata>();
    metadata->group = group_name_;
    metadata->member = member_name_;
    metadata->generation = generation_;
    return std::unique_ptr<GroupMetadata>(std::move(metadata));
  }

  bool IsAssignmentLost() const override {
    const auto lock = state_.Acquire();
    return !owned_.empty() && !state_.groups[group_name_].members.contains(member_name_);
  }

  base::Status Close() override {
    auto lock = state_.Acquire();
    const bool lost = !group().members.contains(member_name_);
    base::Status told = GiveUp(lock, lost);
    state_.Leave(group_name_, member_name_);
    listener_ = nullptr;
    return told;
  }

 private:
  struct Owned {
    std::optional<base::Offset> position;  // nothing: not looked up yet
    bool paused = false;
    bool drained = false;
  };

  MemoryGroup& group() { return state_.groups[group_name_]; }

  static base::Status NotOwned(std::string_view what, const TopicPartition& partition) {
    return {base::StatusCode::kKafka, std::string(what) + ": " + partition.topic + "[" +
                                          std::to_string(partition.partition.value) +
                                          "] is not assigned to this consumer"};
  }

  base::Status SetPaused(std::span<const TopicPartition> partitions, bool paused) {
    for (const TopicPartition& partition : partitions) {
      const auto owned = owned_.find(partition);
      if (owned == owned_.end()) return NotOwned("pausing", partition);
      owned->second.paused = paused;
    }
    return {};
  }

  CommittedOffset CommittedAt(const TopicPartition& partition) {
    const auto committed = group().committed.find(partition);
    if (committed == group().committed.end()) return {partition, std::nullopt, {}};
    return committed->second;
  }

  // Takes the steps of a rebalance that are this member's. The listener is told without the lock.
  base::Status FollowGroup(MemoryState::Lock& lock) {
    if (listener_ == nullptr) return {};
    if (!group().members.contains(member_name_)) {
      WAYMARK_RETURN_IF_ERROR(GiveUp(lock, true));
      state_.Join(group_name_, member_name_, topics_);
    }
    if (group().rebalancing && !group().members[member_name_].prepared) {
      base::Status told = GiveUp(lock, false);
      // The session may have been ended while the listener worked.
      if (const auto self = group().members.find(member_name_); self != group().members.end()) {
        self->second.prepared = true;
        state_.CompleteRebalance(group());
      }
      if (!told.ok()) return told;
    }
    if (!group().rebalancing && generation_ != group().generation) return TakeOver(lock);
    return {};
  }

  base::Status GiveUp(MemoryState::Lock& lock, bool lost) {
    std::vector<TopicPartition> partitions;
    for (const auto& [partition, unused] : owned_) partitions.push_back(partition);
    base::Status told;
    if (!partitions.empty() && listener_ != nullptr) {
      lock.unlock();
      told = lost ? listener_->OnLost(partitions) : listener_->OnRevoked(partitions);
      lock.lock();
    }
    owned_.clear();
    generation_ = -1;
    return told;
  }

  base::Status TakeOver(MemoryState::Lock& lock) {
    const auto self = group().members.find(member_name_);
    if (self == group().members.end()) return {};
    const std::vector<TopicPartition> partitions = self->second.assigned;
    generation_ = group().generation;
    for (const TopicPartition& partition : partitions) owned_[partition] = {};
    lock.unlock();
    base::Status told = listener_->OnAssigned(partitions);
    lock.lock();
    return told;
  }

  // Fills the batch from the partitions in turn, another one first each time.
  void Gather(size_t limit) {
    if (owned_.empty()) return;
    auto at = owned_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(turn_++ % owned_.size()));
    for (size_t i = 0; i < owned_.size(); ++i) {
      if (!at->second.paused) GatherFrom(at->first, at->second, limit);
      if (++at == owned_.end()) at = owned_.begin();
    }
  }

  void GatherFrom(const TopicPartition& partition, Owned& owned, size_t limit) {
    const MemoryLog* log = state_.FindLog(partition);
    if (!owned.position) {
      if (state_.HasPendingOffset(group_name_, partition)) return;
      owned.position = CommittedAt(partition).offset.value_or(log->begin());
    }
    // Out of range: from the earliest, as auto.offset.reset says.
    if (*owned.position < log->begin() || *owned.position > log->end()) {
      owned.position = log->begin();
    }
    const size_t first = kept_.size();
    owned.position =
        log->Read(*owned.position, log->stable_end(), limit - records_.size(), kept_);
    owned.drained = *owned.position >= log->stable_end();
    const std::string_view topic = state_.topics.find(partition.topic)->first;
    for (size_t i = first; i < kept_.size(); ++i) {
      records_.push_back(ToRecord(topic, partition.partition, *kept_[i]));
    }
  }

  MemoryState& state_;
  const std::string group_name_;
  std::string member_name_;
  std::vector<std::string> topics_;
  RebalanceListener* listener_ = nullptr;
  int64_t generation_ = -1;  // of what is owned
  std::map<TopicPartition, Owned> owned_;
  size_t turn_ = 0;
  std::vector<StoredRecordPtr> kept_;
  std::vector<Record> records_;
};

class MemoryLogReader final : public LogReader {
 public:
  explicit MemoryLogReader(MemoryState& state) : state_(state) {}

  base::Result<OffsetRange> Offsets(const TopicPartition& partition,
                                    base::Millis /*timeout*/) override {
    const auto lock = state_.Acquire();
    const MemoryLog* log = state_.FindLog(partition);
    if (log == nullptr) {
      return base::Status(base::StatusCode::kRetriable, "no such partition of " + partition.topic);
    }
    return OffsetRange{log->begin(), log->end()};
  }

  base::Status Open(const TopicPartition& partition, base::Offset from) override {
    kept_.clear();
    records_.clear();
    WAYMARK_RETURN_IF_ERROR(state_.Fault("reader.open", partition.topic));
    WAYMARK_ASSIGN_OR_RETURN(const OffsetRange range, Offsets(partition, base::Millis(0)));
    partition_ = partition;
    position_ = std::max(from, range.begin);
    end_ = range.end;
    return {};
  }

  base::Result<std::span<const Record>> Next(size_t limit, base::Millis no_progress) override {
    kept_.clear();
    records_.clear();
    WAYMARK_RETURN_IF_ERROR(state_.Fault("reader.next", partition_.topic));
    const auto deadline = Clock::now() + no_progress;
    auto lock = state_.Acquire();
    state_.ExpireTransactions();
    for (;;) {
      if (position_ >= end_) return std::span<const Record>();
      const MemoryLog* log = state_.FindLog(partition_);
      position_ = log->Read(position_, end_, limit, kept_);
      if (!kept_.empty()) break;
      if (position_ < end_ && !state_.Wait(lock, deadline)) {
        return base::Status(base::StatusCode::kRetriable,
                            partition_.topic + ": an open transaction hides what follows offset " +
                                std::to_string(position_.value));
      }
    }
    const std::string_view topic = state_.topics.find(partition_.topic)->first;
    for (const StoredRecordPtr& stored : kept_) {
      records_.push_back(ToRecord(topic, partition_.partition, *stored));
    }
    return std::span<const Record>(records_);
  }

  base::Offset position() const override { return position_; }
  base::Offset end() const override { return end_; }

 private:
  MemoryState& state_;
  TopicPartition partition_;
  base::Offset position_;
  base::Offset end_;
  std::vector<StoredRecordPtr> kept_;
  std::vector<Record> records_;
};

}  // namespace

std::unique_ptr<Consumer> MakeMemoryConsumer(MemoryState& state, std::string group) {
  return std::make_unique<MemoryConsumer>(state, std::move(group));
}

std::unique_ptr<LogReader> MakeMemoryLogReader(MemoryState& state) {
  return std::make_unique<MemoryLogReader>(state);
}

}  // namespace waymark::stream
