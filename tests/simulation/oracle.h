#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/intake.h"
#include "engine/task_mark.h"
#include "journey/fold.h"
#include "stream/memory_broker.h"
#include "support/collecting_output.h"

namespace waymark::test {

// One input record; the partition is the topic's own choice by the key.
struct Input {
  std::string key;
  std::optional<std::string> value;
};

// What readers of the committed topics see in the canonical view, and the totals beside the
// offsets.
struct Published {
  std::map<CollectingOutput::StepKey, std::string> steps;
  std::map<std::string, std::string> signals;
  std::map<std::string, std::string> journeys;
  // Partition and offset of the record, and how often it is a dead letter for this reason.
  std::map<std::tuple<int64_t, int64_t, std::string>, int> dead_letters;
  std::array<int64_t, 4> totals{};  // consumed, steps, duplicates, dead letters
};

// The names of what is not the same; empty: nothing.
std::string Difference(const Published& expected, const Published& actual);

// What a single thread finds that folds each partition's input in one batch, topic by topic.
Published OracleOf(const journey::Fold& fold, stream::MemoryBroker& broker,
                   const std::vector<std::string>& topics, int partitions, base::Timestamp now,
                   base::Timestamp horizon);

// What is committed under the prefix; throws where the revisions of a row do not rise, or where a
// transaction is still open.
Published ReadPublished(stream::MemoryBroker& broker, const std::string& prefix,
                        const std::string& topic, const std::string& group, int partitions);

// The journeys of a store that was restored from the topics alone.
std::map<std::string, std::string> RestoredJourneys(const journey::Fold& fold,
                                                    stream::MemoryBroker& broker,
                                                    const std::string& prefix,
                                                    const std::string& topic,
                                                    const std::string& group, int partitions);

}  // namespace waymark::test
