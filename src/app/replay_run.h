#pragma once

#include <string>
#include <vector>

#include "app/setup.h"
#include "files/replay.h"

namespace CLI {
class App;
}

namespace waymark::app {

// What is replayed, and until when: the options of every command that replays.
struct ReplayInput {
  std::vector<std::string> files;
  std::string format;
  std::string mapping;
  std::string now;
  std::string until;
  int workers = 0;

  // `name` is the option that takes the files: "--input".
  void AddTo(CLI::App& command, const std::string& name);
};

// Settings of a replay into a folder; faults of options and files that are missing are in the
// Status.
base::Result<files::ReplaySettings> ReplaySettingsOf(const ReplayInput& input,
                                                     const std::string& output,
                                                     const config::Settings& settings);

// A folder that is removed with what is in it when this goes, unless it is to be kept.
class PassingFolder {
 public:
  PassingFolder(std::string path, bool keep) : path_(std::move(path)), keep_(keep) { Remove(); }
  ~PassingFolder() {
    if (!keep_) Remove();
  }
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  void Remove();
  std::string path_;
  bool keep_;
};

// Replays with a progress bar of this name; the state lies in `state` below the output folder, and
// is removed at the end unless it is to be kept.
base::Result<files::ReplaySummary> RunReplay(const files::ReplaySettings& replay,
                                             const journey::Fold& fold,
                                             const config::Settings& settings, bool keep_state,
                                             const std::string& name);

}  // namespace waymark::app
