#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/dead_letter_record.h"
#include "app/kafka_setup.h"
#include "app/redrive.h"
#include "app/stop.h"
#include "app/table.h"
#include "base/counted.h"
#include "codec/base64.h"
#include "codec/utf8.h"
#include "kafka/admin.h"
#include "kafka/log_reader.h"

namespace waymark::app {
namespace {

using nlohmann::ordered_json;
using model::DeadLetterReason;

constexpr base::Millis kPatience{30'000};
constexpr size_t kRecordsAtOnce = 1000;
constexpr size_t kValueShown = 200;

struct LettersOptions {
  KafkaOptions kafka;
  std::vector<std::string> reasons;
  int64_t limit = 20;
  bool json = false;
};

std::vector<DeadLetterReason> AllReasons() {
  std::vector<DeadLetterReason> all;
  for (int i = 0; i < model::kDeadLetterReasons; ++i) {
    all.push_back(static_cast<DeadLetterReason>(i));
  }
  return all;
}

// Those named, or all.
base::Result<std::vector<DeadLetterReason>> ReasonsOf(const LettersOptions& options) {
  if (options.reasons.empty()) return AllReasons();
  std::vector<DeadLetterReason> wanted;
  for (const std::string& name : options.reasons) {
    const auto reason = model::ParseDeadLetterReason(name);
    if (!reason) {
      std::string known;
      for (const DeadLetterReason r : AllReasons()) {
        known.append(known.empty() ? "" : ", ").append(model::ToString(r));
      }
      return base::Status(base::StatusCode::kConfig, "there is no reason '" + name + "'",
                          "one of " + known);
    }
    wanted.push_back(*reason);
  }
  return wanted;
}

// A letter as it is listed.
struct Listed {
  base::Timestamp when;
  ordered_json json;
};

// Text where it is text, else as base64.
void AddBytes(ordered_json& json, const std::string& name, std::optional<model::Text> bytes) {
  if (!bytes) {
    json[name] = nullptr;
  } else if (codec::IsUtf8(*bytes)) {
    json[name] = *bytes;
  } else {
    std::string text;
    codec::AppendBase64(*bytes, text);
    json[name + "_base64"] = text;
  }
}

Listed ListedOf(const stream::Record& record, const model::DeadLetter& letter) {
  Listed listed{record.timestamp, {}};
  ordered_json& json = listed.json;
  json["when"] = base::FormatRfc3339(record.timestamp);
  json["reason"] = model::ToString(letter.reason);
  json["detail"] = letter.detail;
  json["topic"] = letter.topic;
  json["partition"] = letter.partition;
  json["offset"] = letter.offset;
  if (letter.time) json["time"] = base::FormatRfc3339({*letter.time});
  AddBytes(json, "key", letter.key);
  AddBytes(json, "value", letter.value);
  if (letter.truncated) json["value_hash"] = letter.value_hash;
  return listed;
}

// Reads the topic; of the letters wanted it keeps the newest, or prints each as it comes.
class Listing {
 public:
  Listing(const LettersOptions& options, std::vector<DeadLetterReason> wanted)
      : options_(options), wanted_(std::move(wanted)) {}

  base::Status Read(const config::Settings& settings) {
    const kafka::ClientSettings client = ClientSettingsOf(settings);
    const std::string topic = settings.kafka.prefix + ".dead-letters";
    WAYMARK_RETURN_IF_ERROR(Connect(client, settings));
    WAYMARK_RETURN_IF_ERROR(RequireTopic(client, settings, topic));
    WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(client));
    WAYMARK_ASSIGN_OR_RETURN(const auto infos, admin->Describe({topic}, kPatience));
    WAYMARK_ASSIGN_OR_RETURN(const auto reader, kafka::LogReader::Make(client));
    for (int32_t p = 0; p < infos.front()->partitions; ++p) {
      WAYMARK_RETURN_IF_ERROR(ReadPartition(*reader, {topic, base::Partition(p)}));
    }
    return {};
  }
  void PrintTable() const;
  int64_t found() const { return found_; }

 private:
  base::Status ReadPartition(stream::LogReader& reader, const stream::TopicPartition& at) {
    WAYMARK_RETURN_IF_ERROR(reader.Open(at, base::Offset(0)));
    for (;;) {
      if (StopFlag()) return {base::StatusCode::kCancelled, "interrupted"};
      WAYMARK_ASSIGN_OR_RETURN(const auto records, reader.Next(kRecordsAtOnce, kPatience));
      if (records.empty()) return {};
      for (const stream::Record& record : records) {
        const auto letter = ParseDeadLetter(record);
        if (!letter.ok()) {
          return letter.status().WithContext(at.topic + " partition " +
                                             std::to_string(at.partition.value) + " offset " +
                                             std::to_string(record.offset.value));
        }
        Take(record, *letter);
      }
    }
  }
  void Take(const stream::Record& record, const model::DeadLetter& letter) {
    if (std::find(wanted_.begin(), wanted_.end(), letter.reason) == wanted_.end()) return;
    ++found_;
    ++by_reason_[static_cast<size_t>(letter.reason)];
    if (options_.json) {
      std::printf("%s\n", ListedOf(record, letter)
                              .json.dump(-1, ' ', false, ordered_json::error_handler_t::replace)
                              .c_str());
      return;
    }
    newest_.push_back(ListedOf(record, letter));
    if (newest_.size() >= 2 * static_cast<size_t>(options_.limit) + 1000) KeepNewest();
  }
  void KeepNewest() {
    const auto by_time = [](const Listed& a, const Listed& b) { return a.when < b.when; };
    std::stable_sort(newest_.begin(), newest_.end(), by_time);
    const auto limit = static_cast<size_t>(options_.limit);
    if (newest_.size() <= limit) return;
    newest_.erase(newest_.begin(), newest_.end() - static_cast<ptrdiff_t>(limit));
  }

  const LettersOptions& options_;
  const std::vector<DeadLetterReason> wanted_;
  std::vector<Listed> newest_;
  int64_t found_ = 0;
  std::array<int64_t, model::kDeadLetterReasons> by_reason_{};
};

std::string TextOf(const ordered_json& json, const char* name) {
  const auto at = json.find(name);
  if (at != json.end()) return at->is_string() ? at->get<std::string>() : "";
  const auto bytes = json.find(std::string(name) + "_base64");
  return bytes == json.end() ? "" : "base64:" + bytes->get<std::string>();
}

// One line, of so many letters at most.
std::string Shown(std::string text) {
  text = text.substr(0, kValueShown);
  while (!text.empty() && !codec::IsUtf8(text)) text.pop_back();
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

void Listing::PrintTable() const {
  Listing sorted = *this;
  sorted.KeepNewest();
  Table table({"when", "reason", "detail", "from", "key", "value"});
  for (const Listed& listed : sorted.newest_) {
    const ordered_json& json = listed.json;
    table.Add({TextOf(json, "when"), TextOf(json, "reason"), Shown(TextOf(json, "detail")),
               TextOf(json, "topic") + "/" + json["partition"].dump() + "/" +
                   json["offset"].dump(),
               Shown(TextOf(json, "key")), Shown(TextOf(json, "value"))});
  }
  if (!table.empty()) std::fputs(table.Text(TerminalWidth()).c_str(), stdout);
  std::printf("%s%s", table.empty() ? "" : "\n", base::Counted(found_, "dead letter").c_str());
  for (size_t i = 0; i < by_reason_.size(); ++i) {
    if (by_reason_[i] == 0) continue;
    std::printf("  %s %s", std::string(model::ToString(static_cast<DeadLetterReason>(i))).c_str(),
                std::to_string(by_reason_[i]).c_str());
  }
  const auto shown = static_cast<int64_t>(sorted.newest_.size());
  std::printf("%s\n", shown < found_ ? ("; the newest " + std::to_string(shown) + " shown").c_str()
                                     : "");
}

base::Status List(const LettersOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.kafka.merged()));
  WAYMARK_ASSIGN_OR_RETURN(auto wanted, ReasonsOf(options));
  CatchStopSignals();
  Listing listing(options, std::move(wanted));
  WAYMARK_RETURN_IF_ERROR(listing.Read(configuration.settings));
  if (!options.json) listing.PrintTable();
  return {};
}

void PrintRedriven(const std::vector<std::pair<DeadLetterReason, RedriveCounts>>& all, bool json) {
  ordered_json out = {{"sent", 0}, {"cut", 0}, {"reasons", ordered_json::object()}};
  for (const auto& [reason, counts] : all) {
    if (counts.sent == 0 && counts.cut == 0) continue;
    const std::string name(model::ToString(reason));
    out["sent"] = out["sent"].get<int64_t>() + counts.sent;
    out["cut"] = out["cut"].get<int64_t>() + counts.cut;
    out["reasons"][name] = {{"sent", counts.sent}, {"cut", counts.cut}};
    if (json) continue;
    std::printf("%-20s %s sent back", name.c_str(),
                base::Counted(counts.sent, "dead letter").c_str());
    if (counts.cut > 0) {
      std::printf(", %s can't be: too large, only their beginning was kept",
                  std::to_string(counts.cut).c_str());
    }
    std::printf("\n");
  }
  if (json) {
    std::printf("%s\n", out.dump(2).c_str());
  } else if (out["reasons"].empty()) {
    std::printf("nothing to send back\n");
  }
}

base::Status RedriveAll(const LettersOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.kafka.merged()));
  const config::Settings& settings = configuration.settings;
  WAYMARK_ASSIGN_OR_RETURN(const auto wanted, ReasonsOf(options));
  const kafka::ClientSettings client = ClientSettingsOf(settings);
  WAYMARK_RETURN_IF_ERROR(Connect(client, settings));
  WAYMARK_RETURN_IF_ERROR(
      RequireTopic(client, settings, settings.kafka.prefix + ".dead-letters"));
  CatchStopSignals();
  std::vector<std::pair<DeadLetterReason, RedriveCounts>> all;
  base::Status status;
  for (const DeadLetterReason reason : wanted) {
    Redrive redrive(settings, reason, StopFlag());
    status = redrive.Run();
    all.emplace_back(reason, redrive.counts());
    if (!status.ok()) break;
  }
  // What was sent before a fault counts, and is told.
  PrintRedriven(all, options.json);
  return status;
}

void AddPart(CLI::App& command, Action& action, const char* name, const char* help,
                  base::Status (*work)(const LettersOptions&)) {
  auto options = std::make_shared<LettersOptions>();
  CLI::App* const part = command.add_subcommand(name, help);
  options->kafka.AddTo(*part);
  part->add_option("--reason", options->reasons, "only these, such as bad_value; may be repeated")
      ->allow_extra_args(false)
      ->type_name("REASON");
  part->add_flag("--json", options->json, "as JSON");
  if (work == &List) {
    part->add_option("--limit", options->limit, "how many of the newest to show (default 20)")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}));
  }
  part->callback([options, work, &action] {
    action = [options, work] { return Report(work(*options)); };
  });
}

}  // namespace

void AddDeadLetters(CLI::App& app, Action& action) {
  CLI::App* const command =
      app.add_subcommand("dead-letters", "look at what was refused, and send it back");
  command->require_subcommand(1);
  AddPart(*command, action, "list",
          "print what is in the topic of dead letters; --json: all of it, a line each", &List);
  AddPart(*command, action, "redrive",
          "send dead letters back to where they came from, each once, to be taken in anew",
          &RedriveAll);
}

}  // namespace waymark::app
