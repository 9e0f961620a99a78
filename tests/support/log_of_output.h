#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "engine/stream_output.h"
#include "stream/consumer.h"
#include "support/collecting_output.h"

namespace waymark::test {

// Reads what an output has collected as the one partition of its topics.
class LogOfOutput final : public stream::LogReader {
 public:
  LogOfOutput(const CollectingOutput& output, const engine::TopicNames& topics)
      : output_(output), topics_(topics) {}

  base::Result<stream::OffsetRange> Offsets(const stream::TopicPartition& at,
                                            base::Millis /*timeout*/) override {
    const engine::OutputTopic topic = TopicOf(at);
    if (topic == silent_) {
      silent_.reset();
      return base::Status(base::StatusCode::kRetriable, "no answer");
    }
    const int64_t begin = topic == engine::OutputTopic::kSteps ? steps_begin_.value : 0;
    return stream::OffsetRange{base::Offset(begin), base::Offset(End(topic))};
  }
  base::Status Open(const stream::TopicPartition& at, base::Offset from) override {
    topic_ = TopicOf(at);
    position_ = from;
    if (topic_ == engine::OutputTopic::kSteps) position_ = std::max(from, steps_begin_);
    return {};
  }
  base::Result<std::span<const stream::Record>> Next(size_t limit, base::Millis) override {
    batch_.clear();
    int64_t offset = 0;
    for (const CollectingOutput::Record& record : output_.records) {
      if (record.topic != topic_) continue;
      if (offset++ < position_.value || batch_.size() == limit) continue;
      stream::Record& added = batch_.emplace_back();
      added.offset = base::Offset(offset - 1);
      added.key = record.profile_id;
      if (record.value) added.value = *record.value;
    }
    position_.value += static_cast<int64_t>(batch_.size());
    return std::span<const stream::Record>(batch_);
  }
  base::Offset position() const override { return position_; }
  base::Offset end() const override { return base::Offset(End(topic_)); }

  // The next question for the offsets of this topic gets no answer.
  void FallSilent(engine::OutputTopic topic) { silent_ = topic; }
  // As the topic's retention does.
  void RemoveStepsBefore(base::Offset offset) { steps_begin_ = offset; }

 private:
  engine::OutputTopic TopicOf(const stream::TopicPartition& at) const {
    if (at.topic == topics_.steps) return engine::OutputTopic::kSteps;
    return at.topic == topics_.measures ? engine::OutputTopic::kMeasures
                                        : engine::OutputTopic::kJourneys;
  }
  int64_t End(engine::OutputTopic topic) const {
    return static_cast<int64_t>(output_.Count(topic));
  }

  const CollectingOutput& output_;
  const engine::TopicNames& topics_;
  engine::OutputTopic topic_ = engine::OutputTopic::kSteps;
  base::Offset position_{0};
  base::Offset steps_begin_{0};
  std::optional<engine::OutputTopic> silent_;
  std::vector<stream::Record> batch_;
};

}  // namespace waymark::test
