#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/live_picture.h"
#include "base/time.h"

namespace waymark::api {

// What became of the records of a deployment, as far as its instances have committed.
struct Quality {
  struct Input {
    std::string topic;
    int64_t consumed = 0;
    int64_t rejected = 0;
    std::optional<int64_t> lag_records;  // nothing: not known
    std::optional<double> lag_seconds;   // age of the last record taken; 0 where none waits
  };
  struct Partition {
    int32_t number = 0;
    std::string holder;  // address of the instance that committed last; empty: it names none
    int64_t consumed = 0;
    int64_t rejected = 0;
    std::optional<base::Timestamp> horizon;  // event time
    std::optional<base::Timestamp> latest;   // event time of the newest interaction
  };
  struct Letter {
    base::Timestamp when;  // it was written
    std::string reason;
    std::string detail;
    std::string topic;
    int32_t partition = 0;
    int64_t offset = 0;
    std::optional<int64_t> time;  // of the event, ms since epoch
  };

  std::optional<base::Timestamp> looked;  // when the group was looked at; nothing: not yet
  int64_t consumed = 0;
  int64_t steps = 0;
  int64_t duplicates = 0;
  int64_t late = 0;
  int64_t ids_derived = 0;
  std::vector<std::pair<std::string, int64_t>> dead_letters;  // by reason
  std::vector<Input> inputs;
  std::vector<Partition> partitions;
  std::optional<std::vector<Letter>> newest;  // nothing: the topic did not answer in time
};

// Beside that, from the figures: where interactions come from, and the names that no model knows.
nlohmann::ordered_json QualityJson(const Quality& quality, const LivePicture& picture,
                                   base::Timestamp now);

}  // namespace waymark::api
