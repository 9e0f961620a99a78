#pragma once

#include <string>

#include "api/measures_follower.h"
#include "base/status.h"
#include "measure/picture.h"

namespace waymark::app {

// All cells of measures from a folder of replay's output, its measures.jsonl itself, or the topic
// behind kafka://BROKERS/PREFIX. kConfig where there are none, with a hint.
base::Status ReadMeasures(const std::string& from, measure::Picture& picture);

// A topic of measures as whoever follows it needs it.
struct MeasureTopic {
  std::string name;
  int partitions = 0;
  api::MeasuresFollower::MakeReader make_reader;
};
// That behind kafka://BROKERS/PREFIX. kKafka where no broker answers, kConfig where there is none.
base::Result<MeasureTopic> FindMeasures(const std::string& address);

}  // namespace waymark::app
