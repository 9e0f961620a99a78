#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/explanation_text.h"
#include "app/journey_text.h"
#include "app/opened_state.h"
#include "app/progress_bar.h"
#include "app/published_signals.h"
#include "app/table.h"
#include "base/counted.h"
#include "explain/explanation.h"

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

struct ExplainOptions {
  StateOptions of;
  std::vector<std::string> signals;
  std::string profile;
  std::string published;
  int64_t search_max = 1'000'000;
  bool json = false;
};

class Explainer {
 public:
  explicit Explainer(const ExplainOptions& options) : options_(options) {}

  int Run() {
    const base::Status opened = Open();
    if (!opened.ok()) return Report(opened);
    Json list = Json::array();
    int code = kExitFine;
    bool first = true;
    for (const std::string& id : options_.signals) {
      const base::Status status = Explain(id, list, first);
      if (!status.ok()) code = std::max(code, ReportOne(status));
      first = false;
    }
    if (options_.json) {
      std::printf("%s\n", list.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    }
    return code;
  }

 private:
  // That a signal is not there is a finding, not a wrong usage.
  static int ReportOne(const base::Status& status) {
    const int code = Report(status);
    return status.code() == base::StatusCode::kNotFound ? kExitFaults : code;
  }

  base::Status Open() {
    WAYMARK_ASSIGN_OR_RETURN(state_, OpenState(options_.of));
    WAYMARK_RETURN_IF_ERROR(options_.published.empty()
                                ? published_.ReadBeside(state_.folder, options_.signals)
                                : published_.Read(options_.published, options_.signals,
                                                  state_.settings));
    return Search();
  }

  // Those signals of which nothing else says whose they are.
  base::Status Search() {
    if (!options_.profile.empty()) return {};
    std::vector<std::string> ids;
    for (const std::string& id : options_.signals) {
      if (published_.Find(id) == nullptr) ids.push_back(id);
    }
    if (ids.empty()) return {};
    const base::SystemClock clock;
    ProgressBar progress("profiles folded", clock);
    const auto all = static_cast<double>(std::max<int64_t>(state_.view->profiles(), 1));
    auto found = state_.view->FindSignals(ids, options_.search_max, [&](int64_t folded) {
      searched_ = folded;
      progress.Update(static_cast<double>(folded) / all, folded);
    });
    if (!found.ok()) return found.status();
    found_ = std::move(found).value();
    return {};
  }

  // Empty where it is not known.
  std::string ProfileOf(const std::string& id, const PublishedSignal* published) const {
    if (!options_.profile.empty()) return options_.profile;
    if (published != nullptr) return std::string(published->signal.profile_id);
    const auto at = found_.find(id);
    return at == found_.end() ? std::string() : at->second;
  }

  base::Status Explain(const std::string& id, Json& list, bool first) {
    const PublishedSignal* const published = published_.Find(id);
    const std::string profile = ProfileOf(id, published);
    if (profile.empty()) return Unknown(id);
    WAYMARK_ASSIGN_OR_RETURN(const auto view, state_.view->Find(profile));
    if (!view) {
      return {base::StatusCode::kNotFound, "no profile '" + profile + "' in the state",
              "`waymark journey list` names those it holds"};
    }
    const auto explanation = explain::Explain(state_.view->TimelineOf(*view), id);
    if (!explanation) return Gone(id, *view, published);
    const ExplainedSignal explained{*explanation, NoteOf(*view, published)};
    if (options_.json) {
      list.push_back(ExplanationJson(explained));
    } else {
      std::printf("%s%s", first ? "" : "\n", ExplanationText(explained, TerminalWidth()).c_str());
    }
    return {};
  }

  static std::string NoteOf(const ProfileView& view, const PublishedSignal* published) {
    std::string note;
    if (published != nullptr && published->rows > 1) {
      note = "revised: published " + std::to_string(published->rows) + " times, last by revision " +
             std::to_string(published->signal.revision);
    }
    if (published != nullptr && published->signal.retracted) {
      note += std::string(note.empty() ? "" : "; ") +
              "that row retracts it, while the state brings it: one of the two is ahead";
    }
    if (view.journeys.stale) {
      note += std::string(note.empty() ? "" : "; ") +
              "stale: steps that came late are not folded in yet";
    }
    return note;
  }

  base::Status Unknown(const std::string& id) const {
    const bool has_stopped = options_.search_max != 0 && searched_ >= options_.search_max;
    const std::string where = "none of " + Grouped(searched_) + " " +
                              base::NounFor(searched_, "profile") + " brings it";
    return {base::StatusCode::kNotFound, "no signal '" + id + "': " + where,
            has_stopped ? "the search ended at --search-max; name the customer by --profile"
                        : "it may have been retracted, or belong to another state or other models; "
                          "--signals SOURCE reads what was published of it"};
  }

  // The profile is known, and its timeline does not bring the signal.
  static base::Status Gone(const std::string& id, const ProfileView& view,
                           const PublishedSignal* published) {
    const std::string profile(view.journeys.profile.id);
    const std::string hint = "`waymark journey show " + profile + "` tells what it gives now";
    if (published == nullptr) {
      return {base::StatusCode::kNotFound, "profile '" + profile + "' has no signal '" + id + "'",
              "it may have been retracted, or belong to another profile; " + hint};
    }
    const model::Signal& row = published->signal;
    std::string what = std::string(model::ToString(row.kind));
    if (!row.name.empty()) what.append(" ").append(row.name);
    what += " of profile '" + profile + "' at " + TimeText(row.time);
    if (!row.retracted) {
      return {base::StatusCode::kNotFound,
              "signal '" + id + "' (" + what + ") was published, but the state does not bring it",
              "the state is older or newer than what was published, or the models are others; " +
                  hint};
    }
    return {base::StatusCode::kNotFound,
            "signal '" + id + "' (" + what + ") was retracted by revision " +
                std::to_string(row.revision) + InItsPlace(row, view),
            "what came late no longer bears it out; " + hint};
  }

  // Signals of the same kind and name in the same journey, one of which may stand for it now.
  static std::string InItsPlace(const model::Signal& row, const ProfileView& view) {
    std::string out;
    for (const model::Signal& signal : view.signals) {
      const bool is_alike = signal.kind == row.kind && signal.name == row.name &&
                            signal.journey_id == row.journey_id;
      if (!is_alike) continue;
      out.append(out.empty() ? "; alike now: " : ", ").append(signal.id);
      out += " at " + TimeText(signal.time);
    }
    return out;
  }

  const ExplainOptions& options_;
  OpenedState state_;
  PublishedSignals published_;
  StateView::SignalProfiles found_;
  int64_t searched_ = 0;
};

}  // namespace

void AddExplain(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* const command = app.add_subcommand(
      "explain", "why a signal was published: a sentence, the rule, the evidence");
  options->of.AddTo(*command);
  command->add_option("SIGNAL", options->signals, "ids of signals")->required();
  command->add_option("--profile", options->profile,
                      "whose signals they are; without it profiles are searched");
  command
      ->add_option("--signals", options->published,
                   "what was published, by which profiles and retractions are known: a folder, a "
                   "file or kafka://BROKERS/PREFIX (default: the output that a replay left beside "
                   "its state)")
      ->type_name("SOURCE");
  command->add_option("--search-max", options->search_max,
                      "profiles searched at most, 0 for all (default 1000000)");
  command->add_flag("--json", options->json, "machine-readable output");
  command->callback([options, &action] {
    action = [options] { return Explainer(*options).Run(); };
  });
}

}  // namespace waymark::app
