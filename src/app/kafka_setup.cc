#include "app/kafka_setup.h"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "kafka/admin.h"
#include "kafka/client.h"

namespace waymark::app {
namespace {
constexpr int64_t kKafkaMessageBytesMax = 1'048'588;  // max.message.bytes where nobody sets it
constexpr int64_t kEnvelopeBytes = 64 * 1024;
}  // namespace

void KafkaOptions::AddTo(CLI::App& command) {
  command.add_option("--brokers", brokers, "Kafka to talk to (default: kafka.brokers)")
      ->type_name("HOST:PORT,...");
  common.AddTo(command, false);
}

CommonOptions KafkaOptions::merged() const {
  CommonOptions out = common;
  if (!brokers.empty()) out.assignments.push_back("kafka.brokers=" + brokers);
  return out;
}

int64_t MessageBytesMax(const config::Settings& settings) {
  return std::max(kKafkaMessageBytesMax, 2 * settings.interaction.bytes_max + kEnvelopeBytes);
}

kafka::ClientSettings ClientSettingsOf(const config::Settings& settings) {
  kafka::ClientSettings client;
  for (const std::string& broker : settings.kafka.brokers) {
    client.brokers += (client.brokers.empty() ? "" : ",") + broker;
  }
  client.message_bytes_max = MessageBytesMax(settings);
  client.raw = settings.librdkafka;
  return client;
}

base::Status Connect(const kafka::ClientSettings& client, const config::Settings& settings) {
  return kafka::WaitForBroker(client, settings.kafka.connect_timeout);
}

base::Status RequireTopic(const kafka::ClientSettings& client, const config::Settings& settings,
                          const std::string& topic) {
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(client));
  WAYMARK_ASSIGN_OR_RETURN(const auto found,
                           admin->Describe({topic}, settings.kafka.connect_timeout));
  if (found.front()) return {};
  return {base::StatusCode::kConfig, "there is no topic " + topic + " on " + client.brokers,
          "create it: waymark topics create --brokers " + client.brokers + " --input " + topic};
}

}  // namespace waymark::app
