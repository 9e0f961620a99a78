#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "commands.h"
#include "kafka/admin.h"
#include "topic_reader.h"

namespace waymark::peers {
namespace {

constexpr int kAnswerMs = 20'000;
using DeleteTopicHandle = kafka::Handle<rd_kafka_DeleteTopic_t, &rd_kafka_DeleteTopic_destroy>;

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> out;
  std::istringstream stream(list);
  for (std::string name; std::getline(stream, name, ',');) out.push_back(name);
  return out;
}

}  // namespace

void CreateTopics(Options& options) {
  kafka::ClientSettings settings;
  settings.brokers = options.Text("brokers");
  std::vector<stream::TopicSpec> specs;
  for (const std::string& name : Split(options.Text("topics"))) {
    stream::TopicSpec& spec = specs.emplace_back();
    spec.name = name;
    spec.partitions = static_cast<int32_t>(options.Number("partitions", 4));
    spec.replication = 1;
    spec.config = {{"retention.ms", "-1"}};
  }
  options.Finish();
  auto admin = kafka::Admin::Make(settings);
  Must(admin.status());
  Must((*admin)->Create(specs, base::Millis(kAnswerMs)).status());
}

void DeleteTopics(Options& options) {
  const kafka::ClientHandle client = MakeClient(RD_KAFKA_PRODUCER, options.Text("brokers"), {});
  std::vector<DeleteTopicHandle> topics;
  std::vector<rd_kafka_DeleteTopic_t*> plain;
  for (const std::string& name : Split(options.Text("topics"))) {
    topics.emplace_back(rd_kafka_DeleteTopic_new(name.c_str()));
    plain.push_back(topics.back().get());
  }
  options.Finish();
  const kafka::QueueHandle queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DeleteTopics(client.get(), plain.data(), plain.size(), nullptr, queue.get());
  const kafka::EventHandle event(rd_kafka_queue_poll(queue.get(), kAnswerMs));
  if (!event) Fail("no answer to the deletion of topics");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(rd_kafka_event_error_string(event.get()));
  }
}

void ListTopics(Options& options) {
  const kafka::ClientHandle client = MakeClient(RD_KAFKA_PRODUCER, options.Text("brokers"), {});
  options.Finish();
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(client.get(), 1, nullptr, &answer, kAnswerMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Fail(rd_kafka_err2str(error));
  const kafka::MetadataHandle metadata(answer);
  for (int i = 0; i < metadata->topic_cnt; ++i) fmt::print("{}\n", metadata->topics[i].topic);
}

}  // namespace waymark::peers
