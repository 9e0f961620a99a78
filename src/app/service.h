#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/live_events.h"
#include "api/live_picture.h"
#include "app/deployment_view.h"
#include "app/setup.h"
#include "base/status.h"
#include "config/settings.h"
#include "engine/live_pace.h"
#include "engine/models_follower.h"
#include "engine/shadow.h"
#include "engine/worker.h"
#include "journey/model_versions.h"
#include "metrics/metrics.h"
#include "metrics/registry.h"
#include "serve/health.h"
#include "serve/http_server.h"
#include "store/store.h"

namespace waymark::app {

// A set of clients for each worker, by its number.
using ClientsFor = std::function<engine::WorkerClients(int worker)>;
// Of the shadow, and of whoever looks at the group from outside.
using ShadowClientsFor = std::function<engine::ShadowClients()>;

struct ServiceOptions {
  bool drain = false;
  std::optional<base::Timestamp> drain_now;
  int workers = 1;
};

// What the workers find when they start.
struct Ground {
  int partitions = 1;  // of each input topic
  int state_format = codec::kStateFormatNewest;  // what state is written in
  bool measures = true;  // the deployment was begun with them
};

// The workers of one process, its health and its HTTP port; the same over Kafka (`run`) and over
// the broker in memory (`demo`).
class Service {
 public:
  Service(const config::Settings& settings, const ServiceOptions& options,
          rocks::RocksStore& store, const base::Clock& clock, ClientsFor clients,
          ShadowClientsFor shadow_clients);
  ~Service();

  // Opens the HTTP port. Fails with kConfig where it is taken.
  base::Status Start();
  // What the workers fold with; to be called before they run.
  void UseModels(std::shared_ptr<const journey::CompiledModels> models);
  // What the API shows beside their figures; may be called at any time.
  void UseInterventions(std::shared_ptr<const model::Interventions> interventions) {
    picture_.SetInterventions(std::move(interventions));
  }
  // Looks for versions that are published while the workers run, and lets these go on with them.
  // `topic`: as it was read; `versions`: of it, which are in use.
  void Follow(engine::ModelsTopic topic, journey::ModelVersions versions,
              engine::MakeLogReader make_reader);
  // Lets clients of HTTP follow what the whole deployment finds; without it they hear of figures
  // alone.
  using TailFor = std::function<base::Result<std::unique_ptr<stream::TailReader>>(
      const std::string& topic, int32_t partitions)>;
  void FollowSignals(TailFor tail) { tail_ = std::move(tail); }
  // Runs the workers until `stop`, until all are drained, or until one fails; the first fault.
  base::Status RunWorkers(const std::atomic<bool>& stop, const Ground& ground);
  // Asked for all the time while the workers run; its fault ends them.
  using Watch = std::function<base::Status(bool ready)>;
  void SetWatch(Watch watch) { watch_ = std::move(watch); }
  void StopHttp();
  // What of these settings can change while the workers run, does; with a fault nothing.
  base::Status TakeUp(const config::Settings& settings);
  bool is_live() const { return health_.IsLive(); }
  // "ready", or why it is not.
  std::string StateText();

  uint16_t port() const { return http_->port(); }
  const metrics::Registry& registry() const { return registry_; }
  metrics::Metrics& metrics() { return metrics_; }

 private:
  class Probe;
  class ModelsNews;
  struct Run;
  void Fail(Run& run, const base::Status& status);
  void RunPart(Run& run, const std::string& component, const std::string& name,
               const std::function<base::Status(engine::WorkerProbe&)>& work);
  std::shared_ptr<const journey::Fold> FoldInUse();
  void SetFold(std::shared_ptr<const journey::Fold> fold);
  std::thread FollowMeasures(Run& run, const Ground& ground);
  std::thread WatchGroup(Run& run, const Ground& ground);
  std::vector<std::thread> StartFollowers(Run& run, const Ground& ground,
                                          const journey::Fold& fold,
                                          const engine::LiveFold& live);
  std::thread FeedEvents(Run& run, const Ground& ground);
  std::shared_ptr<const journey::Fold> FoldOf(
      std::shared_ptr<const journey::CompiledModels> models, const Ground& ground) const;
  void TellModels(const journey::CompiledModels& models);
  engine::WorkerSettings WorkerSettingsOf(int worker, const Ground& ground) const;
  engine::ShadowSettings ShadowSettingsOf(const Ground& ground) const;
  serve::Router MakeRouter();
  void TellState();
  void PublishStore();
  void BeginCounters();
  void Note(const std::string& worker, const std::string& reason);

  const config::Settings& settings_;
  const ServiceOptions options_;
  std::shared_ptr<const journey::CompiledModels> models_;
  std::unique_ptr<ModelsNews> news_;
  std::unique_ptr<engine::ModelsFollower> follower_;
  rocks::RocksStore& store_;
  const base::Clock& clock_;
  const ClientsFor clients_;
  const ShadowClientsFor shadow_clients_;
  metrics::Registry registry_;
  metrics::Metrics metrics_;
  serve::HealthState health_;
  api::LivePicture picture_;
  DeploymentView deployment_;
  api::LiveEvents events_;
  TailFor tail_;
  engine::LivePace pace_;
  base::Timestamp published_;  // the store's metrics
  rocks::RocksUsage store_usage_;  // then
  Watch watch_ = [](bool) { return base::Status(); };
  std::unique_ptr<serve::HttpServer> http_;
  engine::PartitionClaims claims_;
  std::mutex mutex_;
  std::shared_ptr<const journey::Fold> fold_;     // in use; null before the workers run
  std::map<std::string, std::string> not_ready_;  // by worker; a worker that is ready is not in it
};

}  // namespace waymark::app
