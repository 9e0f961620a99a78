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
#include "engine/trim.h"
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
  std::map<std::string, std::string> measures;  // cells by partition and key
  // Partition and offset of the record, and how often it is a dead letter for this reason.
  std::map<std::tuple<int64_t, int64_t, std::string>, int> dead_letters;
  std::array<int64_t, 4> totals{};  // consumed, steps, duplicates, dead letters
};

// What is looked at.
struct Deployment {
  const journey::Fold& fold;
  stream::MemoryBroker& broker;
  std::string prefix;
  std::string group;
  std::vector<std::string> topics;  // of the input
  int partitions = 0;
  engine::TimelineSettings timeline;
  bool measures = false;
};

// The names of what is not the same; empty: nothing.
std::string Difference(const Published& expected, const Published& actual);

// What a single thread finds that folds each partition's input in one batch, topic by topic.
// Whether something came too late for the timelines is a matter of arrival: it believes the dead
// letters, where the horizon has passed so far. It knows no retention of timelines, and leaves out
// who is to be forgotten at the horizon, in partitions whose format knows of that.
Published OracleOf(const Deployment& deployment, base::Timestamp now, base::Timestamp horizon);

// What is committed; throws where the revisions of a row do not rise, or where a transaction is
// still open.
Published ReadPublished(const Deployment& deployment);

// The journeys of a store that was restored from the topics alone.
std::map<std::string, std::string> RestoredJourneys(const Deployment& deployment);

}  // namespace waymark::test
