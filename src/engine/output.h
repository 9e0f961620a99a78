#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"
#include "model/dead_letter.h"
#include "model/signal.h"

namespace waymark::engine {

enum class OutputTopic { kSteps, kSignals, kJourneys, kMeasures };

// Where a task's records go. Views need to live only during the call.
class Output {
 public:
  virtual ~Output() = default;
  // A record of a partition's output, keyed by the profile (of measures by the cell's key); no
  // value is a tombstone.
  virtual base::Status Write(OutputTopic topic, base::Partition partition, std::string_view key,
                             std::optional<std::string_view> value) = 0;
  // A record of the signals topic, which an output may have its own form for.
  virtual base::Status WriteSignal(base::Partition partition, const model::Signal& signal) = 0;
  virtual base::Status WriteDeadLetter(base::Partition partition,
                                       const model::DeadLetter& letter) = 0;

  // The trace of what the steps and signals to come belong to; empty: to none. It must live until
  // the next call.
  void SetTrace(std::string_view traceparent) { traceparent_ = traceparent; }

 protected:
  std::string_view traceparent() const { return traceparent_; }

 private:
  std::string_view traceparent_;
};

}  // namespace waymark::engine
