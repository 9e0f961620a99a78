#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "app/command.h"
#include "app/progress_bar.h"
#include "app/service.h"
#include "app/setup.h"
#include "app/stop.h"
#include "base/counted.h"
#include "base/log.h"
#include "codec/protobuf.h"
#include "engine/stream_output.h"
#include "generate/generator.h"
#include "stream/memory_broker.h"

namespace waymark::app {
namespace {

struct DemoOptions {
  CommonOptions common;
  uint64_t profiles = 2'000;
  double rate = 2'000;  // interactions a second of wall time
  int64_t seconds = 0;  // 0: until interrupted
  uint64_t seed = 1;
  int partitions = 4;
};

// What the demo sees on the output topics, as a downstream service would.
class Findings {
 public:
  void TakeSignal(const model::Signal& signal) {
    ++signals_[std::string(model::ToString(signal.kind))];
    if (signal.kind == model::SignalKind::kStageEntered) ++stages_[std::string(signal.stage)];
    const bool telling = signal.kind != model::SignalKind::kSessionStarted &&
                         signal.kind != model::SignalKind::kSessionClosed &&
                         signal.kind != model::SignalKind::kStageLeft;
    if (!telling || signal.retracted) return;
    latest_ = base::FormatRfc3339({signal.time}) + "  " + std::string(signal.profile_id) + "  " +
              std::string(model::ToString(signal.kind)) +
              (signal.stage.empty() ? "" : " " + std::string(signal.stage)) +
              (signal.name.empty() || signal.name == signal.stage
                   ? ""
                   : " (" + std::string(signal.name) + ")");
  }
  void TakeStep() { ++steps_; }
  void TakeDeadLetter() { ++dead_letters_; }

  void Print(double seconds) {
    std::printf("\n%5.0f s  %s %s (%s/s)  %s %s\n", seconds, Grouped(steps_).c_str(),
                base::NounFor(steps_, "step").c_str(),
                Grouped(static_cast<int64_t>(static_cast<double>(steps_) / seconds)).c_str(),
                Grouped(dead_letters_).c_str(),
                base::NounFor(dead_letters_, "dead letter").c_str());
    PrintCounts("stages entered", stages_);
    PrintCounts("signals", signals_);
    if (!latest_.empty()) std::printf("  latest: %s\n", latest_.c_str());
    std::fflush(stdout);
  }
  int64_t steps() const { return steps_; }

