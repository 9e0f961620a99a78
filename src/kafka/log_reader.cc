#include "kafka/log_reader.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/log.h"
#include "kafka/errors.h"
#include "kafka/partitions.h"
#include "kafka/watermarks.h"

namespace waymark::kafka {
namespace {
constexpr base::Millis kAnswerTimeout{30'000};
}  // namespace

base::Result<std::unique_ptr<stream::LogReader>> LogReader::Make(const ClientSettings& settings) {
  std::unique_ptr<LogReader> reader(new LogReader());
  WAYMARK_ASSIGN_OR_RETURN(reader->client_, Client::Make(settings, ClientRole::kLogReader));
  WAYMARK_ASSIGN_OR_RETURN(reader->probe_, Client::Make(settings, ClientRole::kAdmin));
  WAYMARK_RETURN_IF_ERROR(MakeStatus(rd_kafka_poll_set_consumer(reader->client_->get()),
                                     "setting up a log reader"));
  return std::unique_ptr<stream::LogReader>(std::move(reader));
}

base::Result<stream::OffsetRange> LogReader::Offsets(const stream::TopicPartition& partition,
                                                     base::Millis timeout) {
  return QueryWatermarks(probe_->get(), partition, timeout);
}

base::Status LogReader::Open(const stream::TopicPartition& partition, base::Offset from) {
  base::AtCrashPoint("reader.open");
  batch_.Clear();
  WAYMARK_ASSIGN_OR_RETURN(const stream::OffsetRange range, Offsets(partition, kAnswerTimeout));
  partition_ = partition;
  position_ = std::max(from, range.begin);
  end_ = range.end;
  return AtEnd() ? StopFetching() : Fetch(position_);
}

base::Status LogReader::Fetch(base::Offset from) {
  const stream::CommittedOffset start{partition_, from, {}};
  const PartitionListHandle list = ToList(std::span(&start, 1));
  return MakeStatus(rd_kafka_assign(client_->get(), list.get()),
                    "reading " + ToText(partition_));
}

base::Status LogReader::StopFetching() {
  return MakeStatus(rd_kafka_assign(client_->get(), nullptr), "ending " + ToText(partition_));
}

base::Result<std::span<const stream::Record>> LogReader::Next(size_t limit,
                                                              base::Millis no_progress) {
  base::AtCrashPoint("reader.next");
  batch_.Clear();
  if (AtEnd()) return batch_.Records();
  Deadline deadline(no_progress);
  while (batch_.size() < limit && !AtEnd()) {
    MessageHandle message = Take(batch_.empty() ? deadline.left() : base::Millis(0));
    if (message) {
      const base::Offset before = position_;
      WAYMARK_RETURN_IF_ERROR(Accept(std::move(message)));
      if (position_ > before) deadline = Deadline(no_progress);
    } else if (!batch_.empty()) {
      break;
    } else if (deadline.passed()) {
      WAYMARK_RETURN_IF_ERROR(OnStalled(no_progress));
    }
  }
  if (AtEnd()) WAYMARK_RETURN_IF_ERROR(StopFetching());
  return batch_.Records();
}

MessageHandle LogReader::Take(base::Millis timeout) {
  return MessageHandle(rd_kafka_consumer_poll(client_->get(), ToTimeout(timeout)));
}

base::Status LogReader::Accept(MessageHandle message) {
  const base::Offset offset(message->offset);
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      if (offset >= end_) {
        position_ = end_;
      } else if (offset >= position_) {
        position_ = base::Offset(offset.value + 1);
        batch_.Add(std::move(message));
      }
      return {};
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // Control records and aborted ones have no message of their own: this is how they are passed.
      position_ = std::max(position_, std::min(offset, end_));
      return {};
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: return OnOffsetGone();
    default: break;
  }
  const std::string what = "reading " + ToText(partition_);
  WAYMARK_RETURN_IF_ERROR(FatalStatus(client_->get(), what));
  return MakeStatus(message->err, what, rd_kafka_message_errstr(message.get()));
}

// Retention took the offset away, or the log was truncated below it.
base::Status LogReader::OnOffsetGone() {
  WAYMARK_ASSIGN_OR_RETURN(const stream::OffsetRange range, Offsets(partition_, kAnswerTimeout));
  if (position_ < range.begin) {
    WAYMARK_WARN("{}: offsets {} to {} were removed while they were read", ToText(partition_),
                 position_.value, range.begin.value);
    position_ = range.begin;
  } else if (range.end < end_) {
    WAYMARK_WARN("{}: the log was truncated from {} to {}", ToText(partition_), end_.value,
                 range.end.value);
    end_ = range.end;
  }
  return AtEnd() ? base::Status() : Fetch(position_);
}

// Nothing came for long: the log was truncated, a transaction hides the rest, its tail was
// compacted away, or the broker does not answer.
base::Status LogReader::OnStalled(base::Millis patience) {
  const std::string where = ToText(partition_);
  WAYMARK_RETURN_IF_ERROR(client_->TakeFault());
  WAYMARK_ASSIGN_OR_RETURN(const stream::OffsetRange all, Offsets(partition_, patience));
  if (all.end < end_) {
    WAYMARK_WARN("{}: the log was truncated from {} to {}", where, end_.value, all.end.value);
    end_ = all.end;
    return {};
  }
  WAYMARK_ASSIGN_OR_RETURN(const stream::OffsetRange stable,
                           QueryWatermarks(client_->get(), partition_, patience));
  if (stable.end < end_) {
    return {base::StatusCode::kRetriable,
            where + ": an open transaction hides the records from offset " +
                std::to_string(stable.end.value) + " on",
            "it ends by itself after the transaction timeout of its producer"};
  }
  return ProbeTail(patience);
}

// Where compaction removed the last records the broker has nothing to answer, and the library tells
// of no end. The broker answers requests of a connection in order: if it answers at the end, then
// nothing at the position, then at the end again, there is nothing between them.
base::Status LogReader::ProbeTail(base::Millis patience) {
  const base::Status silent(base::StatusCode::kRetriable,
                            ToText(partition_) + ": nothing came for " +
                                base::FormatDuration(patience));
  WAYMARK_ASSIGN_OR_RETURN(const bool before, EndAnswers(patience));
  WAYMARK_RETURN_IF_ERROR(Fetch(position_));
  if (!before) return silent;
  if (MessageHandle message = Take(patience)) return Accept(std::move(message));
  WAYMARK_ASSIGN_OR_RETURN(const bool after, EndAnswers(patience));
  if (after) {
    WAYMARK_INFO("{}: no records between {} and the end {}", ToText(partition_), position_.value,
                 end_.value);
    position_ = end_;
    return {};
  }
  WAYMARK_RETURN_IF_ERROR(Fetch(position_));
  return silent;
}

base::Result<bool> LogReader::EndAnswers(base::Millis patience) {
  WAYMARK_RETURN_IF_ERROR(Fetch(end_));
  const MessageHandle message = Take(patience);
  if (!message) return false;
  const bool answered = message->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
                        message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  return answered && message->offset >= end_.value;
}

}  // namespace waymark::kafka
