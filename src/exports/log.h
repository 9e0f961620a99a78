#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/step.h"

namespace waymark::exports {

struct Summary {
  int64_t steps = 0;
  int64_t events = 0;  // written; in cases one for each case it is in
  int64_t cases = 0;
  std::map<std::string, int64_t> objects;  // by type
  // Steps left out: those that are no event, and those that stand in no case that was asked for.
  int64_t no_event = 0;
  int64_t no_case = 0;
};

// Called now and then while writing, with the share that is done; a fault ends the writing.
using Tick = std::function<base::Status(double share)>;

// An event log in the making: takes steps in any order, then writes the whole. Used by one thread.
class Log {
 public:
  virtual ~Log() = default;
  // `bytes`: the step's canonical protobuf.
  virtual base::Status Add(const model::Step& step, std::string_view bytes) = 0;
  // Once, after the last step. The file appears under its name at the end.
  virtual base::Status Write(const Tick& tick) = 0;
  const Summary& summary() const { return summary_; }

 protected:
  Summary summary_;
};

}  // namespace waymark::exports
