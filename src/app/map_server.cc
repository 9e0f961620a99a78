#include "app/map_server.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "api/live_events.h"
#include "api/live_picture.h"
#include "api/measures_follower.h"
#include "api/routes.h"
#include "app/held_partitions.h"
#include "app/measure_source.h"
#include "app/opened_state.h"
#include "app/profile_routes.h"
#include "app/stop.h"
#include "app/topic_source.h"
#include "app/version.h"
#include "base/log.h"
#include "serve/compress.h"
#include "serve/health.h"
#include "serve/http_server.h"
#include "serve/page.h"

namespace waymark::app {
namespace {

constexpr base::Millis kGrace{2'000};
constexpr base::Millis kSilenceMax{60'000};
constexpr std::chrono::milliseconds kLook{50};

// The state folder that is meant, where there is one.
std::string StateOf(const ServedMap& served) {
  if (!served.state.empty()) return served.state;
  const std::string beside = served.from + "/state";
  std::error_code error;
  return std::filesystem::exists(beside + "/CURRENT", error) ? beside : std::string();
}

class MapServer {
 public:
  MapServer(const ServedMap& served, const config::Settings& settings)
      : served_(served), settings_(settings), picture_(clock_), events_(picture_, clock_, {}),
        health_(clock_, kSilenceMax) {}

  base::Status Run() {
    WAYMARK_ASSIGN_OR_RETURN(const Models models, LoadModels(served_.common, settings_));
    picture_.SetModels(models.compiled);
    picture_.SetInterventions(models.interventions);
    WAYMARK_RETURN_IF_ERROR(OpenCustomers());
    WAYMARK_RETURN_IF_ERROR(OpenFigures());
    serve::HttpServer server(HttpOptionsOf(settings_), MakeRouter(), clock_);
    WAYMARK_RETURN_IF_ERROR(server.Start());
    WarnWhereOpen(settings_);
    Tell(server.port());
    std::thread events([this] {
      events_.Run({}, 0, nullptr, StopFlag(), [this] { health_.Beat("events"); });
    });
    std::thread follower;
    if (topic_) follower = std::thread([this] { Follow(); });
    while (!StopFlag()) {
      if (TakeReloadSignal()) ReadInterventions();
      std::this_thread::sleep_for(kLook);
    }
    if (follower.joinable()) follower.join();
    events.join();
    server.Stop(kGrace);
    return {};
  }

 private:
  // With a fault in the files those before stay.
  void ReadInterventions() {
    const auto models = LoadModels(served_.common, settings_);
    if (models.ok()) {
      picture_.SetInterventions(models->interventions);
    } else {
      WAYMARK_ERROR("the models' files were read again and are faulty, the interventions before "
                    "stay: {}", models.status().text());
    }
  }

  base::Status OpenCustomers() {
    StateOptions options;
    options.common = served_.common;
    options.state = StateOf(served_);
    if (options.state.empty()) return {};
    WAYMARK_ASSIGN_OR_RETURN(state_, OpenState(options));
    for (const base::Partition at : state_->view->Partitions()) held_.Add(at, this);
    return {};
  }

  // Figures of a folder are complete once they are read, those of a topic once its end is seen.
  base::Status OpenFigures() {
    if (TopicSource::IsAddress(served_.from)) {
      picture_.SetState(api::LivePicture::State::kLoading);
      WAYMARK_ASSIGN_OR_RETURN(topic_, FindMeasures(served_.from));
      return {};
    }
    base::Status status;
    picture_.Update([&](measure::Picture& p) { status = ReadMeasures(served_.from, p); });
    picture_.SetState(api::LivePicture::State::kComplete);
    health_.SetReady();
    return status;
  }

  void Follow() {
    api::MeasuresFollower follower(topic_->name, topic_->partitions, topic_->make_reader, picture_);
    follower.Run(StopFlag(), [this] {
      health_.Beat("measures");
      if (picture_.state() == api::LivePicture::State::kComplete) health_.SetReady();
    });
  }

  serve::Router MakeRouter() {
    serve::Router router;
    router.Add("GET", "/livez", [this](const serve::Request&) { return health_.LiveResponse(); });
    router.Add("GET", "/readyz", [this](const serve::Request&) { return health_.ReadyResponse(); });
    serve::AddPage(router);
    const auto is_ready = [this] { return health_.IsReady(); };
    api::AddRoutes({picture_, clock_, OwnVersion(), is_ready, [] { return std::string(); },
                    [this] { return static_cast<int32_t>(held_.All().size()); },
                    [this] { return held_.All(); },
                    [] { return std::optional<base::Timestamp>(); }},
                   router);
    router.Add("GET", "/api/v1/stream",
               [this](const serve::Request& request) { return events_.Answer(request); });
    router.Add("GET", "/api/v1/quality", [](const serve::Request&) {
      return serve::ErrorResponse(404, "nothing is read from Kafka here",
                                  "`waymark run` tells of the quality of its input");
    });
    if (state_) {
      AddProfileRoutes({*state_->store, held_, nullptr, [this] { return state_->models.fold; },
                        is_ready},
                       router);
    } else {
      router.Add("GET", "/api/v1/profiles", [](const serve::Request&) {
        return serve::ErrorResponse(
            404, "there is no state of customers here",
            "`waymark replay --keep-state` leaves one beside the figures; --state names another");
      });
    }
    router.WrapAll(serve::Compressed);
    return router;
  }

  void Tell(uint16_t port) const {
    const std::string& address = settings_.http.address;
    const bool is_v6 = address.find(':') != std::string::npos;
    std::printf("the map: %s://%s%s%s:%d/   stop with Ctrl-C\n",
                TlsFilesOf(settings_).enabled() ? "https" : "http", is_v6 ? "[" : "",
                address.c_str(), is_v6 ? "]" : "", port);
    if (!state_) std::printf("figures alone: there is no state of customers\n");
    std::fflush(stdout);
  }

  const ServedMap& served_;
  const config::Settings& settings_;
  const base::SystemClock clock_;
  api::LivePicture picture_;
  api::LiveEvents events_;
  HeldPartitions held_;  // all of the state's
  serve::HealthState health_;
  std::optional<OpenedState> state_;
  std::optional<MeasureTopic> topic_;
};

}  // namespace

base::Status ServeMap(const ServedMap& served, const config::Settings& settings) {
  CatchStopSignals();
  CatchReloadSignal();
  MapServer server(served, settings);
  return server.Run();
}

}  // namespace waymark::app
