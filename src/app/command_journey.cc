#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/command.h"
#include "app/journey_text.h"
#include "app/progress_bar.h"
#include "app/published_models.h"
#include "app/setup.h"
#include "app/state_view.h"
#include "app/table.h"
#include "codec/json.h"

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kOpenTries = 3;

struct JourneyOptions {
  CommonOptions common;
  std::string state;
  bool json = false;
  size_t limit = 50;
  std::vector<std::string> profiles;
  std::string family;
  std::string status;
  std::string stage;
};

// The state folder, the models and a view of both.
struct OpenedState {
  Models models;
  std::unique_ptr<rocks::RocksStore> store;
  std::unique_ptr<StateView> view;
};

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

base::Result<OpenedState> OpenState(const JourneyOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.common));
  const config::Settings& settings = configuration.settings;
  OpenedState state;
  const std::string folder = options.state.empty() ? settings.state.directory : options.state;
  WAYMARK_ASSIGN_OR_RETURN(state.store, OpenStore(folder, settings));
  WAYMARK_ASSIGN_OR_RETURN(state.models, ModelsOfState(*state.store, options.common, settings));
  auto view = StateView::Open(*state.store, *state.models.fold);
  if (!view.ok()) return view.status().WithContext(folder);
  state.view = std::make_unique<StateView>(std::move(view).value());
  if (!state.view->IsOfModels()) {
    std::fprintf(stderr,
                 "waymark: the state was folded under other models: signals shown are those that "
                 "the models at hand would give\n  hint: name its models by --models\n");
  }
  return state;
}

template <class T>
Json JsonOf(const T& value) {
  std::string text;
  codec::EncodeJson(value, text);
  return Json::parse(text);
}

Json ProfileJson(const ProfileView& view) {
  Json json;
  json["partition"] = view.partition.value;
  if (view.horizon > base::Timestamp::min()) json["horizon"] = base::FormatRfc3339(view.horizon);
  json["interactions"] = view.profile.state.interactions;
  json.update(JsonOf(view.journeys));
  Json& steps = json["steps"] = Json::array();
  for (const model::Step& step : view.steps) steps.push_back(JsonOf(step));
  Json& signals = json["signals"] = Json::array();
  for (const model::Signal& signal : view.signals) signals.push_back(JsonOf(signal));
  return json;
}

int ReportUnknown(const std::string& profile) {
  Report({base::StatusCode::kNotFound, "no profile '" + profile + "' in the state",
          "`waymark journey list` names those it holds; an id is the record key, or "
          "namespace:value of the first identifier"});
  return kExitFaults;
}

int RunShow(const JourneyOptions& options) {
  auto state = OpenState(options);
  if (!state.ok()) return Report(state.status());
  int code = kExitFine;
  Json list = Json::array();
  bool first = true;
  for (const std::string& id : options.profiles) {
    auto found = state->view->Find(id);
    if (!found.ok()) return Report(found.status());
    if (!*found) {
      code = ReportUnknown(id);
      continue;
    }
    if (options.json) {
      list.push_back(ProfileJson(**found));
      continue;
    }
    const TextLimits limits{TerminalWidth(), options.limit};
    std::printf("%s%s", first ? "" : "\n", ProfileText(**found, limits).c_str());
    first = false;
  }
  if (options.json) std::printf("%s\n", list.dump(2).c_str());
  return code;
}

bool Matches(const JourneyOptions& options, const model::JourneySummary& journey) {
  return (options.family.empty() || journey.family == options.family) &&
         (options.status.empty() || StatusName(journey.status) == options.status) &&
         (options.stage.empty() || journey.stage == options.stage);
}

bool Matches(const JourneyOptions& options, const model::CustomerJourneys& journeys) {
  if (options.family.empty() && options.status.empty() && options.stage.empty()) return true;
  return std::any_of(journeys.journeys.begin(), journeys.journeys.end(),
                     [&](const model::JourneySummary& j) { return Matches(options, j); });
}

std::string OpenJourneys(const model::CustomerJourneys& journeys) {
  std::string out;
  for (const model::JourneySummary& journey : journeys.journeys) {
    if (journey.status != model::JourneyStatus::kOpen) continue;
    out.append(out.empty() ? "" : ", ").append(journey.family);
    if (!journey.stage.empty()) out.append(":").append(journey.stage);
  }
  return out;
}

Json ListJson(const engine::Profile& profile, const model::CustomerJourneys& journeys) {
  Json json;
  json["id"] = profile.state.profile_id;
  json["interactions"] = profile.state.interactions;
  json["last_seen"] = TimeText(journeys.profile.last_seen);
  Json& open = json["journeys"] = Json::array();
  for (const model::JourneySummary& journey : journeys.journeys) {
    open.push_back({{"family", journey.family},
                    {"model", journey.model},
                    {"status", StatusName(journey.status)},
                    {"stage", journey.stage}});
  }
  return json;
}

int RunList(const JourneyOptions& options) {
  auto state = OpenState(options);
  if (!state.ok()) return Report(state.status());
  Table table({"profile", "interactions", "open journeys", "last seen"});
  Json list = Json::array();
  size_t matched = 0;
  auto status = state->view->ForEach([&](const engine::Profile& profile,
                                         const model::CustomerJourneys& journeys) {
    if (!Matches(options, journeys)) return true;
    if (options.limit != 0 && ++matched > options.limit) return false;
    if (options.json) {
      list.push_back(ListJson(profile, journeys));
    } else {
      table.Add({profile.state.profile_id, Grouped(profile.state.interactions),
                 OpenJourneys(journeys), TimeText(journeys.profile.last_seen)});
    }
    return true;
  });
  if (!status.ok()) return Report(status);
  if (options.json) {
    std::printf("%s\n", list.dump(2).c_str());
    return kExitFine;
  }
  std::printf("%s", table.Text(TerminalWidth()).c_str());
  if (options.limit != 0 && matched > options.limit) {
    std::printf("and more (--limit 0 lists all)\n");
  }
  return kExitFine;
}

void AddState(CLI::App& command, JourneyOptions& options) {
  options.common.AddTo(command, true);
  command.add_option("--state", options.state, "state folder (default: state.directory)")
      ->type_name("DIR");
  command.add_flag("--json", options.json, "machine-readable output");
}

}  // namespace

void AddJourney(CLI::App& app, Action& action) {
  CLI::App* const command =
      app.add_subcommand("journey", "look into the state, also beside a running process");
  command->require_subcommand(1);

  auto show = std::make_shared<JourneyOptions>();
  CLI::App* const show_command =
      command->add_subcommand("show", "everything known of a profile: journeys, steps, signals");
  AddState(*show_command, *show);
  show_command->add_option("PROFILE", show->profiles, "ids of profiles")->required();
  show_command->add_option("--limit", show->limit,
                           "newest steps and signals shown, 0 for all (default 50)");
  show_command->callback([show, &action] { action = [show] { return RunShow(*show); }; });

  auto list = std::make_shared<JourneyOptions>();
  CLI::App* const list_command = command->add_subcommand("list", "the profiles in the state");
  AddState(*list_command, *list);
  list_command->add_option("--limit", list->limit, "profiles listed, 0 for all (default 50)");
  list_command->add_option("--family", list->family, "with a journey of this family");
  list_command->add_option("--status", list->status, "with a journey of this status")
      ->check(CLI::IsMember({"open", "completed", "abandoned", "switched", "expired",
                             "restarted"}));
  list_command->add_option("--stage", list->stage, "with a journey in this stage");
  list_command->callback([list, &action] { action = [list] { return RunList(*list); }; });
}

}  // namespace waymark::app
