#include "engine/models_topic.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace waymark::engine {
namespace {

using base::Status;
using base::StatusCode;

constexpr size_t kRecordsAtOnce = 100;
constexpr base::Millis kPatience{5'000};
constexpr const char* kUpgradeHint =
    "a newer version of waymark may have published it: run that one on every instance";

std::string_view HeaderOf(const stream::Record& record, std::string_view name) {
  for (const stream::Header& header : record.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::string PlaceOf(const stream::Record& record) {
  return std::string(record.topic) + " offset " + std::to_string(record.offset.value);
}

Status Unreadable(const stream::Record& record, const std::string& why) {
  std::string what = PlaceOf(record) + ": model '" +
                     std::string(record.key.value_or(std::string_view())) + "'";
  const std::string_view publisher = HeaderOf(record, kPublisherHeader);
  if (!publisher.empty()) what += ", published by " + std::string(publisher) + ",";
  return {StatusCode::kConfig, what + " can't be read: " + why, kUpgradeHint};
}

base::Result<PublishedModel> Parse(const stream::Record& record) {
  PublishedModel out;
  out.offset = record.offset;
  out.publisher = HeaderOf(record, kPublisherHeader);
  out.published = base::ParseRfc3339(HeaderOf(record, kPublishedHeader)).value_or(record.timestamp);
  model::DefinitionSet set = model::ParseDefinition(*record.value, PlaceOf(record));
  if (!set.faults.empty()) return Unreadable(record, set.faults.front().text());
  if (set.definitions.empty()) return Unreadable(record, "it holds no journey model");
  out.definition = std::move(set.definitions.front());
  const std::string key = model::DefinitionKey(out.definition.model);
  if (key != record.key) return Unreadable(record, "its value is model '" + key + "'");
  return out;
}

}  // namespace

base::Status ModelsTopic::ReadOn(stream::LogReader& reader, base::Millis patience) {
  const stream::TopicPartition partition{name_, base::Partition(0)};
  WAYMARK_ASSIGN_OR_RETURN(const auto range, reader.Offsets(partition, patience));
  if (range.end < next_) {
    return {StatusCode::kConfig,
            name_ + " ends at offset " + std::to_string(range.end.value) +
                ", but it was read up to " + std::to_string(next_.value) +
                ": the topic was made anew or has lost its end",
            "bring it back, or publish all versions again, in their order, and start anew"};
  }
  if (range.end == next_) return {};
  WAYMARK_RETURN_IF_ERROR(reader.Open(partition, next_));
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const auto records, reader.Next(kRecordsAtOnce, patience));
    if (records.empty()) break;
    for (const stream::Record& record : records) {
      WAYMARK_RETURN_IF_ERROR(Accept(record));
      next_ = base::Offset(record.offset.value + 1);
    }
  }
  next_ = std::max(next_, reader.position());
  return {};
}

base::Status ModelsTopic::ReadToEnd(stream::LogReader& reader, base::Millis total) {
  for (base::Millis left = total;; left -= kPatience) {
    const Status status = ReadOn(reader, std::min(left, kPatience));
    if (status.code() != StatusCode::kRetriable) return status;
    if (left <= kPatience) {
      return {StatusCode::kKafka, "reading the models: " + status.message(), status.hint()};
    }
    WAYMARK_INFO("reading the models, {} so far: {}", models_.size(), status.text());
  }
}

const PublishedModel* ModelsTopic::Find(std::string_view key) const {
  const auto at = by_key_.find(key);
  return at == by_key_.end() ? nullptr : &models_[at->second];
}

base::Status ModelsTopic::Accept(const stream::Record& record) {
  if (!record.value) {
    WAYMARK_WARN("{}: a null value for model '{}' is ignored: versions are never removed, since "
                 "journeys may have run under them; where compaction takes the version away, "
                 "publish it again",
                 PlaceOf(record), record.key.value_or(std::string_view()));
    return {};
  }
  WAYMARK_ASSIGN_OR_RETURN(PublishedModel found, Parse(record));
  const std::string key = model::DefinitionKey(found.definition.model);
  if (const PublishedModel* const known = Find(key)) return TakeAgain(*known, found);
  by_key_.emplace(key, models_.size());
  models_.push_back(std::move(found));
  return {};
}

base::Status ModelsTopic::TakeAgain(const PublishedModel& known,
                                    const PublishedModel& again) const {
  const std::string key = model::DefinitionKey(known.definition.model);
  const std::string difference =
      model::DefinitionDifference(again.definition.json, known.definition.json);
  if (difference.empty()) return {};
  return {StatusCode::kConfig,
          again.definition.model.file + ": model '" + key + "' was published at offset " +
              std::to_string(known.offset.value) + " already, with another definition (" +
              difference + ")",
          "a version never changes: only `waymark model publish` and `waymark run` may write to " +
              name_ + "; write the first definition to this key again, and start anew"};
}

}  // namespace waymark::engine
