#include <algorithm>
#include <utility>

#include "stream/memory_state.h"

namespace waymark::stream {
namespace {

using Clock = std::chrono::steady_clock;

class MemoryTailReader final : public TailReader {
 public:
  MemoryTailReader(MemoryState& state, std::string topic, int32_t partitions)
      : state_(state), topic_(std::move(topic)), positions_(static_cast<size_t>(partitions)),
        from_(positions_.size(), base::Offset(-1)) {}

  base::Result<std::vector<OffsetRange>> Ranges(base::Millis /*timeout*/) override {
    const auto lock = state_.Acquire();
    std::vector<OffsetRange> ranges;
    for (int32_t p = 0; std::cmp_less(p, positions_.size()); ++p) {
      const MemoryLog* const log = state_.FindLog({topic_, base::Partition(p)});
      if (log == nullptr) {
        return base::Status(base::StatusCode::kRetriable, "no such partition of " + topic_);
      }
      ranges.push_back({log->begin(), log->stable_end()});
    }
    return ranges;
  }

  base::Status Start(std::span<const base::Offset> from) override {
    WAYMARK_CHECK(from.size() == positions_.size(), "one offset a partition");
    from_.assign(from.begin(), from.end());
    positions_ = from_;
    return {};
  }

  base::Status Stop() override {
    std::ranges::fill(from_, base::Offset(-1));
    return {};
  }

  base::Result<std::span<const Record>> Poll(base::Millis timeout, size_t limit) override {
    kept_.clear();
    records_.clear();
    WAYMARK_RETURN_IF_ERROR(state_.Fault("tail.poll", topic_));
    const auto deadline = Clock::now() + timeout;
    auto lock = state_.Acquire();
    state_.ExpireTransactions();
    do {
      for (size_t i = 0; i < positions_.size() && records_.size() < limit; ++i) {
        WAYMARK_RETURN_IF_ERROR(Gather((turn_ + i) % positions_.size(), limit));
      }
      ++turn_;
    } while (records_.empty() && state_.Wait(lock, deadline));
    return std::span<const Record>(records_);
  }

  const std::vector<base::Offset>& positions() const override { return positions_; }

 private:
  base::Status Gather(size_t partition, size_t limit) {
    if (from_[partition].value < 0) return {};
    const TopicPartition at{topic_, base::Partition(static_cast<int32_t>(partition))};
    const MemoryLog* const log = state_.FindLog(at);
    base::Offset& position = positions_[partition];
    if (log == nullptr || position < log->begin() || position > log->end()) {
      return {base::StatusCode::kNotFound, "what is to be read of " + topic_ + " is not kept"};
    }
    const size_t first = kept_.size();
    position = log->Read(position, log->stable_end(), limit - records_.size(), kept_);
    const std::string_view topic = state_.topics.find(topic_)->first;
    for (size_t i = first; i < kept_.size(); ++i) {
      records_.push_back(ToRecord(topic, at.partition, *kept_[i]));
    }
    return {};
  }

  MemoryState& state_;
  const std::string topic_;
  std::vector<base::Offset> positions_;
  std::vector<base::Offset> from_;  // negative: not read
  size_t turn_ = 0;
  std::vector<StoredRecordPtr> kept_;
  std::vector<Record> records_;
};

}  // namespace

std::unique_ptr<TailReader> MakeMemoryTailReader(MemoryState& state, std::string topic,
                                                 int32_t partitions) {
  return std::make_unique<MemoryTailReader>(state, std::move(topic), partitions);
}

}  // namespace waymark::stream
