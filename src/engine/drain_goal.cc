#include "engine/drain_goal.h"

#include "engine/task_mark.h"

namespace waymark::engine {

DrainGoal::DrainGoal(const std::vector<std::string>& topics, int partitions,
                     std::optional<base::Timestamp> horizon)
    : horizon_(horizon) {
  for (const std::string& topic : topics) {
    for (int p = 0; p < partitions; ++p) inputs_.push_back({topic, base::Partition(p)});
  }
}

base::Status DrainGoal::NoteEnds(stream::Consumer& consumer, base::Millis timeout) {
  std::vector<stream::OffsetRange> ranges;
  for (const stream::TopicPartition& input : inputs_) {
    WAYMARK_ASSIGN_OR_RETURN(const auto range, consumer.Offsets(input, timeout));
    ranges.push_back(range);
  }
  ranges_ = std::move(ranges);
  return {};
}

base::Result<bool> DrainGoal::IsReached(stream::Consumer& consumer, base::Millis timeout) {
  if (ranges_.empty()) WAYMARK_RETURN_IF_ERROR(NoteEnds(consumer, timeout));
  WAYMARK_ASSIGN_OR_RETURN(const auto committed, consumer.Committed(inputs_, timeout));
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (ranges_[i].end == ranges_[i].begin) continue;  // Nothing was there to read.
    if (!committed[i].offset || *committed[i].offset < ranges_[i].end) return false;
    const auto mark = TaskMark::Parse(committed[i].metadata);
    if (horizon_ && (!mark || mark->horizon < *horizon_)) return false;
  }
  return true;
}

}  // namespace waymark::engine
