#include <CLI/CLI.hpp>

#include <memory>
#include <thread>

#include "app/command.h"
#include "app/deployment_check.h"
#include "app/kafka_clients.h"
#include "app/kafka_setup.h"
#include "app/published_models.h"
#include "app/reload.h"
#include "app/service.h"
#include "app/setup.h"
#include "app/state_folder.h"
#include "app/stop.h"
#include "base/counted.h"
#include "base/log.h"
#include "engine/stored_models.h"
#include "kafka/client.h"
#include "kafka/tail_reader.h"
#include "kafka/version.h"

namespace waymark::app {
namespace {

struct RunOptions {
  CommonOptions common;
  bool drain = false;
  std::string now;
  std::string log_format;
};

// What is read anew on SIGHUP beside the settings. With a fault in the files the interventions
// before stay: certificates and tokens must not wait for them.
void ReadInterventions(const RunOptions& options, const config::Settings& settings,
                       Service& service) {
  const auto files = LoadModelFiles(options.common, settings);
  if (files.ok()) {
    service.UseInterventions(InterventionsOf(*files));
    return;
  }
  service.metrics().process.config_reloads.With("failure").Add();
  WAYMARK_ERROR("the models' files were read again and are faulty, the interventions before stay: "
                "{}", files.status().text());
}

base::Status RunService(const RunOptions& options, const config::Configuration& configuration) {
  const config::Settings& settings = configuration.settings;
  ServiceOptions service_options;
  service_options.drain = options.drain;
  if (!options.now.empty()) {
    if (!options.drain) return {base::StatusCode::kConfig, "--now needs --drain"};
    WAYMARK_ASSIGN_OR_RETURN(service_options.drain_now, ParseTimeOption("--now", options.now));
  }
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  service_options.workers =
      static_cast<int>(settings.workers.count > 0 ? settings.workers.count : cores);
  WAYMARK_ASSIGN_OR_RETURN(const model::DefinitionSet files,
                           LoadModelFiles(options.common, settings));
  WAYMARK_INFO("waymark starts: {} in files, librdkafka {}",
               base::Counted(files.definitions.size(), "model"), kafka::LibraryVersion());
  for (const auto& fault : kafka::KnownFaults()) WAYMARK_WARN("known fault: {}", fault);
  const base::SystemClock clock;
  WAYMARK_ASSIGN_OR_RETURN(const auto state, StateFolder::Open(settings, clock));
  Service service(settings, service_options, state->store(), clock,
                  [&](int worker) {
                    return KafkaWorkerClients(settings, worker, service_options.workers,
                                              service.metrics());
                  },
                  [&] { return KafkaShadowClients(settings); });
  WAYMARK_RETURN_IF_ERROR(service.Start());
  WAYMARK_INFO("http port {} on {}", service.port(), settings.http.address);
  const base::Status found = kafka::WaitForBroker(
      ClientSettingsOf(settings), settings.kafka.connect_timeout, StopFlag());
  if (found.code() == base::StatusCode::kCancelled) {
    WAYMARK_INFO("{}", found.message());
    return {};
  }
  WAYMARK_RETURN_IF_ERROR(found);
  WAYMARK_ASSIGN_OR_RETURN(const Deployment deployment, CheckDeployment(settings));
  WAYMARK_RETURN_IF_ERROR(
      state->Adopt(deployment.identity, deployment.state_age_max, service.metrics()));
  WAYMARK_ASSIGN_OR_RETURN(engine::ModelsTopic topic,
                           PublishModelFiles(files, settings, clock));
  WAYMARK_ASSIGN_OR_RETURN(const journey::ModelVersions versions,
                           VersionsOf(topic, files.customer));
  WAYMARK_RETURN_IF_ERROR(engine::StoreModels(state->store(), topic.models()));
  service.UseModels(versions.models());
  service.UseInterventions(InterventionsOf(files));
  service.FollowSignals([&](const std::string& of, int32_t partitions) {
    return kafka::TailReader::Make(KafkaTailSettings(settings), of, partitions);
  });
  if (!options.drain) {
    service.Follow(std::move(topic), versions, ModelClients(settings).make_reader);
  }
  Supervisor supervisor(clock);
  const auto take_up = [&](const config::Settings& read) {
    const base::Status taken = service.TakeUp(read);
    if (taken.ok()) ReadInterventions(options, settings, service);
    return taken;
  };
  Reload reload(options.common, configuration, take_up, supervisor, service.metrics(), clock);
  service.SetWatch([&](bool ready) {
    reload.Check();
    supervisor.Alive(service.is_live());
    supervisor.Status(service.StateText());
    return state->Watch(ready);
  });
  supervisor.Started();
  base::Status status = service.RunWorkers(StopFlag(), deployment.ground);
  supervisor.Stopping();
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
  command->add_option("--log-format", options->log_format, "json or text: --set log.format=…")
      ->check(CLI::IsMember({"json", "text"}));
  command->callback([options, &action] {
    if (!options->log_format.empty()) {
      options->common.assignments.push_back("log.format=" + options->log_format);
    }
    action = [options] {
      auto configuration = LoadSettings(options->common);
      if (!configuration.ok()) return Report(configuration.status());
      base::InitLog(configuration->settings.log.level, configuration->settings.log.format);
      for (const std::string& warning : configuration->warnings) WAYMARK_WARN("{}", warning);
      CatchStopSignals();
      CatchReloadSignal();
      return Report(RunService(*options, *configuration));
    };
  });
}

}  // namespace waymark::app
