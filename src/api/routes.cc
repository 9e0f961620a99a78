#include "api/routes.h"

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/answer_cache.h"
#include "api/internal_view.h"
#include "api/interventions_view.h"
#include "api/map.h"
#include "api/measures_view.h"
#include "api/openapi.h"
#include "api/models_view.h"
#include "api/rankings.h"
#include "api/selection.h"
#include "api/trends.h"
#include "serve/accept.h"

namespace waymark::api {
namespace {

using nlohmann::ordered_json;
using serve::Request;
using serve::Response;

const char* ToString(LivePicture::State state) {
  switch (state) {
    case LivePicture::State::kOff: return "off";
    case LivePicture::State::kLoading: return "loading";
    case LivePicture::State::kComplete: break;
  }
  return "complete";
}

Response StatusOf(const Surroundings& around, const Request& request) {
  if (auto refused = RefuseUnknown(request, {})) return *refused;
  const LivePicture& picture = around.picture;
  ordered_json measures;
  measures["enabled"] = picture.state() != LivePicture::State::kOff;
  measures["state"] = ToString(picture.state());
  measures["complete"] = picture.state() == LivePicture::State::kComplete;
  measures["revision"] = picture.revision();
  if (const auto updated = picture.updated()) measures["updated"] = updated->ms;
  if (const auto horizon = around.horizon()) measures["as_of"] = horizon->ms;
  measures["cells"] = picture.Read([](const measure::Picture& p) { return p.size(); });
  ordered_json json;
  json["version"] = around.version;
  json["ready"] = around.is_ready();
  json["now"] = around.clock.Now().ms;
  json["instance"] = around.address();
  ordered_json held = ordered_json::array();
  for (const base::Partition partition : around.partitions_held()) held.push_back(partition.value);
  json["partitions"] = {{"total", around.partitions()}, {"owned", std::move(held)}};
  json["measures"] = std::move(measures);
  json["identity"] = {{"stitching", false}};
  return JsonResponse(json);
}

// A route that draws the figures of one selection, once for all who look at the same.
template <class Draw>
serve::Handler Drawn(const Surroundings& around, Draw draw) {
  const auto cache = std::make_shared<AnswerCache>();
  return [&picture = around.picture, draw, cache](const Request& request) {
    // Read before the figures are: what changes meanwhile is drawn again.
    const AnswerCache::Version version{picture.ShownRevision(), picture.models()};
    return cache->Answer(request, version, [&]() -> Response {
      Question question;
      if (auto refused = ReadQuestion(request, picture, question)) return *refused;
      int64_t revision = 0;
      const measure::Figures figures = picture.Read([&](const measure::Picture& p) {
        revision = p.revision();
        return measure::Collect(p, question.selection);
      });
      ordered_json json = draw(question, figures);
      json["revision"] = revision;
      return JsonResponse(json);
    });
  };
}

// The days on each side that a request asks for: fills either them or the refusal.
std::optional<Response> ReadDays(const Request& request, int32_t& days) {
  const auto text = Parameter(request, "days");
  if (!text) return std::nullopt;
  const char* const end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, days);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end;
  if (is_number && days >= 1 && days <= kCourseDaysMost) return std::nullopt;
  return serve::ErrorResponse(400, "days is none: " + *text,
                              "a number from 1 to " + std::to_string(kCourseDaysMost));
}

Response DrawInterventions(const LivePicture& picture, const Request& request,
                           const model::Interventions* interventions) {
  if (auto refused = RefuseUnknown(
          request, {"model", "version", "persona", "target_group", "days"})) {
    return *refused;
  }
  Question question;
  int32_t days = kCourseDays;
  if (auto refused = ReadDays(request, days)) return *refused;
  if (auto refused = ReadQuestion(request, picture, question, {"days"})) return *refused;
  const model::ModelInterventions* of = nullptr;
  if (interventions != nullptr) {
    const auto found = interventions->find(question.selection.model);
    if (found != interventions->end()) of = &found->second;
  }
  return JsonResponse(picture.Read([&](const measure::Picture& p) {
    ordered_json json = InterventionsJson(question, of, p, days);
    json["revision"] = p.revision();
    return json;
  }));
}

// As Drawn(), and anew once others are read from the files.
serve::Handler InterventionsDrawn(const LivePicture& picture) {
  const auto cache = std::make_shared<AnswerCache>();
  return [&picture, cache](const Request& request) {
    const AnswerCache::Version version{picture.ShownRevision(), picture.models(),
                                       picture.interventions()};
    return cache->Answer(request, version, [&] {
      return DrawInterventions(picture, request, version.interventions.get());
    });
  };
}

Response TrendsOf(const Surroundings& around, const Request& request) {
  Question question;
  if (auto refused = ReadQuestion(request, around.picture, question,
                                  {"measure", "stage", "touchpoint"})) {
    return *refused;
  }
  const auto parameter = [&](const char* name) { return Parameter(request, name).value_or(""); };
  const std::string stage = parameter("stage");
  if (!stage.empty() && !question.model->StageIndex(stage)) {
    return serve::ErrorResponse(404, "the model has no stage " + stage, {});
  }
  const auto trend = around.picture.Read([&](const measure::Picture& p) {
    return TrendJson(question, p, parameter("measure"), {stage, parameter("touchpoint")});
  });
  if (trend) return JsonResponse(*trend);
  return serve::ErrorResponse(400, "measure is none of those there are: " + parameter("measure"),
                              "one of " + TrendNames());
}

}  // namespace

void AddRoutes(const Surroundings& surroundings, serve::Router& router) {
  const auto around = std::make_shared<const Surroundings>(surroundings);
  const auto add = [&](const char* path, auto answer) {
    router.Add("GET", path, serve::JsonOnly([around, answer](const Request& request) {
      return answer(*around, request);
    }));
  };
  add("/api/v1/status", StatusOf);
  add("/api/v1/models", [](const Surroundings& a, const Request& request) {
    if (auto refused = RefuseUnknown(request, {})) return *refused;
    return JsonResponse(ModelsJson(a.picture));
  });
  add("/api/v1/trends", TrendsOf);
  add("/api/v1/openapi.json", [](const Surroundings&, const Request& request) {
    if (auto refused = RefuseUnknown(request, {})) return *refused;
    return serve::Response{.body = std::string(OpenApi())};
  });
  router.Add("GET", "/api/v1/map", serve::JsonOnly(Drawn(*around, MapJson)));
  router.Add("GET", "/api/v1/rankings", serve::JsonOnly(Drawn(*around, RankingsJson)));
  router.Add("GET", "/api/v1/internal", serve::JsonOnly(Drawn(*around, InternalJson)));
  router.Add("GET", "/api/v1/interventions", serve::JsonOnly(InterventionsDrawn(around->picture)));
  router.Add("GET", "/api/v1/measures", [around](const Request& request) {
    return MeasuresPage(around->picture, request);
  });
}

}  // namespace waymark::api
