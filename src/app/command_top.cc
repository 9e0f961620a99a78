#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "app/command.h"
#include "app/stop.h"
#include "app/table.h"
#include "app/terminal.h"
#include "app/top_screen.h"
#include "app/top_source.h"

namespace waymark::app {
namespace {

constexpr int kTickMs = 100;
constexpr base::Millis kIntervalLeast{100};

struct WatchOptions {
  TopOptions of;
  bool once = false;
  bool json = false;
  std::string interval = "2s";
};

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// The last two pictures, and what went wrong since.
class Watched {
 public:
  explicit Watched(TopSource& source) : source_(source) {}

  // Fails where it will not go better by itself, or where nothing was ever known.
  base::Status Look() {
    auto figures = source_.Ask();
    if (figures.ok()) {
      before_ = std::move(now_);
      now_ = std::move(figures).value();
      fault_.clear();
      return {};
    }
    if (!now_ || figures.status().code() != base::StatusCode::kRetriable) return figures.status();
    fault_ = figures.status().message();
    return {};
  }
  std::string Text(std::optional<size_t> width) const {
    const TopFigures* const before = before_ ? &*before_ : nullptr;
    std::string text = TopText(*now_, before, source_.name(), width);
    if (!fault_.empty()) text += "\n" + fault_ + "; asked again and again\n";
    return text;
  }
  std::string Json() const { return TopJson(*now_, before_ ? &*before_ : nullptr); }

 private:
  TopSource& source_;
  std::optional<TopFigures> now_;
  std::optional<TopFigures> before_;
  std::string fault_;
};

base::Status Print(Watched& watched, const WatchOptions& options, base::Millis interval) {
  while (true) {
    WAYMARK_RETURN_IF_ERROR(watched.Look());
    Print(options.json ? watched.Json() : watched.Text(TerminalWidth()));
    if (options.once) return {};
    if (!options.json) Print("\n");
    for (base::Millis waited{0}; waited < interval && !StopFlag(); waited += kIntervalLeast) {
      std::this_thread::sleep_for(std::min(interval - waited, kIntervalLeast));
    }
    if (StopFlag()) return {};
  }
}

// Until `q` or a signal. A picture is asked for each interval, and drawn anew where the terminal
// has another size.
base::Status Show(Watched& watched, base::Millis interval) {
  WAYMARK_RETURN_IF_ERROR(watched.Look());
  const Terminal terminal;
  while (true) {
    Terminal::Size size = Terminal::SizeNow();
    terminal.Draw(watched.Text(size.columns) + "\nq quits");
    for (base::Millis waited{0}; waited < interval; waited += base::Millis(kTickMs)) {
      const auto key = terminal.Key(kTickMs);
      if (StopFlag() || key == 'q' || key == 'Q') return {};
      if (size == Terminal::SizeNow()) continue;
      size = Terminal::SizeNow();
      terminal.Draw(watched.Text(size.columns) + "\nq quits");
    }
    WAYMARK_RETURN_IF_ERROR(watched.Look());
  }
}

int RunTop(const WatchOptions& options) {
  const auto interval = base::ParseDuration(options.interval);
  if (!interval || *interval < kIntervalLeast) {
    return Report({base::StatusCode::kConfig,
                   "--interval: '" + options.interval + "' is no duration of 100ms or more",
                   "such as 2s"});
  }
  const auto source = OpenTopSource(options.of);
  if (!source.ok()) return Report(source.status());
  CatchStopSignals();
  Watched watched(**source);
  const bool is_live = !options.once && !options.json && Terminal::IsThere();
  return Report(is_live ? Show(watched, *interval) : Print(watched, options, *interval));
}

}  // namespace

void AddTop(CLI::App& app, Action& action) {
  CLI::App* const command =
      app.add_subcommand("top", "the journey map of a running instance, live in a terminal");
  auto options = std::make_shared<WatchOptions>();
  options->of.common.AddTo(*command, true);
  command
      ->add_option("--url", options->of.url,
                   "whom to ask: http://HOST:PORT, https://HOST:PORT or kafka://BROKERS/PREFIX "
                   "(default: the instance of this machine, by http.* of the settings)")
      ->type_name("URL");
  command->add_option("--token-file", options->of.token_file, "file with the token it wants")
      ->type_name("FILE");
  command
      ->add_option("--ca-file", options->of.ca_file,
                   "with https: PEM file of who may have signed its certificate (default: whom "
                   "this machine trusts)")
      ->type_name("FILE");
  command
      ->add_option("--model", options->of.model,
                   "which map (default: that of the model with the most journeys)")
      ->type_name("NAME");
  command->add_option("--interval", options->interval, "between two pictures (default: 2s)")
      ->type_name("DURATION");
  command->add_flag("--once", options->once, "one picture, then end");
  command->add_flag("--json", options->json, "a line of JSON for each picture");
  command->callback([options, &action] { action = [options] { return RunTop(*options); }; });
}

}  // namespace waymark::app
