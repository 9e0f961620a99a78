#include "app/service.h"

#include <algorithm>

#include "app/version.h"
#include "base/log.h"
#include "metrics/process.h"

namespace waymark::app {
namespace {
constexpr base::Millis kHeartbeatMax{60'000};
constexpr base::Millis kHttpGrace{2'000};
}  // namespace

// Passes heartbeats and readiness of one worker on to the health of the process.
class Service::Probe final : public engine::WorkerProbe {
 public:
  Probe(Service& service, std::string worker)
      : engine::WorkerProbe(service.metrics_), service_(service), worker_(std::move(worker)) {}
  void OnHeartbeat() override { service_.health_.Beat(worker_); }
  void OnReady() override { service_.Note(worker_, {}); }
  void OnNotReady(const std::string& reason) override { service_.Note(worker_, reason); }

 private:
  Service& service_;
  std::string worker_;
};

Service::Service(const config::Settings& settings, const ServiceOptions& options,
                 const Models& models, rocks::RocksStore& store, const base::Clock& clock,
                 ClientsFor clients)
    : settings_(settings),
      options_(options),
      models_(models),
      store_(store),
      clock_(clock),
      clients_(std::move(clients)),
      registry_(static_cast<size_t>(settings.metrics.series_max)),
      metrics_(registry_),
      health_(clock, kHeartbeatMax) {
  metrics::AddProcessMetrics(registry_);
  metrics_.process.start_time.Set(static_cast<double>(clock.Now().ms) / 1000);
  metrics_.process.build_info.With(OwnVersion(), Revision()).Set(1);
  for (const auto& model : models.compiled->all()) {
    const auto& m = model->definition;
    metrics_.process.models_loaded.With(m.family, m.name, std::to_string(m.version)).Set(1);
  }
}

Service::~Service() = default;

base::Status Service::Start() {
  serve::HttpOptions http;
  http.address = settings_.http.address;
  http.port = static_cast<uint16_t>(settings_.http.port);
  http.connections_max = static_cast<size_t>(settings_.http.connections_max);
  http.idle_timeout = settings_.http.idle_timeout;
  http_ = std::make_unique<serve::HttpServer>(
      http, MakeRouter(), clock_, [this](const serve::Exchange& exchange) {
        metrics_.http.requests.With(exchange.route, exchange.method, std::to_string(exchange.code))
            .Add();
        metrics_.http.request_duration.With(exchange.route)
            .Observe(std::chrono::duration<double>(exchange.duration).count());
      });
  return http_->Start();
}

serve::Router Service::MakeRouter() {
  serve::Router router;
  router.Add("GET", "/metrics", [this](const serve::Request&) {
    serve::Response response;
    response.content_type = metrics::Registry::kContentType;
    response.body = registry_.Expose();
    return response;
  });
  router.Add("GET", "/livez", [this](const serve::Request&) { return health_.LiveResponse(); });
  router.Add("GET", "/readyz", [this](const serve::Request&) { return health_.ReadyResponse(); });
  return router;
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

engine::WorkerSettings Service::WorkerSettingsOf(int worker, int partitions) const {
  engine::WorkerSettings out;
  out.name = "worker-" + std::to_string(worker);
  out.input_topics = settings_.kafka.input_topics;
  out.prefix = settings_.kafka.prefix;
  out.commit_interval = settings_.commit.interval;
  out.commit_records_max = settings_.commit.records_max;
  out.flush_interval = settings_.state.flush_interval;
  out.flush_bytes =
      static_cast<size_t>(settings_.state.flush_bytes) / static_cast<size_t>(options_.workers);
  out.cache_bytes_max =
      static_cast<size_t>(settings_.cache.bytes_max) / static_cast<size_t>(options_.workers);
  out.drain = options_.drain;
  out.drain_now = options_.drain_now;
  out.partitions = partitions;
  out.intake = IntakeSettingsOf(settings_);
  out.task.disorder = settings_.time.disorder;
  out.task.snapshot_interval = settings_.snapshot.interval;
  out.task.cache_bytes_max = out.cache_bytes_max;
  return out;
}

base::Status Service::RunWorkers(const std::atomic<bool>& stop, int partitions) {
  std::atomic<bool> stop_all{false};
  std::mutex fault_mutex;
  base::Status fault;
  std::atomic<int> running{options_.workers};
  std::vector<std::thread> threads;
  for (int w = 0; w < options_.workers; ++w) {
    Note("worker-" + std::to_string(w), "joining the group");
  }
  for (int w = 0; w < options_.workers; ++w) {
    threads.emplace_back([&, w] {
      const engine::WorkerSettings settings = WorkerSettingsOf(w, partitions);
      Probe probe(*this, settings.name);
      engine::Worker worker(settings, clients_(w), *models_.fold, store_, clock_, probe);
      const base::Status status = worker.Run(stop_all);
      health_.Forget(settings.name);
      if (!status.ok()) {
        WAYMARK_ERROR("{}: {}", settings.name, status.text());
        metrics_.process.fatal_errors.With("worker").Add();
        health_.SetFatal(status.message());
        const std::lock_guard lock(fault_mutex);
        if (fault.ok()) fault = status;
        stop_all = true;
      }
      --running;
    });
  }
  while (running > 0) {
    if (const base::Status status = stop_all ? base::Status() : watch_(health_.IsReady());
        !status.ok()) {
      metrics_.process.fatal_errors.With("store").Add();
      health_.SetFatal(status.message());
      const std::lock_guard lock(fault_mutex);
      if (fault.ok()) fault = status;
      stop_all = true;
    }
    if (stop && !stop_all) {
      WAYMARK_INFO("stopping: the open transactions are committed first");
      stop_all = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (std::thread& thread : threads) thread.join();
  return fault;
}

void Service::StopHttp() {
  if (http_) http_->Stop(kHttpGrace);
}

}  // namespace waymark::app
