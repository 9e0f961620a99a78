#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/arena.h"
#include "base/status.h"
#include "config/settings.h"
#include "files/canonical_view.h"
#include "model/signal.h"

namespace waymark::app {

// What was published of a signal: its newest row.
struct PublishedSignal {
  model::Signal signal;
  int64_t rows = 0;  // that were published of it
};

// Published rows of signals, by their ids.
class PublishedSignals {
 public:
  // Of an output folder, a file in it, or kafka://BROKERS/PREFIX; what else a client needs to reach
  // these brokers the settings say.
  base::Status Read(const std::string& source, std::span<const std::string> ids,
                    const config::Settings& settings);
  // Of the output that a replay left beside its state; reads nothing where there is none.
  base::Status ReadBeside(const std::string& state_folder, std::span<const std::string> ids);

  // Null where no row of it was read.
  const PublishedSignal* Find(const std::string& id) const {
    const auto at = signals_.find(id);
    return at == signals_.end() ? nullptr : &at->second;
  }

 private:
  base::Status Read(files::OutputSource& source, std::span<const std::string> ids);
  void Take(const model::Signal& row);

  std::map<std::string, PublishedSignal> signals_;
  base::Arena arena_;
};

}  // namespace waymark::app
