#include "app/measure_source.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/dates.h"
#include "app/topic_source.h"
#include "files/byte_reader.h"
#include "kafka/admin.h"
#include "kafka/client.h"
#include "kafka/log_reader.h"
#include "measure/names.h"

namespace waymark::app {
namespace {

using base::Status;
using base::StatusCode;
using Json = nlohmann::json;

constexpr base::Millis kPatience{30'000};
constexpr size_t kBatch = 10'000;
constexpr size_t kReadBytes = 1 << 20;

// A key with texts that live in the row.
bool KeyOf(const Json& row, measure::CellKey& key) {
  const auto text = [&](const std::string& name) -> model::Text {
    const auto at = row.find(name);
    return at == row.end() || !at->is_string() ? model::Text()
                                               : model::Text(at->get_ref<const std::string&>());
  };
  const auto kind = measure::ParseCellKind(text("kind"));
  if (!kind) return false;
  key = {};
  key.kind = *kind;
  if (*kind != measure::CellKind::kStanding) {
    const auto day = api::ParseDay(text("day"));
    if (!day) return false;
    key.day = *day;
  }
  key.family = text("family");
  key.model = text("model");
  key.model_version = row.value("model_version", 0);
  key.persona = text("persona");
  key.target_group = text("target_group");
  const auto& names = measure::PartNames(*kind);
  for (size_t part = 0; part < names.size(); ++part) {
    if (!names[part].empty()) key.parts[part] = text(std::string(names[part]));
  }
  return true;
}

bool TakeRow(const std::string& line, measure::Picture& picture) {
  const Json row = Json::parse(line, nullptr, false);
  measure::CellKey key;
  if (!row.is_object() || !KeyOf(row, key) || !row.contains("counts")) return false;
  measure::Cell cell;
  for (const auto& [name, count] : row["counts"].items()) {
    const auto slot = measure::ParseSlot(name);
    if (!slot || !count.is_number_integer()) return false;
    cell.Add(*slot, count.get<int64_t>());
  }
  std::string key_bytes;
  std::string cell_bytes;
  measure::AppendKey(key, key_bytes);
  cell.AppendTo(cell_bytes);
  return picture.Take(0, key_bytes, cell_bytes);
}

Status ReadLines(const std::string& path, measure::Picture& picture) {
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, files::OpenForReading(path));
  std::string pending;
  int64_t number = 0;
  const auto take = [&](const std::string& line) -> Status {
    ++number;
    if (line.empty() || TakeRow(line, picture)) return {};
    return {StatusCode::kInvalid, path + ":" + std::to_string(number) + ": no cell of measures",
            "the file is as `waymark replay` writes it"};
  };
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const bool more, reader->Read(kReadBytes, pending));
    size_t from = 0;
    for (size_t end = 0; (end = pending.find('\n', from)) != std::string::npos; from = end + 1) {
      WAYMARK_RETURN_IF_ERROR(take(pending.substr(from, end - from)));
    }
    pending.erase(0, from);
    if (!more) return pending.empty() ? Status() : take(pending);
  }
}

Status ReadTopic(const std::string& address, measure::Picture& picture) {
  WAYMARK_ASSIGN_OR_RETURN(const MeasureTopic topic, FindMeasures(address));
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, topic.make_reader());
  for (int32_t p = 0; p < topic.partitions; ++p) {
    WAYMARK_RETURN_IF_ERROR(reader->Open({topic.name, base::Partition(p)}, base::Offset(0)));
    while (true) {
      WAYMARK_ASSIGN_OR_RETURN(const auto records, reader->Next(kBatch, kPatience));
      if (records.empty()) break;
      for (const stream::Record& record : records) {
        if (picture.Take(p, record.key.value_or(std::string_view()), record.value)) continue;
        return {StatusCode::kInvalid,
                topic.name + "[" + std::to_string(p) + "] offset " +
                    std::to_string(record.offset.value) + ": no cell of measures",
                "a newer version, or somebody else, has written it"};
      }
    }
  }
  return {};
}

}  // namespace

base::Result<MeasureTopic> FindMeasures(const std::string& address) {
  WAYMARK_ASSIGN_OR_RETURN(const TopicAddress at, ParseTopicAddress(address));
  kafka::ClientSettings client;
  client.brokers = at.brokers;
  MeasureTopic topic;
  topic.name = at.prefix + ".measures";
  WAYMARK_RETURN_IF_ERROR(kafka::WaitForBroker(client, kPatience));
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(client));
  WAYMARK_ASSIGN_OR_RETURN(const auto infos, admin->Describe({topic.name}, kPatience));
  if (!infos.front()) {
    return Status(StatusCode::kConfig, address + ": no topic named " + topic.name,
                  "name the prefix of the topics (kafka.prefix) after the brokers");
  }
  topic.partitions = infos.front()->partitions;
  topic.make_reader = [client]() -> base::Result<std::unique_ptr<stream::LogReader>> {
    WAYMARK_ASSIGN_OR_RETURN(auto reader, kafka::LogReader::Make(client));
    return reader;
  };
  return topic;
}

Status ReadMeasures(const std::string& from, measure::Picture& picture) {
  if (TopicSource::IsAddress(from)) return ReadTopic(from, picture);
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(from, error)) {
    return {StatusCode::kIo, from + ": no such file or folder",
            "name a folder that `waymark replay` has written, or kafka://BROKERS/PREFIX"};
  }
  if (!fs::is_directory(from, error)) return ReadLines(from, picture);
  for (const char* suffix : {"", ".gz", ".zst"}) {
    const std::string path = from + "/measures.jsonl" + suffix;
    if (fs::exists(path, error)) return ReadLines(path, picture);
  }
  return {StatusCode::kConfig, from + ": has no measures.jsonl",
          "`waymark replay --output DIR` writes it, unless measures.enabled is false"};
}

}  // namespace waymark::app
