#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "stream/consumer.h"

namespace waymark::engine {

// When a group has used up its input, told by what is committed, whoever of its members did it. A
// member cannot tell by itself: a partition may be on its way from one to another.
class DrainGoal {
 public:
  // `partitions`: of each topic. `horizon`: what every partition's horizon must have come to.
  DrainGoal(const std::vector<std::string>& topics, int partitions,
            std::optional<base::Timestamp> horizon);

  // True when everything up to the ends that the first call found is committed.
  base::Result<bool> IsReached(stream::Consumer& consumer, base::Millis timeout);

 private:
  base::Status NoteEnds(stream::Consumer& consumer, base::Millis timeout);

  std::vector<stream::TopicPartition> inputs_;
  std::vector<stream::OffsetRange> ranges_;  // of each input, once they are known
  std::optional<base::Timestamp> horizon_;
};

}  // namespace waymark::engine
