#pragma once

#include <string>

#include "base/status.h"
#include "measure/picture.h"

namespace waymark::app {

// All cells of measures from a folder of replay's output, its measures.jsonl itself, or the topic
// behind kafka://BROKERS/PREFIX. kConfig where there are none, with a hint.
base::Status ReadMeasures(const std::string& from, measure::Picture& picture);

}  // namespace waymark::app
