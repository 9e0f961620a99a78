#include <CLI/CLI.hpp>

#include <unistd.h>

#include <array>
#include <memory>
#include <thread>

#include "app/command.h"
#include "app/deployment_check.h"
#include "app/kafka_setup.h"
#include "app/service.h"
#include "app/setup.h"
#include "app/state_folder.h"
#include "app/stop.h"
#include "base/hash.h"
#include "base/log.h"
#include "kafka/client.h"
#include "kafka/consumer.h"
#include "kafka/log_reader.h"
#include "kafka/producer.h"
#include "kafka/version.h"

namespace waymark::app {
namespace {

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
                                           int partitions) {
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
  client.message_bytes_max = MessageBytesMax(settings);
  // The library counts what waits by partition; all of them may come to this instance.
  client.queued_bytes =
      std::max(settings.inflight.bytes_max / partitions, settings.interaction.bytes_max);
  return client;
}

engine::WorkerClients KafkaClients(const config::Settings& settings, int worker, int partitions) {
  const kafka::ClientSettings client = WorkerClientSettings(settings, worker, partitions);
  engine::WorkerClients clients;
  clients.make_consumer = [client] { return kafka::Consumer::Make(client); };
  clients.make_producer = [client] { return kafka::TransactionalProducer::Make(client); };
  clients.make_reader = [client] { return kafka::LogReader::Make(client); };
  return clients;
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
  const base::SystemClock clock;
  WAYMARK_ASSIGN_OR_RETURN(const auto state, StateFolder::Open(settings, clock));
  int partitions = 1;
  Service service(settings, service_options, models, state->store(), clock,
                  [&](int worker) { return KafkaClients(settings, worker, partitions); });
  WAYMARK_RETURN_IF_ERROR(service.Start());
  WAYMARK_INFO("http port {} on {}", service.port(), settings.http.address);
  WAYMARK_RETURN_IF_ERROR(
      kafka::WaitForBroker(ClientSettingsOf(settings), settings.kafka.connect_timeout));
  WAYMARK_ASSIGN_OR_RETURN(const Deployment deployment, CheckDeployment(settings));
  for (const auto& [topic, records] : deployment.lost_input) {
    service.metrics().input.records_lost.With(topic).Add(static_cast<double>(records));
  }
  WAYMARK_RETURN_IF_ERROR(
      state->Adopt(deployment.identity, deployment.state_age_max, service.metrics()));
  partitions = deployment.identity.partitions;
  service.SetWatch([&](bool ready) { return state->Watch(ready, service.metrics()); });
  base::Status status = service.RunWorkers(StopFlag(), partitions);
  service.StopHttp();
  if (status.ok()) status = state->Close();
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
