#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "app/command.h"
#include "app/progress_bar.h"
#include "app/run_folder.h"
#include "app/standard_output.h"
#include "app/stop.h"
#include "app/topic_source.h"
#include "base/counted.h"
#include "codec/protobuf.h"
#include "exports/csv_writer.h"
#include "exports/object_log.h"
#include "exports/ocel_json_writer.h"
#include "exports/ocel_sqlite_writer.h"
#include "exports/xes_writer.h"
#include "files/file_source.h"

namespace waymark::app {
namespace {

using exports::ActivityPart;
using exports::CaseBy;

constexpr size_t kSortBytes = 96 << 20;  // memory of the view, and of each sorted part of a log
constexpr int64_t kProgressRecords = 4096;
// Where reading and choosing end on the progress bar.
constexpr double kReadShare = 0.4;
constexpr double kChosenShare = 0.6;

enum class Format { kXes, kOcelJson, kOcelSqlite, kCsv };

struct ExportOptions {
  std::string from;
  Format format = Format::kXes;
  std::string output;
  exports::Selection selection;
  bool has_case = false;
  std::string folder;
  bool force = false;
  bool json = false;

  bool is_ocel() const { return format == Format::kOcelJson || format == Format::kOcelSqlite; }
  bool to_stdout() const { return output == "-"; }
};

// What the command line calls them.
template <class E>
using Names = std::vector<std::pair<std::string, E>>;
const Names<Format> kFormats = {{"xes", Format::kXes},
                                {"ocel-json", Format::kOcelJson},
                                {"ocel-sqlite", Format::kOcelSqlite},
                                {"csv", Format::kCsv}};
const Names<CaseBy> kCases = {{"journey", CaseBy::kJourney},
                              {"session", CaseBy::kSession},
                              {"profile", CaseBy::kProfile}};
const Names<ActivityPart> kActivities = {{"action", ActivityPart::kAction},
                                         {"touchpoint", ActivityPart::kTouchpoint},
                                         {"stage", ActivityPart::kStage},
                                         {"station", ActivityPart::kStation}};

template <class E>
std::string NameOf(const Names<E>& names, E value) {
  const auto at = std::find_if(names.begin(), names.end(),
                               [&](const auto& name) { return name.second == value; });
  return at == names.end() ? "" : at->first;
}

// `name` is one of them.
template <class E>
E ValueOf(const Names<E>& names, const std::string& name) {
  return std::find_if(names.begin(), names.end(), [&](const auto& known) {
           return known.first == name;
         })->second;
}

base::Status CheckOutput(const ExportOptions& options) {
  const std::string& output = options.output;
  if (options.is_ocel() && options.has_case) {
    return {base::StatusCode::kConfig, "--case says nothing in OCEL, whose events have no cases",
            "leave it out, or use --format xes or csv"};
  }
  const bool is_packed = output.ends_with(".gz") || output.ends_with(".zst");
  if (options.format == Format::kOcelSqlite && (options.to_stdout() || is_packed)) {
    return {base::StatusCode::kConfig, "a SQLite database needs a plain file",
            "name one such as journeys.sqlite, or use --format ocel-json"};
  }
  if (options.to_stdout()) return {};
  std::error_code error;
  if (std::filesystem::is_directory(output, error)) {
    return {base::StatusCode::kConfig, output + ": is a folder, not a file", "name a file in it"};
  }
  if (std::filesystem::exists(output, error) && !options.force) {
    return {base::StatusCode::kConfig, output + ": exists already",
            "name another file, or replace it by --force"};
  }
  return {};
}

class Export {
 public:
  Export(const ExportOptions& options, const base::Clock& clock)
      : options_(options),
        bar_(std::in_place, "export", clock),
        folder_(options.folder, "export"),
        view_(std::in_place, files::OutputKind::kSteps, folder_.path(), "steps", kSortBytes) {}

  base::Status Run() {
    WAYMARK_RETURN_IF_ERROR(CheckOutput(options_));
    WAYMARK_RETURN_IF_ERROR(folder_.Make());
    WAYMARK_RETURN_IF_ERROR(Open());
    WAYMARK_RETURN_IF_ERROR(Read());
    WAYMARK_RETURN_IF_ERROR(Choose());
    WAYMARK_RETURN_IF_ERROR(CheckFamily());
    WAYMARK_RETURN_IF_ERROR(log_->Write([this](double share) {
      bar_->Update(kChosenShare + (1 - kChosenShare) * share, records_);
      return Stopped();
    }));
    bar_.reset();
    return {};
  }
  const exports::Summary& summary() const { return log_->summary(); }

 private:
  static base::Status Stopped() {
    return StopFlag() ? base::Status(base::StatusCode::kCancelled, "interrupted") : base::Status();
  }

