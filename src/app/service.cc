#include "app/service.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "api/measures_follower.h"
#include "api/routes.h"
#include "app/command.h"
#include "app/published_models.h"
#include "app/version.h"
#include "base/log.h"
#include "base/thread.h"
#include "config/memory_limit.h"
#include "engine/stored_models.h"
#include "metrics/process.h"
#include "serve/compress.h"
#include "serve/page.h"
#include "serve/watchdog.h"

namespace waymark::app {
namespace {
constexpr base::Millis kHeartbeatMax{60'000};
constexpr base::Millis kHttpGrace{2'000};
constexpr base::Millis kPublishInterval{1'000};
constexpr unsigned kLastWordsSeconds = 5;

// A thread that hangs can't be ended, nor waited for. What it holds may be the log.
[[noreturn]] void EndStalled(const serve::HealthState::Silence& silence) {
  alarm(kLastWordsSeconds);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence.length);
  WAYMARK_ERROR("{} gave no sign of life for {} s: the process ends, to be started again "
                "(see workers.stall_timeout)",
                silence.component, seconds.count());
  base::FlushLog();
  std::_Exit(kExitKafka);
}

// As in a crash: what was not committed is done again.
[[noreturn]] void EndStopping(base::Millis timeout) {
  alarm(kLastWordsSeconds);
  WAYMARK_ERROR("the stop took longer than {}: the process ends as it is; what was not committed "
                "is done again (see shutdown.timeout)",
                base::FormatDuration(timeout));
  base::FlushLog();
  std::_Exit(kExitKafka);
}

engine::Pace PaceOf(const config::Settings& settings) {
  return {.commit_interval = settings.commit.interval,
          .commit_records_max = settings.commit.records_max,
          .snapshot_interval = settings.snapshot.interval};
}

// What has been counted since the look before.
void Publish(const rocks::RocksUsage& now, const rocks::RocksUsage& before,
             const metrics::RocksMetrics& rocks) {
  const auto add = [&](const metrics::Counter& counter, uint64_t rocks::RocksUsage::*count) {
    counter.Add(static_cast<double>(now.*count - before.*count));
  };
  using Usage = rocks::RocksUsage;
  rocks.stall_seconds.Add(static_cast<double>(now.stall_micros - before.stall_micros) / 1e6);
  add(rocks.bytes.With("read"), &Usage::bytes_read);
  add(rocks.bytes.With("written"), &Usage::bytes_written);
  add(rocks.compaction_bytes.With("read"), &Usage::compaction_bytes_read);
  add(rocks.compaction_bytes.With("written"), &Usage::compaction_bytes_written);
  add(rocks.block_cache_lookups.With("hit"), &Usage::block_cache_hits);
  add(rocks.block_cache_lookups.With("miss"), &Usage::block_cache_misses);
}

void Publish(const rocks::RocksUsage& usage, const metrics::RocksMetrics& rocks) {
  rocks.memtable_bytes.Set(static_cast<double>(usage.memtable_bytes));
  rocks.block_cache_bytes.Set(static_cast<double>(usage.block_cache_bytes));
  rocks.table_readers_bytes.Set(static_cast<double>(usage.table_readers_bytes));
  rocks.live_sst_bytes.Set(static_cast<double>(usage.live_sst_bytes));
  rocks.pending_compaction_bytes.Set(static_cast<double>(usage.pending_compaction_bytes));
  rocks.l0_files.Set(static_cast<double>(usage.l0_files));
  rocks.write_stall_active.Set(usage.write_stalled ? 1 : 0);
  rocks.background_errors.Set(static_cast<double>(usage.background_errors));
  for (size_t i = 0; i < usage.estimated_keys.size(); ++i) {
    rocks.estimated_keys.With(store::ToString(static_cast<store::Family>(i)))
        .Set(static_cast<double>(usage.estimated_keys[i]));
  }
}

api::LiveEvents::Counters EventCounters(metrics::HttpMetrics& http) {
  const auto signals = http.stream_events.With("signal");
  const auto retractions = http.stream_events.With("retraction");
  const auto measures = http.stream_events.With("measures");
  const auto resets = http.stream_events.With("reset");
  for (const auto& counter : {signals, retractions, measures, resets}) counter.Add(0);
  http.streams_cut.Add(0);
  return {.open = [open = http.streams](size_t viewers) {
            open.Set(static_cast<double>(viewers));
          },
          .sent = [=](std::string_view type) {
            const auto& counter = type == "signal"       ? signals
                                  : type == "retraction" ? retractions
                                  : type == "measures"   ? measures
                                                         : resets;
            counter.Add();
          },
          .cut = [cut = http.streams_cut] { cut.Add(); }};
}

}  // namespace

// Passes heartbeats and readiness of one worker on to the health of the process.
class Service::Probe final : public engine::WorkerProbe {
 public:
  Probe(Service& service, std::string worker)
      : engine::WorkerProbe(service.metrics_), service_(service), worker_(std::move(worker)) {}
  void OnHeartbeat() override { service_.health_.Beat(worker_); }
  void OnReady() override { service_.Note(worker_, {}); }
  void OnNotReady(const std::string& reason) override { service_.Note(worker_, reason); }
  void OnRestored(const engine::Task& task, int64_t records,
                  std::chrono::nanoseconds duration) override {
    WorkerProbe::OnRestored(task, records, duration);
    service_.deployment_.held().Add(task.partition(), this);
  }
  void OnDropped(base::Partition partition) override {
    service_.deployment_.held().Remove(partition, this);
    WorkerProbe::OnDropped(partition);
  }

 private:
  Service& service_;
  std::string worker_;
};

// What was published while the workers run: they take it up between two transactions.
class Service::ModelsNews final : public engine::ModelsListener {
 public:
  ModelsNews(Service& service, journey::ModelVersions versions)
      : service_(service), versions_(std::move(versions)) {}

  // Before the follower runs.
  void Begin(engine::LiveFold& live, const Ground& ground) {
    live_ = &live;
    ground_ = ground;
  }

  base::Status OnPublished(const std::vector<engine::PublishedModel>& models,
                           size_t fresh) override {
    const auto news = std::span(models).subspan(fresh);
    WAYMARK_RETURN_IF_ERROR(AddVersions(news, versions_));
    WAYMARK_RETURN_IF_ERROR(engine::StoreModels(service_.store_, models));
    const auto fold = service_.FoldOf(versions_.models(), ground_);
    live_->Set(fold);
    service_.SetFold(fold);
    for (const engine::PublishedModel& m : news) {
      WAYMARK_INFO("model {} ({}), published by {}, is taken up",
                   model::DefinitionKey(m.definition.model), m.definition.model.file, m.publisher);
    }
    service_.metrics_.process.models_followed.Add(static_cast<double>(news.size()));
    service_.picture_.SetModels(versions_.models());
    service_.TellModels(*versions_.models());
    return {};
  }
  void OnBehind(const base::Status& why) override {
    service_.metrics_.process.models_unreadable.Set(1);
    service_.Note("models", why.message());
  }
  void OnAlive() override { service_.health_.Beat("models"); }

 private:
  Service& service_;
  journey::ModelVersions versions_;
  engine::LiveFold* live_ = nullptr;
  Ground ground_;
};

Service::Service(const config::Settings& settings, const ServiceOptions& options,
                 rocks::RocksStore& store, const base::Clock& clock, ClientsFor clients,
                 ShadowClientsFor shadow_clients)
    : settings_(settings),
      options_(options),
      store_(store),
      clock_(clock),
      clients_(std::move(clients)),
      shadow_clients_(std::move(shadow_clients)),
      registry_(static_cast<size_t>(settings.metrics.series_max)),
      metrics_(registry_),
      // Ending a transaction may take as long as the broker allows it.
      health_(clock, std::max(kHeartbeatMax, settings.kafka.transaction_timeout * 2)),
      picture_(clock),
      deployment_(settings, shadow_clients_(), clock),
      events_(picture_, clock, EventCounters(metrics_.http)),
      pace_(PaceOf(settings)) {
  metrics::AddProcessMetrics(registry_);
  metrics_.process.memory_limit.Set(static_cast<double>(config::MemoryLimit()));
  metrics_.process.start_time.Set(static_cast<double>(clock.Now().ms) / 1000);
  metrics_.process.build_info.With(OwnVersion(), Revision()).Set(1);
  BeginCounters();
}

// A counter that appears with its first event shows no rise to those who watch for one.
void Service::BeginCounters() {
  for (int i = 0; i < model::kDeadLetterReasons; ++i) {
    const auto reason = static_cast<model::DeadLetterReason>(i);
    metrics_.input.dead_letters.With(model::ToString(reason)).Add(0);
    for (const std::string& topic : settings_.kafka.input_topics) {
      metrics_.input.records_rejected.With(topic, model::ToString(reason)).Add(0);
    }
  }
  for (const char* reason : {"time_in_future", "time_out_of_range"}) {
    metrics_.time.quarantined.With(reason).Add(0);
  }
  for (const std::string& topic : settings_.kafka.input_topics) {
    metrics_.input.records_lost.With(topic).Add(0);
  }
  for (const char* result : {"commit", "abort", "fenced", "reinit"}) {
    metrics_.output.transactions.With(result).Add(0);
  }
  for (const char* type : {"assign", "revoke", "lost"}) {
    metrics_.group.rebalances.With(type).Add(0);
  }
  for (const char* component : {"worker", "shadow", "models", "measures", "group", "store"}) {
    metrics_.process.fatal_errors.With(component).Add(0);
  }
  for (const char* reason : {"corrupt", "old_layout", "stale", "unreadable", "uncommitted", "ahead",
                             "newer_format", "old_format", "other_models", "log_trimmed"}) {
    metrics_.state.state_rebuilds.With(reason).Add(0);
  }
}

Service::~Service() = default;

void Service::UseModels(std::shared_ptr<const journey::CompiledModels> models) {
  models_ = std::move(models);
  picture_.SetModels(models_);
  TellModels(*models_);
}

void Service::TellModels(const journey::CompiledModels& models) {
  for (const auto& model : models.all()) {
    const auto& m = model->definition;
    metrics_.process.models_loaded.With(m.family, m.name, std::to_string(m.version)).Set(1);
    metrics_.journeys.journeys_started.With(m.name).Add(0);
    for (const char* reason : {"completed", "abandoned", "switched"}) {
      metrics_.journeys.journeys_closed.With(m.name, reason).Add(0);
    }
    for (const model::Stage& stage : m.stages) {
      if (!stage.targets.duration) continue;
      metrics_.journeys.stage_target.With(m.name, stage.name)
          .Set(static_cast<double>(stage.targets.duration->count()) / 1000);
    }
  }
}

void Service::Follow(engine::ModelsTopic topic, journey::ModelVersions versions,
                     engine::MakeLogReader make_reader) {
  news_ = std::make_unique<ModelsNews>(*this, std::move(versions));
  const engine::FollowerSettings settings{settings_.models.follow_interval,
                                          settings_.models.upgrade_grace};
  follower_ = std::make_unique<engine::ModelsFollower>(settings, std::move(topic),
                                                       std::move(make_reader), *news_, clock_);
}

base::Status Service::Start() {
  http_ = std::make_unique<serve::HttpServer>(
      HttpOptionsOf(settings_), MakeRouter(), clock_, [this](const serve::Exchange& exchange) {
        if (exchange.is_refused_client) metrics_.http.auth_failures.Add();
        if (exchange.code == 0) return;
        metrics_.http.requests.With(exchange.route, exchange.method, std::to_string(exchange.code))
            .Add();
        metrics_.http.request_duration.With(exchange.route)
            .Observe(std::chrono::duration<double>(exchange.duration).count());
      });
  WAYMARK_RETURN_IF_ERROR(http_->Start());
  deployment_.SetPort(http_->port());
  WarnWhereOpen(settings_);
  return {};
}

serve::Router Service::MakeRouter() {
  serve::Router router;
  router.Add("GET", "/metrics", [this](const serve::Request& request) {
    const auto accept = request.headers.find("accept");
    const bool open_metrics = accept != request.headers.end() &&
                              accept->second.find("application/openmetrics-text") !=
                                  std::string::npos;
    serve::Response response;
    response.content_type = open_metrics ? metrics::Registry::kOpenMetricsContentType
                                         : metrics::Registry::kContentType;
    TellState();
    response.body = open_metrics ? registry_.ExposeOpenMetrics() : registry_.Expose();
    return response;
  });
  router.Add("GET", "/livez", [this](const serve::Request&) { return health_.LiveResponse(); });
  router.Add("GET", "/readyz", [this](const serve::Request&) { return health_.ReadyResponse(); });
  serve::AddPage(router);
  const auto is_ready = [this] { return health_.IsReady(); };
  api::AddRoutes({picture_, clock_, OwnVersion(), is_ready,
                  [this] { return deployment_.address(); },
                  [this] { return deployment_.partitions(); },
                  [this] { return deployment_.held().All(); },
                  [this] { return deployment_.horizon(); }},
                 router);
  deployment_.AddRoutes(store_, picture_, [this] { return FoldInUse(); }, is_ready, router);
  router.Add("GET", "/api/v1/stream",
             [this](const serve::Request& request) { return events_.Answer(request); });
  router.WrapAll(serve::Compressed);
  return router;
}

std::shared_ptr<const journey::Fold> Service::FoldInUse() {
  const std::lock_guard lock(mutex_);
  return fold_;
}

void Service::SetFold(std::shared_ptr<const journey::Fold> fold) {
  const std::lock_guard lock(mutex_);
  fold_ = std::move(fold);
}

void Service::TellState() {
  const bool failed = !health_.IsLive();
  const bool ready = !failed && health_.IsReady();
  metrics_.process.state.With("ready").Set(ready ? 1 : 0);
  metrics_.process.state.With("not_ready").Set(ready || failed ? 0 : 1);
  metrics_.process.state.With("failed").Set(failed ? 1 : 0);
}

void Service::Note(const std::string& worker, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (reason.empty()) {
    not_ready_.erase(worker);
  } else {
    not_ready_[worker] = reason;
  }
  if (not_ready_.empty()) {
    health_.SetReady();
  } else {
    health_.SetNotReady(not_ready_.begin()->first + ": " + not_ready_.begin()->second);
  }
}

// Before every process can keep what ratings may be about, none resolves them.
std::shared_ptr<const journey::Fold> Service::FoldOf(
    std::shared_ptr<const journey::CompiledModels> models, const Ground& ground) const {
  journey::FoldSettings settings = FoldSettingsOf(settings_);
  settings.identifies_signals = settings_.signals.publish == config::PublishedSignals::kAll;
  settings.can_migrate = settings_.timeline.enabled;
  settings.keeps_measures = ground.measures;
  settings.resolves_references &= ground.state_format >= codec::kStateFormatWithReferences;
  return std::make_shared<const journey::Fold>(std::move(models), settings);
}

engine::WorkerSettings Service::WorkerSettingsOf(int worker, const Ground& ground) const {
  engine::WorkerSettings out;
  out.name = "worker-" + std::to_string(worker);
  out.input_topics = settings_.kafka.input_topics;
  out.prefix = settings_.kafka.prefix;
  out.address = deployment_.address();
  out.pace = PaceOf(settings_);
  out.flush_interval = settings_.state.flush_interval;
  out.flush_bytes =
      static_cast<size_t>(settings_.state.flush_bytes) / static_cast<size_t>(options_.workers);
  out.cache_bytes_max = CacheBytesOf(settings_) / static_cast<size_t>(options_.workers);
  out.drain = options_.drain;
  out.drain_now = options_.drain_now;
  out.partitions = ground.partitions;
  out.task.state_format = ground.state_format;
  out.intake = IntakeSettingsOf(settings_);
  out.task.disorder = settings_.time.disorder;
  out.task.lateness = settings_.time.lateness;
  out.task.timeline.enabled = settings_.timeline.enabled;
  out.task.timeline.retention = settings_.timeline.retention;
  out.task.measures = MeasureSettingsOf(settings_, ground.measures);
  out.task.publish_signals = settings_.signals.publish == config::PublishedSignals::kAll;
  out.time.disorder = settings_.time.disorder;
  out.time.lateness = settings_.time.lateness;
  out.time.idle_timeout = settings_.time.idle_timeout;
  out.stuck_after = settings_.time.stuck_after;
  out.task.timers_batch_max = static_cast<size_t>(settings_.timers.batch_max);
  out.task.refold.depth_max = settings_.refold.depth_max;
  out.task.refold.batch_max = settings_.refold.batch_max;
  out.task.refold.waiting_max = static_cast<size_t>(settings_.refold.waiting_max);
  out.task.snapshot_on_stage_change = settings_.snapshot.on_stage_change;
  out.task.cache_bytes_max = out.cache_bytes_max;
  return out;
}

engine::ShadowSettings Service::ShadowSettingsOf(const Ground& ground) const {
  engine::ShadowSettings out;
  out.instance = settings_.kafka.instance_id + ":" + settings_.state.directory;
  out.input_topics = settings_.kafka.input_topics;
  out.prefix = settings_.kafka.prefix;
  out.partitions = ground.partitions;
  out.task.state_format = ground.state_format;
  out.partitions_max = static_cast<int>(settings_.standby.partitions_max);
  out.interval = settings_.standby.interval;
  out.flush_interval = settings_.state.flush_interval;
  out.cache_bytes_max = static_cast<size_t>(settings_.standby.cache_bytes_max);
  out.task.disorder = settings_.time.disorder;
  out.task.lateness = settings_.time.lateness;
  out.task.timeline.enabled = settings_.timeline.enabled;
  out.task.timeline.retention = settings_.timeline.retention;
  out.task.measures = MeasureSettingsOf(settings_, ground.measures);
  out.task.snapshot_interval = settings_.snapshot.interval;
  out.task.snapshot_on_stage_change = settings_.snapshot.on_stage_change;
  return out;
}

// What ends first with a fault ends all.
struct Service::Run {
  std::atomic<bool> stop{false};
  std::mutex mutex;
  base::Status fault;
};

void Service::RunPart(Run& run, const std::string& component, const std::string& name,
                      const std::function<base::Status(engine::WorkerProbe&)>& work) {
  base::NameThread(name);
  Probe probe(*this, name);
  probe.OnHeartbeat();
  const base::Status status = work(probe);
  health_.Forget(name);
  if (status.ok()) return;
  WAYMARK_ERROR("{}: {}", name, status.text());
  metrics_.process.fatal_errors.With(component).Add();
  Fail(run, status);
}

void Service::Fail(Run& run, const base::Status& status) {
  health_.SetFatal(status.message());
  const std::lock_guard lock(run.mutex);
  if (run.fault.ok()) run.fault = status;
  run.stop = true;
}

// Keeps the picture up to what all instances publish.
std::thread Service::FollowMeasures(Run& run, const Ground& ground) {
  return std::thread([this, &run, partitions = ground.partitions] {
    RunPart(run, "measures", "measures", [&](engine::WorkerProbe& probe) {
      api::MeasuresFollower follower(engine::TopicNames(settings_.kafka.prefix).measures,
                                     partitions, clients_(0).make_reader, picture_);
      follower.Run(run.stop, [&] { probe.OnHeartbeat(); });
      return base::Status();
    });
  });
}

// Who holds what, and how far the group is.
std::thread Service::WatchGroup(Run& run, const Ground& ground) {
  return std::thread([this, &run, partitions = ground.partitions] {
    RunPart(run, "group", "group", [&](engine::WorkerProbe& probe) {
      deployment_.Run(partitions, run.stop, [&] { probe.OnHeartbeat(); });
      return base::Status();
    });
  });
}

// Tells clients of the HTTP port what happens.
std::thread Service::FeedEvents(Run& run, const Ground& ground) {
  return std::thread([this, &run, all = ground.partitions] {
    RunPart(run, "events", "events", [&](engine::WorkerProbe& probe) {
      const std::string topic = engine::TopicNames(settings_.kafka.prefix).signals;
      const int32_t partitions = tail_ ? all : 0;
      events_.Run(topic, partitions, [&] { return tail_(topic, partitions); }, run.stop,
                  [&] { probe.OnHeartbeat(); });
      return base::Status();
    });
  });
}

// Those that work for nobody but this process: they end with the workers.
std::vector<std::thread> Service::StartFollowers(Run& run, const Ground& ground,
                                                 const journey::Fold& fold,
                                                 const engine::LiveFold& live) {
  std::vector<std::thread> threads;
  if (!options_.drain && settings_.standby.partitions_max > 0) {
    threads.emplace_back([this, &run, &fold, &live, ground] {
      RunPart(run, "shadow", "shadow", [&](engine::WorkerProbe& probe) {
        engine::Shadow copies(ShadowSettingsOf(ground), shadow_clients_(), fold, store_, claims_,
                              clock_, probe);
        copies.FollowModels(live);
        return copies.Run(run.stop);
      });
    });
  }
  if (follower_) {
    threads.emplace_back([this, &run] {
      RunPart(run, "models", "models",
              [&](engine::WorkerProbe&) { return follower_->Run(run.stop); });
    });
  }
  if (ground.measures) threads.push_back(FollowMeasures(run, ground));
  threads.push_back(WatchGroup(run, ground));
  threads.push_back(FeedEvents(run, ground));
  return threads;
}

base::Status Service::RunWorkers(const std::atomic<bool>& stop, const Ground& ground) {
  Run run;
  WAYMARK_CHECK(models_ != nullptr, "UseModels comes before the workers");
  const std::shared_ptr<const journey::Fold> fold = FoldOf(models_, ground);
  engine::LiveFold live(fold);
  SetFold(fold);
  if (news_) news_->Begin(live, ground);
  std::atomic<int> running{options_.workers};
  std::vector<std::thread> threads;
  for (int w = 0; w < options_.workers; ++w) {
    Note("worker-" + std::to_string(w), "joining the group");
  }
  for (int w = 0; w < options_.workers; ++w) {
    threads.emplace_back([&, w] {
      const engine::WorkerSettings settings = WorkerSettingsOf(w, ground);
      RunPart(run, "worker", settings.name, [&](engine::WorkerProbe& probe) {
        engine::Worker worker(settings, clients_(w), *fold, store_, claims_, clock_, probe);
        worker.FollowModels(live);
        worker.FollowPace(pace_);
        return worker.Run(run.stop);
      });
      --running;
    });
  }
  std::vector<std::thread> followers = StartFollowers(run, ground, *fold, live);
  std::optional<std::chrono::nanoseconds> stopping_since;
  serve::Watchdog watchdog(health_, clock_, settings_.workers.stall_timeout);
  while (running > 0) {
    PublishStore();
    if (const auto silence = watchdog.Check()) EndStalled(*silence);
    if (stopping_since && clock_.Monotonic() > *stopping_since + settings_.shutdown.timeout) {
      EndStopping(settings_.shutdown.timeout);
    }
    if (const base::Status status = run.stop ? base::Status() : watch_(health_.IsReady());
        !status.ok()) {
      metrics_.process.fatal_errors.With("store").Add();
      Fail(run, status);
    }
    if (stop && !run.stop) {
      WAYMARK_INFO("stopping: the open transactions are committed first");
      stopping_since = clock_.Monotonic();
      run.stop = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (std::thread& thread : threads) thread.join();
  run.stop = true;
  for (std::thread& thread : followers) thread.join();
  return run.fault;
}

void Service::PublishStore() {
  const base::Timestamp now = clock_.Now();
  if (now < published_ + kPublishInterval) return;
  published_ = now;
  const rocks::RocksUsage usage = store_.Usage();
  Publish(usage, metrics_.rocks);
  Publish(usage, store_usage_, metrics_.rocks);
  store_usage_ = usage;
  if (usage.disk_size_bytes == 0) return;
  metrics_.state.disk_free.Set(static_cast<double>(usage.disk_free_bytes));
  metrics_.state.disk_size.Set(static_cast<double>(usage.disk_size_bytes));
}

base::Status Service::TakeUp(const config::Settings& settings) {
  const serve::TlsFiles tls = TlsFilesOf(settings);
  if (tls.enabled() == TlsFilesOf(settings_).enabled()) {
    WAYMARK_RETURN_IF_ERROR(http_->Renew(tls, settings.http.token));
    deployment_.SetToken(settings.http.token);
    if (tls.enabled()) WAYMARK_INFO("the certificate {} was read again", tls.certificate);
  } else {
    WAYMARK_WARN("TLS of the HTTP port is turned on and off by a restart alone");
  }
  pace_.Set(PaceOf(settings));
  return {};
}

std::string Service::StateText() {
  if (health_.IsReady()) return "ready";
  const std::lock_guard lock(mutex_);
  if (not_ready_.empty()) return "not ready";
  return "not ready: " + not_ready_.begin()->first + ": " + not_ready_.begin()->second;
}

void Service::StopHttp() {
  if (http_) http_->Stop(kHttpGrace);
}

}  // namespace waymark::app
