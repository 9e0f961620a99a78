#pragma once

#include <memory>
#include <string>

#include "app/setup.h"
#include "app/state_view.h"
#include "base/status.h"
#include "rocks/rocks_store.h"

namespace waymark::app {

// Which state a command looks into: the common options and --state DIR.
struct StateOptions {
  CommonOptions common;
  std::string state;  // empty: as the settings say

  void AddTo(CLI::App& command);
};

// The state folder, the models and a view of both.
struct OpenedState {
  config::Settings settings;
  std::string folder;
  Models models;
  std::unique_ptr<rocks::RocksStore> store;
  std::unique_ptr<StateView> view;
};

// Opens it to be read alone, also beside a process that writes. Says on standard error where the
// state was folded under other models.
base::Result<OpenedState> OpenState(const StateOptions& options);

}  // namespace waymark::app
