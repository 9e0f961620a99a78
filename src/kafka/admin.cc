#include "kafka/admin.h"

#include <algorithm>
#include <array>
#include <span>

#include "kafka/errors.h"
#include "kafka/retry.h"

namespace waymark::kafka {
namespace {

// Told even where they are the brokers' defaults: what Waymark checks at its start.
constexpr std::array<std::string_view, 7> kAlwaysTold = {
    "cleanup.policy",    "delete.retention.ms",    "max.message.bytes",
    "min.insync.replicas", "message.timestamp.type", "retention.bytes", "retention.ms"};

base::Result<NewTopicHandle> MakeNewTopic(const stream::TopicSpec& spec) {
  std::array<char, 512> reason{};
  NewTopicHandle topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, spec.replication,
                                             reason.data(), reason.size()));
  if (!topic) {
    return base::Status(base::StatusCode::kConfig,
                        "topic " + spec.name + " cannot be created: " + reason.data());
  }
  for (const auto& [name, value] : spec.config) {
    WAYMARK_RETURN_IF_ERROR(
        MakeStatus(rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str()),
                   "setting " + name + " of topic " + spec.name));
  }
  return topic;
}

// The outcome for each topic, in the order of the request.
base::Result<std::vector<bool>> ReadCreated(rd_kafka_event_t* event) {
  WAYMARK_RETURN_IF_ERROR(MakeStatus(rd_kafka_event_error(event), "creating topics",
                                     rd_kafka_event_error_string(event) == nullptr
                                         ? ""
                                         : rd_kafka_event_error_string(event)));
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event), &count);
  std::vector<bool> created;
  for (const rd_kafka_topic_result_t* result : std::span(results, count)) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(result);
    if (code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      const char* detail = rd_kafka_topic_result_error_string(result);
      WAYMARK_RETURN_IF_ERROR(
          MakeStatus(code, std::string("creating topic ") + rd_kafka_topic_result_name(result),
                     detail == nullptr ? "" : detail));
    }
    created.push_back(code == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  return created;
}

void TakeConfig(const rd_kafka_ConfigResource_t* resource, stream::TopicInfo& info) {
  size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (const rd_kafka_ConfigEntry_t* entry : std::span(entries, count)) {
    const char* name = rd_kafka_ConfigEntry_name(entry);
    const char* value = rd_kafka_ConfigEntry_value(entry);
    const bool own =
        rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG;
    const bool told = std::find(kAlwaysTold.begin(), kAlwaysTold.end(), name) != kAlwaysTold.end();
    if (value != nullptr && (own || told)) info.config.emplace(name, value);
  }
}

}  // namespace

base::Result<std::unique_ptr<stream::Admin>> Admin::Make(const ClientSettings& settings) {
  WAYMARK_ASSIGN_OR_RETURN(auto client, Client::Make(settings, ClientRole::kAdmin));
  return std::unique_ptr<stream::Admin>(new Admin(std::move(client)));
}

base::Result<AdminOptionsHandle> Admin::Options(rd_kafka_admin_op_t operation,
                                                base::Millis timeout) {
  AdminOptionsHandle options(rd_kafka_AdminOptions_new(client_->get(), operation));
  std::array<char, 256> reason{};
  const int milliseconds = std::max(ToTimeout(timeout), 1);
  rd_kafka_resp_err_t code = rd_kafka_AdminOptions_set_request_timeout(
      options.get(), milliseconds, reason.data(), reason.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR && operation == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
    code = rd_kafka_AdminOptions_set_operation_timeout(options.get(), milliseconds, reason.data(),
                                                       reason.size());
  }
  WAYMARK_RETURN_IF_ERROR(MakeStatus(code, "asking the brokers", reason.data()));
  return options;
}

base::Result<std::vector<bool>> Admin::Create(const std::vector<stream::TopicSpec>& topics,
                                              base::Millis timeout) {
  if (topics.empty()) return std::vector<bool>();
  const Deadline deadline(timeout);
  std::vector<NewTopicHandle> owned;
  std::vector<rd_kafka_NewTopic_t*> request;
  for (const stream::TopicSpec& spec : topics) {
    WAYMARK_ASSIGN_OR_RETURN(NewTopicHandle topic, MakeNewTopic(spec));
    request.push_back(owned.emplace_back(std::move(topic)).get());
  }
  WAYMARK_ASSIGN_OR_RETURN(const AdminOptionsHandle options,
                           Options(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout));
  const QueueHandle queue(rd_kafka_queue_new(client_->get()));
  rd_kafka_CreateTopics(client_->get(), request.data(), request.size(), options.get(),
                        queue.get());
  const EventHandle event(rd_kafka_queue_poll(queue.get(), ToTimeout(deadline.left())));
  if (!event) return MakeStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "creating topics");
  WAYMARK_ASSIGN_OR_RETURN(std::vector<bool> created, ReadCreated(event.get()));
  WAYMARK_RETURN_IF_ERROR(WaitForTopics(topics, deadline));
  return created;
}

