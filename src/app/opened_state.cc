#include "app/opened_state.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "app/published_models.h"

namespace waymark::app {
namespace {

constexpr int kOpenTries = 3;

// Read-only, also beside a process that writes: it may delete a file between our listing and
// opening it, which another try makes good.
base::Result<std::unique_ptr<rocks::RocksStore>> OpenStore(const std::string& folder,
                                                           const config::Settings& settings) {
  std::error_code error;
  if (!std::filesystem::exists(folder + "/CURRENT", error)) {
    return base::Status(base::StatusCode::kConfig, folder + ": holds no state",
                        "name the folder by --state (default: state.directory); "
                        "`waymark replay --keep-state` leaves one in OUTPUT/state");
  }
  rocks::RocksSettings rocks = RocksSettingsOf(settings);
  rocks.read_only = true;
  auto store = rocks::RocksStore::Open(folder, rocks);
  for (int tries = 1; !store.ok() && tries < kOpenTries; ++tries) {
    store = rocks::RocksStore::Open(folder, rocks);
  }
  return store;
}

}  // namespace

void StateOptions::AddTo(CLI::App& command) {
  common.AddTo(command, true);
  command.add_option("--state", state, "state folder (default: state.directory)")
      ->type_name("DIR");
}

base::Result<OpenedState> OpenState(const StateOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.common));
  const config::Settings& settings = configuration.settings;
  OpenedState state;
  state.settings = settings;
  state.folder = options.state.empty() ? settings.state.directory : options.state;
  WAYMARK_ASSIGN_OR_RETURN(state.store, OpenStore(state.folder, settings));
  WAYMARK_ASSIGN_OR_RETURN(state.models, ModelsOfState(*state.store, options.common, settings));
  auto view = StateView::Open(*state.store, *state.models.fold);
  if (!view.ok()) return view.status().WithContext(state.folder);
  state.view = std::make_unique<StateView>(std::move(view).value());
  if (!state.view->IsOfModels()) {
    std::fprintf(stderr,
                 "waymark: the state was folded under other models: signals shown are those that "
                 "the models at hand would give\n  hint: name its models by --models\n");
  }
  return state;
}

}  // namespace waymark::app