  base::Status Open() {
    WAYMARK_ASSIGN_OR_RETURN(auto columns, exports::ColumnsOf(options_.selection));
    constexpr base::Millis kConnectTimeout{30'000};
    if (TopicSource::IsAddress(options_.from)) {
      WAYMARK_ASSIGN_OR_RETURN(source_, TopicSource::Open(options_.from, kafka::ClientSettings(),
                                                          kConnectTimeout));
    } else {
      WAYMARK_ASSIGN_OR_RETURN(source_, files::FileSource::Open(options_.from));
    }
    if (!source_->Has(files::OutputKind::kSteps)) {
      return {base::StatusCode::kConfig, options_.from + ": has no steps",
              "events are made of steps: name a folder of replay that has them, or its steps file"};
    }
    return MakeLog(std::move(columns));
  }

  base::Status MakeLog(std::vector<exports::Column> columns) {
    const exports::Selection& selection = options_.selection;
    if (options_.format == Format::kOcelSqlite) {
      WAYMARK_ASSIGN_OR_RETURN(auto file, exports::SqliteFile::Create(options_.output));
      log_ = std::make_unique<exports::ObjectLog>(
          selection, std::move(columns), exports::ObjectLog::EventOrder::kId, folder_.path(),
          kSortBytes, std::make_unique<exports::OcelSqliteWriter>(std::move(file)));
      return {};
    }
    std::unique_ptr<files::ByteWriter> bytes = std::make_unique<StandardOutput>();
    if (!options_.to_stdout()) {
      WAYMARK_ASSIGN_OR_RETURN(bytes, files::OpenForWriting(options_.output));
    }
    if (options_.format == Format::kOcelJson) {
      log_ = std::make_unique<exports::ObjectLog>(
          selection, std::move(columns), exports::ObjectLog::EventOrder::kTime, folder_.path(),
          kSortBytes, std::make_unique<exports::OcelJsonWriter>(std::move(bytes)));
      return {};
    }
    std::unique_ptr<exports::CaseWriter> writer;
    if (options_.format == Format::kXes) {
      writer = std::make_unique<exports::XesWriter>(selection, std::move(columns),
                                                    std::move(bytes));
    } else {
      writer = std::make_unique<exports::CsvWriter>(selection, std::move(columns),
                                                    std::move(bytes));
    }
    log_ = std::make_unique<exports::CaseLog>(selection, folder_.path(), kSortBytes,
                                              std::move(writer));
    return {};
  }

  // The records, in bounded memory, reduced to the canonical view.
  base::Status Read() {
    const auto add = [this](const files::OutputRecord& record) {
      if (++records_ % kProgressRecords == 0) {
        WAYMARK_RETURN_IF_ERROR(Stopped());
        bar_->Update(kReadShare * source_->share(), records_);
      }
      return view_->Add(record);
    };
    WAYMARK_RETURN_IF_ERROR(source_->Read(files::OutputKind::kSteps, add));
    return view_->Sort();
  }

  base::Status Choose() {
    model::Step step;
    while (view_->Next()) {
      if (view_->rows() % kProgressRecords == 0) {
        WAYMARK_RETURN_IF_ERROR(Stopped());
        const auto share = static_cast<double>(view_->rows()) / static_cast<double>(records_);
        bar_->Update(kReadShare + (kChosenShare - kReadShare) * share, records_);
      }
      WAYMARK_RETURN_IF_ERROR(codec::Decode(view_->value(), step));
      for (const model::Placement& placement : step.placements) NoteFamily(placement.family);
      WAYMARK_RETURN_IF_ERROR(log_->Add(step, view_->value()));
    }
    WAYMARK_RETURN_IF_ERROR(view_->status());
    view_.reset();
    return {};
  }

  void NoteFamily(model::Text family) {
    constexpr size_t kFamiliesMax = 64;
    has_family_ |= family == options_.selection.family;
    if (families_.size() < kFamiliesMax) families_.emplace(family);
  }

  base::Status CheckFamily() const {
    if (options_.selection.family.empty() || has_family_) return {};
    std::string known;
    for (const std::string& family : families_) known.append(known.empty() ? "" : ", ") += family;
    return {base::StatusCode::kNotFound,
            options_.from + ": no journey of the family '" + options_.selection.family + "'",
            known.empty() ? "there are no journeys at all" : "there are " + known};
  }

  const ExportOptions& options_;
  std::optional<ProgressBar> bar_;
  RunFolder folder_;
  std::optional<files::CanonicalView> view_;
  std::unique_ptr<files::OutputSource> source_;
  std::unique_ptr<exports::Log> log_;
  int64_t records_ = 0;
  bool has_family_ = false;
  std::set<std::string> families_;
};

std::string SummaryJson(const ExportOptions& options, const exports::Summary& summary) {
  nlohmann::ordered_json json;
  json["format"] = NameOf(kFormats, options.format);
  json["output"] = options.output;
  json["steps"] = summary.steps;
  json["events"] = summary.events;
  if (options.is_ocel()) {
    json["objects"] = nlohmann::ordered_json::object();
    for (const auto& [type, count] : summary.objects) json["objects"][type] = count;
  } else {
    json["case"] = NameOf(kCases, options.selection.case_by);
    json["cases"] = summary.cases;
  }
  json["left_out"] = {{"no_event", summary.no_event}, {"no_case", summary.no_case}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string Counted(int64_t count, const std::string& noun) {
  return Grouped(count) + " " + base::NounFor(count, noun);
}

std::string SummaryText(const ExportOptions& options, const exports::Summary& summary) {
  const std::string unit = NameOf(kCases, options.selection.case_by);
  std::string text = Counted(summary.events, "event");
  if (options.is_ocel()) {
    std::string objects;
    for (const auto& [type, count] : summary.objects) {
      objects.append(objects.empty() ? " of " : ", ") += Counted(count, type);
    }
    text += objects;
  } else {
    text += " in " + Counted(summary.cases, unit);
  }
  text += "\n";
  if (summary.no_event > 0) {
    text += "left out: " + Counted(summary.no_event, "step") +
            " that no journey has (mystery checks, observed walks, corrections)\n";
  }
  if (summary.no_case > 0) {
    const std::string of = options.selection.family.empty()
                               ? unit
                               : "journey of the family " + options.selection.family;
    text += "left out: " + Counted(summary.no_case, "step") + " in no " + of + "\n";
  }
  return text;
}

int RunExport(const ExportOptions& options) {
  CatchStopSignals();
  const base::SystemClock clock;
  Export work(options, clock);
  const base::Status status = work.Run();
  if (!status.ok()) return Report(status);
  const std::string text = options.json ? SummaryJson(options, work.summary())
                                        : SummaryText(options, work.summary());
  std::fputs(text.c_str(), options.to_stdout() ? stderr : stdout);
  return kExitFine;
}

constexpr const char* kHelp =
    "Events are the steps of the canonical view: each interaction once, where it stands now. An\n"
    "interaction that stands in journeys of several families is an event of each. What stands in\n"
    "no journey is in none of these cases; --case profile and OCEL have it, too. Mystery checks,\n"
    "observed walks and corrections are left out of all.\n"
    "\n"
    "  xes          IEEE 1849-2016, a trace a case\n"
    "  csv          a row an event of a case: case, activity, timestamp, …\n"
    "  ocel-json    OCEL 2.0: events with customers, journeys, sessions, accounts, products,\n"
    "  ocel-sqlite  campaigns and contracts, and how stages and personas change\n"
    "\n"
    "Of cases that are no journeys, and of events in OCEL, stage, station and model are those of\n"
    "the journey of --family, else of the first family. The same input gives the same bytes.\n"
    "Exit code: 0 written, 2 usage or nothing of the family, 3 Kafka, 130 interrupted.";

template <class E>
CLI::IsMember OneOf(const Names<E>& names) {
  std::vector<std::string> list;
  for (const auto& [name, value] : names) list.push_back(name);
  return CLI::IsMember(list);
}

void AddSelection(CLI::App& command, ExportOptions& options) {
  exports::Selection& selection = options.selection;
  command
      .add_option_function<std::string>(
          "--case",
          [&options](const std::string& name) {
            options.selection.case_by = ValueOf(kCases, name);
            options.has_case = true;
          },
          "what a case is (default journey)")
      ->type_name("WHAT")
      ->check(OneOf(kCases));
  command
      .add_option_function<std::vector<std::string>>(
          "--activity",
          [&selection](const std::vector<std::string>& names) {
            selection.activity.clear();
            for (const auto& name : names) selection.activity.push_back(ValueOf(kActivities, name));
          },
          "what activities are named by (default action); several, separated by commas, are\n"
          "joined, such as home-page+view")
      ->type_name("WHAT")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(OneOf(kActivities));
  command.add_option("--family", selection.family, "only journeys of this family of models")
      ->type_name("NAME");
  command
      .add_option("--attribute", selection.attributes,
                  "attributes of interactions to tell as well, separated by commas")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--resource", selection.resource,
                  "attribute of interactions that names who did it: org:resource")
      ->type_name("NAME");
}

}  // namespace

void AddExport(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  options->folder = std::filesystem::temp_directory_path().string();
  CLI::App* const command =
      app.add_subcommand("export", "write journeys as an event log for process mining");
  command->footer(kHelp);
  command->add_option("FROM", options->from, "a folder, a file, or kafka://BROKERS/PREFIX")
      ->required();
  command
      ->add_option_function<std::string>(
          "--format",
          [&options = *options](const std::string& name) {
            options.format = ValueOf(kFormats, name);
          },
          "what to write")
      ->required()
      ->type_name("WHAT")
      ->check(OneOf(kFormats));
  command
      ->add_option("--output", options->output,
                   "the file, also .gz and .zst but for SQLite; - is standard output")
      ->required()
      ->type_name("FILE");
  AddSelection(*command, *options);
  command->add_flag("--force", options->force, "replace the file where it exists");
  command->add_option("--temporary", options->folder, "folder for what does not fit into memory")
      ->type_name("DIR");
  command->add_flag("--json", options->json, "machine-readable summary");
  command->callback([options, &action] {
    action = [options] { return RunExport(*options); };
  });
}

}  // namespace waymark::app
