#include <CLI/CLI.hpp>

#include <unistd.h>

#include <array>
#include <memory>
#include <thread>

#include "app/command.h"
#include "app/kafka_setup.h"
#include "app/service.h"
#include "app/setup.h"
#include "app/stop.h"
#include "base/hash.h"
#include "base/log.h"
#include "engine/stream_output.h"
#include "kafka/admin.h"
#include "kafka/client.h"
#include "kafka/consumer.h"
#include "kafka/log_reader.h"
#include "kafka/producer.h"
#include "kafka/version.h"

namespace waymark::app {
namespace {

constexpr base::Millis kStatisticsInterval{5'000};
constexpr int64_t kFetchBytesMin = 1 << 20;  // the library wants room for its message.max.bytes

struct RunOptions {
  CommonOptions common;
  bool drain = false;
  std::string now;
};

// Stable for one state folder on one host, so that a restart fences what it left open.
std::string TransactionalId(const config::Settings& settings, int worker) {
  std::string instance = settings.kafka.instance_id;
  if (instance.empty()) {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const std::string place = std::string(host.data()) + ":" + settings.state.directory;
    instance = std::string(base::view(base::ToText(base::MakeId96(place)))).substr(0, 12);
  }
  return settings.kafka.transactional_id_prefix + "-" + instance + "-" + std::to_string(worker);
}

kafka::ClientSettings WorkerClientSettings(const config::Settings& settings, int worker,
                                           int workers) {
  kafka::ClientSettings client = ClientSettingsOf(settings);
  client.client_id = "waymark-worker-" + std::to_string(worker);
  client.group_id = settings.kafka.group;
  if (!settings.kafka.instance_id.empty()) {
    client.instance_id = settings.kafka.instance_id + "-" + std::to_string(worker);
  }
  client.transactional_id = TransactionalId(settings, worker);
  client.transaction_timeout = settings.kafka.transaction_timeout;
  client.session_timeout = settings.kafka.session_timeout;
  // Several input topics have to be given out side by side, which only the range strategy does.
  const bool cooperative = settings.kafka.assignment == config::Assignment::kCooperative &&
                           settings.kafka.input_topics.size() == 1;
  client.assignment =
      cooperative ? kafka::AssignmentStrategy::kCooperative : kafka::AssignmentStrategy::kEager;
  client.statistics_interval = kStatisticsInterval;
  client.message_bytes_max = MessageBytesMax(settings);
  client.queued_bytes =
      std::max(settings.inflight.bytes_max / workers, settings.interaction.bytes_max);
  // A response comes on top of that; a partition with a backlog fills but a part of it.
  client.fetch_bytes_max = std::clamp(client.queued_bytes, kFetchBytesMin, client.fetch_bytes_max);
  client.fetch_bytes_partition =
      std::min(client.fetch_bytes_partition, client.fetch_bytes_max / 4);
  return client;
}

engine::WorkerClients KafkaClients(const config::Settings& settings, int worker, int workers,
                                   metrics::Metrics& metrics) {
  const kafka::ClientSettings client = WorkerClientSettings(settings, worker, workers);
  engine::WorkerClients clients;
  clients.make_consumer = [client, &metrics] { return kafka::Consumer::Make(client, &metrics); };
  clients.make_producer = [client] { return kafka::TransactionalProducer::Make(client); };
  clients.make_reader = [client] { return kafka::LogReader::Make(client); };
  return clients;
}

// Every topic is there, with one and the same partition count: this one.
base::Result<int> CheckTopics(const config::Settings& settings) {
  const engine::TopicNames names(settings.kafka.prefix);
  std::vector<std::string> topics = settings.kafka.input_topics;
  for (const auto& name : {names.steps, names.signals, names.journeys, names.dead_letters}) {
    topics.push_back(name);
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(ClientSettingsOf(settings)));
  WAYMARK_ASSIGN_OR_RETURN(const auto infos,
                           admin->Describe(topics, settings.kafka.connect_timeout));
  std::string missing;
  for (size_t i = 0; i < topics.size(); ++i) {
    if (!infos[i]) missing += (missing.empty() ? "" : ", ") + topics[i];
  }
  if (!missing.empty()) {
    return base::Status(
        base::StatusCode::kConfig, "missing topics: " + missing,
        "make them by `waymark topics create`, or check kafka.input_topics and kafka.prefix");
  }
  for (size_t i = 1; i < topics.size(); ++i) {
    if (infos[i]->partitions == infos[0]->partitions) continue;
    return base::Status(
        base::StatusCode::kConfig,
        topics[0] + " has " + std::to_string(infos[0]->partitions) + " partitions, " + topics[i] +
            " has " + std::to_string(infos[i]->partitions),
        "inputs and outputs need the same partition count; start a new kafka.prefix after "
        "changing it");
  }
  return infos[0]->partitions;
}

base::Status RunService(const RunOptions& options, const config::Settings& settings) {
  ServiceOptions service_options;
  service_options.drain = options.drain;
  if (!options.now.empty()) {
    if (!options.drain) return {base::StatusCode::kConfig, "--now needs --drain"};
    WAYMARK_ASSIGN_OR_RETURN(service_options.drain_now, ParseTimeOption("--now", options.now));
  }
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  service_options.workers =
      static_cast<int>(settings.workers.count > 0 ? settings.workers.count : cores);
  WAYMARK_ASSIGN_OR_RETURN(const Models models, LoadModels(options.common, settings));
  WAYMARK_INFO("waymark starts: {} models, librdkafka {}", models.compiled->all().size(),
               kafka::LibraryVersion());
  for (const auto& fault : kafka::KnownFaults()) WAYMARK_WARN("known fault: {}", fault);
  WAYMARK_ASSIGN_OR_RETURN(const auto store, rocks::RocksStore::Open(settings.state.directory,
                                                                     RocksSettingsOf(settings)));
  const base::SystemClock clock;
  Service service(settings, service_options, models, *store, clock,
                  [&](int worker) {
                    return KafkaClients(settings, worker, service_options.workers,
                                        service.metrics());
                  });
  WAYMARK_RETURN_IF_ERROR(service.Start());
  WAYMARK_INFO("http port {} on {}", service.port(), settings.http.address);
  WAYMARK_RETURN_IF_ERROR(
      kafka::WaitForBroker(ClientSettingsOf(settings), settings.kafka.connect_timeout));
  WAYMARK_ASSIGN_OR_RETURN(const int partitions, CheckTopics(settings));
  const base::Status status = service.RunWorkers(StopFlag(), partitions);
  service.StopHttp();
  if (status.ok()) WAYMARK_INFO("stopped in good order");
  return status;
}

}  // namespace

void AddRun(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* const command = app.add_subcommand("run", "the service: Kafka in, Kafka out");
  options->common.AddTo(*command, true);
  command->add_flag("--drain", options->drain, "end when the input is used up");
  command->add_option("--now", options->now, "with --drain: the horizon to end with")
      ->type_name("TIME");
  command->callback([options, &action] {
    action = [options] {
      auto configuration = LoadSettings(options->common);
      if (!configuration.ok()) return Report(configuration.status());
      base::InitLog(configuration->settings.log.level, configuration->settings.log.format);
      for (const std::string& warning : configuration->warnings) WAYMARK_WARN("{}", warning);
      CatchStopSignals();
      return Report(RunService(*options, configuration->settings));
    };
  });
}

}  // namespace waymark::app