base::Status Admin::WaitForTopics(const std::vector<stream::TopicSpec>& topics,
                                  const Deadline& deadline) {
  return Retry(deadline, [&](base::Millis left) -> base::Status {
    for (const stream::TopicSpec& spec : topics) {
      WAYMARK_ASSIGN_OR_RETURN(const auto info, LookUp(spec.name, left));
      if (!info) return MakeStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "topic " + spec.name);
    }
    return {};
  });
}

base::Result<std::optional<stream::TopicInfo>> Admin::LookUp(const std::string& topic,
                                                             base::Millis timeout) {
  const std::string what = "asking for topic " + topic;
  const TopicHandle handle(rd_kafka_topic_new(client_->get(), topic.c_str(), nullptr));
  if (!handle) return MakeStatus(rd_kafka_last_error(), what);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code =
      rd_kafka_metadata(client_->get(), 0, handle.get(), &raw, ToTimeout(timeout));
  const MetadataHandle metadata(raw);
  WAYMARK_RETURN_IF_ERROR(MakeStatus(code, what));
  for (const rd_kafka_metadata_topic_t& found :
       std::span(metadata->topics, static_cast<size_t>(metadata->topic_cnt))) {
    if (topic != found.topic) continue;
    if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) break;
    WAYMARK_RETURN_IF_ERROR(MakeStatus(found.err, what));
    stream::TopicInfo info;
    info.name = topic;
    info.partitions = found.partition_cnt;
    for (const rd_kafka_metadata_partition_t& partition :
         std::span(found.partitions, static_cast<size_t>(found.partition_cnt))) {
      WAYMARK_RETURN_IF_ERROR(MakeStatus(partition.err, what));
      info.replication = static_cast<int16_t>(partition.replica_cnt);
    }
    return std::optional(std::move(info));
  }
  return std::optional<stream::TopicInfo>();
}

base::Result<std::vector<std::optional<stream::TopicInfo>>> Admin::Describe(
    const std::vector<std::string>& topics, base::Millis timeout) {
  const Deadline deadline(timeout);
  std::vector<std::optional<stream::TopicInfo>> all(topics.size());
  std::vector<stream::TopicInfo*> found;
  for (size_t i = 0; i < topics.size(); ++i) {
    WAYMARK_RETURN_IF_ERROR(Retry(deadline, [&](base::Millis left) -> base::Status {
      WAYMARK_ASSIGN_OR_RETURN(all[i], LookUp(topics[i], left));
      return {};
    }));
    if (all[i]) found.push_back(&*all[i]);
  }
  if (!found.empty()) WAYMARK_RETURN_IF_ERROR(ReadConfig(found, deadline.left()));
  return all;
}

base::Status Admin::ReadConfig(std::vector<stream::TopicInfo*>& topics, base::Millis timeout) {
  std::vector<ConfigResourceHandle> owned;
  std::vector<rd_kafka_ConfigResource_t*> request;
  for (const stream::TopicInfo* info : topics) {
    owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, info->name.c_str()));
    request.push_back(owned.back().get());
  }
  WAYMARK_ASSIGN_OR_RETURN(const AdminOptionsHandle options,
                           Options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout));
  const QueueHandle queue(rd_kafka_queue_new(client_->get()));
  rd_kafka_DescribeConfigs(client_->get(), request.data(), request.size(), options.get(),
                           queue.get());
  const EventHandle event(rd_kafka_queue_poll(queue.get(), ToTimeout(timeout)));
  const char* what = "asking for the settings of topics";
  if (!event) return MakeStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
  WAYMARK_RETURN_IF_ERROR(MakeStatus(rd_kafka_event_error(event.get()), what));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (const rd_kafka_ConfigResource_t* resource : std::span(resources, count)) {
    WAYMARK_RETURN_IF_ERROR(MakeStatus(rd_kafka_ConfigResource_error(resource), what));
    const char* name = rd_kafka_ConfigResource_name(resource);
    for (stream::TopicInfo* info : topics) {
      if (info->name == name) TakeConfig(resource, *info);
    }
  }
  return {};
}

}  // namespace waymark::kafka