 private:
  static void PrintCounts(const char* what, const std::map<std::string, int64_t>& counts) {
    std::printf("  %s:", what);
    const char* gap = " ";
    for (const auto& [name, count] : counts) {
      std::printf("%s%s %s", gap, name.c_str(), Grouped(count).c_str());
      gap = "  ";
    }
    std::printf("\n");
  }
  std::map<std::string, int64_t> signals_;
  std::map<std::string, int64_t> stages_;
  std::string latest_;
  int64_t steps_ = 0;
  int64_t dead_letters_ = 0;
};

// A folder that goes with the demo.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "waymark-demo-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;  // Nothing depends on it any more.
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Demo {
 public:
  Demo(const DemoOptions& options, const config::Settings& settings, const base::Clock& clock)
      : options_(options),
        settings_(settings),
        clock_(clock),
        names_(settings.kafka.prefix),
        broker_(clock, BrokerOptions()) {}

  base::Status Run() {
    WAYMARK_RETURN_IF_ERROR(MakeTopics());
    WAYMARK_ASSIGN_OR_RETURN(const Models models, LoadModels(options_.common, settings_));
    const TemporaryFolder folder;
    WAYMARK_ASSIGN_OR_RETURN(
        const auto store, rocks::RocksStore::Open(folder.path(), RocksSettingsOf(settings_)));
    ServiceOptions service_options;
    Service service(settings_, service_options, *store, clock_,
                    [this](int worker) { return Clients(worker); },
                    [this]() -> engine::ShadowClients {
                      return {Clients(0).make_consumer, Clients(0).make_reader};
                    });
    service.UseModels(models.compiled);
    service.UseInterventions(models.interventions);
    service.FollowSignals([this](const std::string& topic, int32_t partitions)
                              -> base::Result<std::unique_ptr<stream::TailReader>> {
      return broker_.MakeTailReader(topic, partitions);
    });
    WAYMARK_RETURN_IF_ERROR(service.Start());
    std::printf("%s; generated customers arrive at %.0f interactions/s\n",
                base::Counted(models.compiled->all().size(), "journey model").c_str(),
                options_.rate);
    const std::string url = fmt::format(
        "{}://{}:{}/", TlsFilesOf(settings_).enabled() ? "https" : "http", settings_.http.address,
        service.port());
    std::printf("the live map: %s\nmetrics: %smetrics   stop with Ctrl-C\n", url.c_str(),
                url.c_str());
    std::thread customers([this] { Feed(); });
    std::thread watcher([this] { Watch(); });
    const base::Status status = service.RunWorkers(stop_, {.partitions = options_.partitions});
    stop_ = true;
    customers.join();
    watcher.join();
    service.StopHttp();
    if (status.ok()) return fault_;
    return status;
  }

 private:
  static stream::MemoryBrokerOptions BrokerOptions() {
    stream::MemoryBrokerOptions options;
    options.retention_records = 200'000;
    return options;
  }

  base::Status MakeTopics() {
    std::vector<stream::TopicSpec> topics;
    for (const auto& name : {settings_.kafka.input_topics.at(0), names_.steps, names_.signals,
                             names_.journeys, names_.dead_letters, names_.measures}) {
      topics.push_back({name, options_.partitions, -1, {}});
    }
    WAYMARK_ASSIGN_OR_RETURN(const auto made,
                             broker_.MakeAdmin()->Create(topics, base::Millis(1000)));
    return made.empty() ? base::Status(base::StatusCode::kKafka, "no topics") : base::Status();
  }

  engine::WorkerClients Clients(int worker) {
    engine::WorkerClients clients;
    clients.make_consumer = [this]() -> base::Result<std::unique_ptr<stream::Consumer>> {
      return broker_.MakeConsumer("waymark");
    };
    clients.make_producer =
        [this, worker]() -> base::Result<std::unique_ptr<stream::TransactionalProducer>> {
      return broker_.MakeTransactionalProducer("waymark-" + std::to_string(worker));
    };
    clients.make_reader = [this]() -> base::Result<std::unique_ptr<stream::LogReader>> {
      return broker_.MakeLogReader();
    };
    return clients;
  }

  // The customers: generated interactions, at the rate asked for.
  void Feed() {
    generate::Settings settings;
    settings.profiles = options_.profiles;
    settings.interactions = options_.profiles * 1'000'000;
    settings.seed = options_.seed;
    settings.span = std::chrono::hours(24 * 365 * 3);
    settings.start = clock_.Now() - settings.span;
    settings.interactions = std::max<uint64_t>(options_.profiles * 200, 1'000'000);
    generate::Generator generator(settings);
    generate::Item item;
    const auto producer = broker_.MakePlainProducer();
    const auto began = clock_.Monotonic();
    double sent = 0;
    std::string value;
    while (!stop_ && !StopFlag() && generator.Next(item)) {
      const double due =
          std::chrono::duration<double>(clock_.Monotonic() - began).count() * options_.rate;
      if (sent > due) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      stream::OutputRecord record;
      record.topic = settings_.kafka.input_topics.at(0);
      record.partition = base::Partition(-1);
      record.key = item.key;
      value.clear();
      if (!item.is_bad()) codec::Encode(item.interaction, value);
      record.value = item.is_bad() ? item.bad_value() : std::optional<std::string_view>(value);
      record.timestamp = clock_.Now();
      Keep(producer->Send(record));
      sent += 1;
    }
  }

  // Reads the output topics as a service downstream would, and prints what it sees.
  void Watch() {
    class Nobody final : public stream::RebalanceListener {
      base::Status OnAssigned(std::span<const stream::TopicPartition>) override { return {}; }
      base::Status OnRevoked(std::span<const stream::TopicPartition>) override { return {}; }
      base::Status OnLost(std::span<const stream::TopicPartition>) override { return {}; }
    } nobody;
    const auto consumer = broker_.MakeConsumer("demo-watcher");
    Keep(consumer->Subscribe({names_.steps, names_.signals, names_.dead_letters}, nobody));
    const auto began = clock_.Monotonic();
    const auto seconds = [&] {
      return std::chrono::duration<double>(clock_.Monotonic() - began).count();
    };
    Findings findings;
    double printed = 0;
    while (!stop_) {
      auto records = consumer->Poll(base::Millis(100), 10'000);
      if (!records.ok()) {
        Keep(records.status());
        break;
      }
      for (const stream::Record& record : *records) Count(record, findings);
      if (seconds() - printed >= 2) {
        printed = seconds();
        findings.Print(printed);
      }
      const bool over = options_.seconds > 0 && seconds() >= static_cast<double>(options_.seconds);
      if (over || StopFlag()) stop_ = true;
    }
    Keep(consumer->Close());
    findings.Print(seconds());
  }

  void Count(const stream::Record& record, Findings& findings) {
    if (record.topic == names_.steps) {
      findings.TakeStep();
    } else if (record.topic == names_.dead_letters) {
      findings.TakeDeadLetter();
    } else if (record.value) {
      model::Signal signal;
      const base::Status status = codec::Decode(*record.value, signal);
      Keep(status);
      if (status.ok()) findings.TakeSignal(signal);
    }
  }

  // The first fault ends the demo and is reported.
  void Keep(const base::Status& status) {
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    if (fault_.ok()) fault_ = status;
    stop_ = true;
  }

  const DemoOptions& options_;
  const config::Settings& settings_;
  const base::Clock& clock_;
  const engine::TopicNames names_;
  stream::MemoryBroker broker_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  base::Status fault_;
};

}  // namespace

void AddDemo(CLI::App& app, Action& action) {
  auto options = std::make_shared<DemoOptions>();
  CLI::App* const command =
      app.add_subcommand("demo", "generated customers through the whole pipeline; no Kafka needed");
  options->common.AddTo(*command, true);
  command->add_option("--profiles", options->profiles, "customers")->check(CLI::PositiveNumber);
  command->add_option("--rate", options->rate, "interactions a second")->check(CLI::PositiveNumber);
  command->add_option("--seconds", options->seconds, "end after so long (default: until Ctrl-C)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--seed", options->seed, "of the customers");
  command->callback([options, &action] {
    action = [options] {
      auto configuration = LoadSettings(options->common);
      if (!configuration.ok()) return Report(configuration.status());
      base::InitLog("warn", base::LogFormat::kText);
      CatchStopSignals();
      const base::SystemClock clock;
      Demo demo(*options, configuration->settings, clock);
      return Report(demo.Run());
    };
  });
}

}  // namespace waymark::app
