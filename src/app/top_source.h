#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "app/setup.h"
#include "base/status.h"
#include "base/time.h"

namespace waymark::app {

// What `waymark top` looks at, and as whom.
struct TopOptions {
  CommonOptions common;
  std::string url;         // http://, https:// or kafka://; empty: as http.* of the settings say
  std::string token_file;  // empty: http.token of the settings, for an address of theirs alone
  std::string ca_file;
  std::string model;  // empty: the one that most journeys were begun under
};

// What is known at one moment.
struct TopFigures {
  nlohmann::ordered_json map;  // as /api/v1/map gives it
  base::Timestamp time;        // of the asking, by this machine's clock
  bool is_complete = true;     // false: the instance still reads what was published
  // As /metrics tells them; nothing where that can't be reached.
  std::optional<double> consumed;     // records, since the instance started
  std::optional<double> lag_seconds;  // of the input that is furthest behind
};

// Where the figures come from: the API of a running instance, or the topic of measures.
class TopSource {
 public:
  virtual ~TopSource() = default;
  // kRetriable where it may go better next time; else a hint says what to do.
  virtual base::Result<TopFigures> Ask() = 0;
  virtual std::string name() const = 0;  // of the address, for people
};

base::Result<std::unique_ptr<TopSource>> OpenTopSource(const TopOptions& options);

}  // namespace waymark::app
