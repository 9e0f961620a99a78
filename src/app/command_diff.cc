#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/command.h"
#include "app/json_difference.h"
#include "app/progress_bar.h"
#include "app/run_folder.h"
#include "app/stop.h"
#include "app/topic_source.h"
#include "files/file_source.h"
#include "files/view_diff.h"

namespace waymark::app {
namespace {

using files::OutputKind;

constexpr size_t kViewBytes = 96 << 20;  // memory of one side
constexpr int64_t kProgressRecords = 4096;

struct DiffOptions {
  std::string a;
  std::string b;
  std::vector<std::string> only;
  int64_t most = 10;
  bool json = false;
  bool raw = false;
  std::string folder;
};

struct KindResult {
  OutputKind kind;
  files::ViewCounts counts;
};

class Diff {
 public:
  Diff(const DiffOptions& options, const base::Clock& clock)
      : options_(options), bar_(std::in_place, "diff", clock), folder_(options.folder, "diff") {}

  base::Status Open() {
    WAYMARK_RETURN_IF_ERROR(folder_.Make());
    WAYMARK_ASSIGN_OR_RETURN(a_, OpenSide(options_.a));
    WAYMARK_ASSIGN_OR_RETURN(b_, OpenSide(options_.b));
    return ChooseKinds();
  }

  base::Status Compare() {
    for (size_t i = 0; i < kinds_.size(); ++i) {
      done_ = static_cast<double>(i) / static_cast<double>(kinds_.size());
      WAYMARK_RETURN_IF_ERROR(CompareKind(kinds_[i]));
    }
    bar_.reset();
    return {};
  }

  const std::vector<KindResult>& results() const { return results_; }
  const std::vector<files::RowDifference>& differences() const { return differences_; }
  bool IsSame() const {
    return std::all_of(results_.begin(), results_.end(),
                       [](const KindResult& result) { return result.counts.IsSame(); });
  }

 private:
  static base::Result<std::unique_ptr<files::OutputSource>> OpenSide(const std::string& side) {
    constexpr base::Millis kConnectTimeout{30'000};
    if (TopicSource::IsAddress(side)) {
      return TopicSource::Open(side, kafka::ClientSettings(), kConnectTimeout);
    }
    return files::FileSource::Open(side);
  }

  // What was asked for, else everything that a side has. A side that names a single file has one
  // kind alone, and the other side is then compared in that one.
  base::Status ChooseKinds() {
    const bool single = IsSingle(options_.a) || IsSingle(options_.b);
    for (int k = 0; k < files::kOutputKinds; ++k) {
      const auto kind = static_cast<OutputKind>(k);
      const std::string name(files::ToString(kind));
      const bool asked = std::find(options_.only.begin(), options_.only.end(), name) !=
                         options_.only.end();
      if (!options_.only.empty() && !asked) continue;
      const bool in_a = a_->Has(kind);
      const bool in_b = b_->Has(kind);
      if (in_a && in_b) kinds_.push_back(kind);
      if (in_a == in_b && (in_a || !asked)) continue;
      if (in_a != in_b && single && !asked) continue;
      return {base::StatusCode::kConfig, (in_a ? options_.b : options_.a) + ": has no " + name,
              "name what is to be compared by --only"};
    }
    if (!kinds_.empty()) return {};
    return {base::StatusCode::kConfig,
            options_.a + " and " + options_.b + " hold different outputs",
            "compare steps with steps, signals with signals"};
  }

  static bool IsSingle(const std::string& side) {
    return !TopicSource::IsAddress(side) && !std::filesystem::is_directory(side);
  }

  base::Status CompareKind(OutputKind kind) {
    const std::string name(files::ToString(kind));
    files::CanonicalView a(kind, folder_.path(), "a-" + name, kViewBytes);
    files::CanonicalView b(kind, folder_.path(), "b-" + name, kViewBytes);
    if (options_.raw) {
      a.CompareRawValues();
      b.CompareRawValues();
    }
    WAYMARK_RETURN_IF_ERROR(Load(*a_, kind, a, 0));
    WAYMARK_RETURN_IF_ERROR(Load(*b_, kind, b, 0.5));
    int64_t told = 0;
    const auto tell = [&](const files::RowDifference& difference) {
      if (++told > options_.most) return false;
      differences_.push_back(difference);
      return true;
    };
    WAYMARK_ASSIGN_OR_RETURN(const auto counts, files::CompareViews(kind, a, b, tell));
    results_.push_back({kind, counts});
    return {};
  }

  base::Status Load(files::OutputSource& source, OutputKind kind, files::CanonicalView& view,
                    double offset) {
    const double part = 1.0 / static_cast<double>(kinds_.size());
    WAYMARK_RETURN_IF_ERROR(source.Read(kind, [&](const files::OutputRecord& record) {
      if (++records_ % kProgressRecords == 0) {
        if (StopFlag()) return base::Status(base::StatusCode::kCancelled, "interrupted");
        bar_->Update(done_ + part * (offset + source.share() / 2), records_);
      }
      return view.Add(record);
    }));
    return view.Sort();
  }

  const DiffOptions& options_;
  std::optional<ProgressBar> bar_;
  RunFolder folder_;
  std::unique_ptr<files::OutputSource> a_;
  std::unique_ptr<files::OutputSource> b_;
  std::vector<OutputKind> kinds_;
  std::vector<KindResult> results_;
  std::vector<files::RowDifference> differences_;
  double done_ = 0;
  int64_t records_ = 0;
};

nlohmann::ordered_json JsonOf(const KindResult& result) {
  const files::ViewCounts& counts = result.counts;
  return {{"rows_a", counts.rows_a},       {"rows_b", counts.rows_b},
          {"only_a", counts.only_a},       {"only_b", counts.only_b},
          {"different", counts.different}, {"doubled_a", counts.doubled_a},
          {"doubled_b", counts.doubled_b}};
}

nlohmann::ordered_json JsonOf(const files::RowDifference& difference) {
  nlohmann::ordered_json json;
  json["kind"] = files::ToString(difference.kind);
  if (!difference.a.empty() && !difference.b.empty()) {
    const FieldDifference field = FirstDifference(difference.a, difference.b);
    json["field"] = field.path;
    json["field_a"] = field.a;
    json["field_b"] = field.b;
  }
  if (difference.copies > 1) json["copies"] = difference.copies;
  if (!difference.a.empty()) json["a"] = nlohmann::ordered_json::parse(difference.a);
  if (!difference.b.empty()) json["b"] = nlohmann::ordered_json::parse(difference.b);
  return json;
}

void PrintJson(const Diff& diff) {
  nlohmann::ordered_json json;
  json["same"] = diff.IsSame();
  for (const KindResult& result : diff.results()) {
    json[std::string(files::ToString(result.kind))] = JsonOf(result);
  }
  nlohmann::ordered_json& list = json["differences"] = nlohmann::ordered_json::array();
  for (const files::RowDifference& difference : diff.differences()) {
    list.push_back(JsonOf(difference));
  }
  std::printf("%s\n", json.dump(2).c_str());
}

void PrintDifference(const files::RowDifference& difference) {
  const std::string kind(files::ToString(difference.kind));
  const std::string times =
      difference.copies > 1 ? " (" + Grouped(difference.copies) + " times)" : "";
  if (difference.b.empty()) {
    std::printf("%s: only in A%s\n  A: %s\n", kind.c_str(), times.c_str(), difference.a.c_str());
    return;
  }
  if (difference.a.empty()) {
    std::printf("%s: only in B%s\n  B: %s\n", kind.c_str(), times.c_str(), difference.b.c_str());
    return;
  }
  const FieldDifference field = FirstDifference(difference.a, difference.b);
  std::printf("%s: %s is %s in A, %s in B\n  A: %s\n  B: %s\n", kind.c_str(), field.path.c_str(),
              field.a.c_str(), field.b.c_str(), difference.a.c_str(), difference.b.c_str());
}

void PrintText(const Diff& diff) {
  for (const files::RowDifference& difference : diff.differences()) PrintDifference(difference);
  std::printf("%-14s %14s %14s %10s %10s %10s %10s\n", "", "rows in A", "rows in B", "only in A",
              "only in B", "different", "doubled");
  int64_t differing = 0;
  for (const auto& [kind, counts] : diff.results()) {
    differing += counts.only_a + counts.only_b + counts.different;
    const std::string doubled =
        Grouped(counts.doubled_a) + "/" + Grouped(counts.doubled_b);
    std::printf("%-14s %14s %14s %10s %10s %10s %10s\n", std::string(files::ToString(kind)).c_str(),
                Grouped(counts.rows_a).c_str(), Grouped(counts.rows_b).c_str(),
                Grouped(counts.only_a).c_str(), Grouped(counts.only_b).c_str(),
                Grouped(counts.different).c_str(), doubled.c_str());
  }
  const auto shown = static_cast<int64_t>(diff.differences().size());
  if (differing > shown) {
    std::printf("%s rows differ, %s of the differences shown (--most)\n",
                Grouped(differing).c_str(), Grouped(shown).c_str());
  }
  std::printf("%s\n", diff.IsSame() ? "no difference" : "the outputs differ");
}

int RunDiff(const DiffOptions& options) {
  CatchStopSignals();
  const base::SystemClock clock;
  Diff diff(options, clock);
  base::Status status = diff.Open();
  if (status.ok()) status = diff.Compare();
  if (!status.ok()) {
    const int code = Report(status);
    // A difference is not the same as not having been able to look.
    return code == kExitFaults ? kExitUsage : code;
  }
  options.json ? PrintJson(diff) : PrintText(diff);
  return diff.IsSame() ? kExitFine : kExitFaults;
}

}  // namespace

void AddDiff(CLI::App& app, Action& action) {
  auto options = std::make_shared<DiffOptions>();
  options->folder = std::filesystem::temp_directory_path().string();
  CLI::App* const command =
      app.add_subcommand("diff", "compare two outputs on their canonical view");
  command->footer(
      "Of each row the highest revision counts, without retracted rows and without what depends\n"
      "on transport or arrival. Dead letters are compared by reason and event time, each as often\n"
      "as it occurs: their origins differ between files and topics, and so may their raw values.\n"
      "Doubled: raw records written twice with the same row key, revision and content.\n"
      "Exit code: 0 same, 1 different, 2 usage.");
  command->add_option("A", options->a, "a folder, a file, or kafka://BROKERS/PREFIX")->required();
  command->add_option("B", options->b, "the other side")->required();
  command->add_option("--only", options->only, "kinds to compare, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"steps", "signals", "journeys", "dead-letters"}));
  command->add_option("--most", options->most, "differences to show of each kind (default 10)")
      ->check(CLI::Range(int64_t{0}, int64_t{1'000'000}));
  command->add_option("--temporary", options->folder, "folder for what does not fit into memory")
      ->type_name("DIR");
  command->add_flag("--raw", options->raw, "compare the raw values of dead letters too");
  command->add_flag("--json", options->json, "machine-readable output");
  command->callback([options, &action] { action = [options] { return RunDiff(*options); }; });
}

}  // namespace waymark::app
