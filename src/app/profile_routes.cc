#include "app/profile_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "api/selection.h"
#include "app/explanation_text.h"
#include "app/profile_page.h"
#include "app/state_view.h"
#include "base/hash.h"
#include "serve/accept.h"

namespace waymark::app {
namespace {

using nlohmann::ordered_json;
using serve::ErrorResponse;
using serve::Form;
using serve::Request;
using serve::Response;

// A timeline is read as a whole: of a longer one only the profile is told.
constexpr int64_t kTimelineMost = 50'000;

Response ReportFault(const base::Status& status) {
  return ErrorResponse(500, status.message(), status.hint());
}

// Path and query of a request as they are sent on.
std::string TargetOf(const std::string& pattern, const Request& request) {
  std::string target = pattern;
  for (const auto& [name, value] : request.parameters) {
    const std::string place = "{" + name + "}";
    const size_t at = target.find(place);
    if (at != std::string::npos) target.replace(at, place.size(), EncodePercent(value));
  }
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator + EncodePercent(name) + "=" + EncodePercent(value);
    separator = '&';
  }
  return target;
}

class Profiles {
 public:
  explicit Profiles(ProfileSource source) : source_(std::move(source)) {}

  // What draws an answer of what is known of one profile.
  using Draw = std::function<Response(const StateView&, const std::string& id)>;

  // The answer to a question about one profile, of whoever holds it.
  Response Answer(const std::string& pattern, const Request& request, const std::string& id,
                  const Draw& draw) const {
    const auto fold = source_.fold();
    if (!fold) return ErrorResponse(503, "no models are known yet", "try again soon");
    const auto state = StateView::OpenFor(source_.store, *fold, id, PlacesOf(id));
    if (state.ok()) return draw(*state, id);
    if (state.status().code() != base::StatusCode::kNotFound) return ReportFault(state.status());
    if (source_.neighbours == nullptr) {
      return ErrorResponse(404, "no profile " + id,
                           "an id is the record key, or namespace:value of the first identifier");
    }
    if (!request.headers.contains(kHopHeader)) {
      return source_.neighbours->Ask(request, TargetOf(pattern, request), id);
    }
    if (!source_.is_ready()) return ErrorResponse(503, "this instance is not ready", "");
    return ErrorResponse(kUnknownHere, "no profile " + id + " here", "");
  }

 private:
  // The partitions held here, the likeliest first: where Kafka's usual partitioner puts the key.
  std::vector<base::Partition> PlacesOf(const std::string& id) const {
    std::vector<base::Partition> places = source_.held.All();
    const int32_t partitions =
        source_.neighbours == nullptr ? 0 : source_.neighbours->partitions();
    if (partitions == 0) return places;
    const base::Partition likeliest(base::Murmur2Partition(id, partitions));
    std::ranges::stable_partition(places, [&](base::Partition p) { return p == likeliest; });
    return places;
  }

  const ProfileSource source_;
};

// Draws with the whole timeline, unless that is too long.
template <class With>
Response WithTimeline(const StateView& state, const std::string& id, With with) {
  const auto length = state.LengthOf(id);
  if (!length.ok()) return ReportFault(length.status());
  if (length->value_or(0) > kTimelineMost) {
    return ErrorResponse(413, "the timeline of " + id + " is too long to be shown",
                         "`waymark journey show` tells all of it");
  }
  const auto view = state.Find(id);
  if (!view.ok()) return ReportFault(view.status());
  if (!*view) return ErrorResponse(404, "no profile " + id, "it has just been forgotten");
  return with(**view);
}

Response Find(const Profiles& profiles, const std::string& pattern, const Request& request) {
  if (auto refused = api::RefuseUnknown(request, {"q", "identifier"})) return *refused;
  const std::string identifier = api::Parameter(request, "identifier").value_or("");
  const std::string query = api::Parameter(request, "q").value_or("");
  const std::string id = identifier.empty() ? query : identifier;
  if (id.empty()) {
    return ErrorResponse(400, "q is missing", "?q=ID or ?identifier=NAMESPACE:VALUE");
  }
  Response found = profiles.Answer(pattern, request, id, [](const auto&, const std::string& name) {
    ordered_json json;
    json["profiles"] = {{{"id", name}}};
    return api::JsonResponse(json);
  });
  if (found.code != 404 || identifier.empty()) return found;
  return ErrorResponse(404, "nobody is known by " + identifier,
                       "a customer is found by the identifier that is the id: the record key, or "
                       "namespace:value of the first one; identities are not stitched, so that "
                       "further identifiers find nobody");
}

Response Show(const StateView& state, const std::string& id, Form form) {
  const auto view = state.Glance(id);
  if (!view.ok()) return ReportFault(view.status());
  if (!*view) return ErrorResponse(404, "no profile " + id, "it has just been forgotten");
  return ProfileResponse(**view, form);
}

Response Explained(const StateView& state, const std::string& id, const std::string& signal) {
  return WithTimeline(state, id, [&](const ProfileView& view) {
    const auto explanation = explain::Explain(state.TimelineOf(view), signal);
    if (!explanation) {
      return ErrorResponse(404, "profile " + id + " has no signal " + signal,
                           "it may have been retracted");
    }
    return api::JsonResponse(ExplanationJson({*explanation, ""}));
  });
}

// Adds a route of one customer: answer(state, id, request, form).
template <class AnswerOf>
void AddRoute(const std::shared_ptr<const Profiles>& profiles, const std::string& pattern,
              AnswerOf answer, serve::Router& router) {
  router.Add("GET", pattern, [profiles, pattern, answer](const Request& request) {
    const auto form = serve::FormAskedFor(request);
    if (!form) return serve::NotAcceptable(true);
    return answer(*profiles, pattern, request, *form);
  });
}

}  // namespace

void AddProfileRoutes(const ProfileSource& source, serve::Router& router) {
  const auto profiles = std::make_shared<const Profiles>(source);
  const auto id = [](const Request& request) { return request.parameters.at("id"); };
  const std::string all = "/api/v1/profiles";
  router.Add("GET", all, serve::JsonOnly([profiles, all](const Request& request) {
    return Find(*profiles, all, request);
  }));
  AddRoute(profiles, "/api/v1/profiles/{id}",
           [id](const Profiles& p, const auto& pattern, const Request& request, Form form) {
             if (auto refused = api::RefuseUnknown(request, {})) return *refused;
             return p.Answer(pattern, request, id(request),
                             [&](const StateView& state, const std::string& name) {
                               return Show(state, name, form);
                             });
           },
           router);
  const auto add_pages = [&](const char* path, auto draw) {
    AddRoute(profiles, path,
             [id, draw](const Profiles& p, const auto& pattern, const Request& request,
                        Form form) {
               PageWish page;
               if (auto refused = ReadPage(request, page)) return *refused;
               return p.Answer(pattern, request, id(request),
                               [&](const StateView& state, const std::string& name) {
                                 return WithTimeline(state, name, [&](const ProfileView& view) {
                                   return draw(state, view, page, form);
                                 });
                               });
             },
             router);
  };
  add_pages("/api/v1/profiles/{id}/timeline",
            [](const StateView&, const ProfileView& view, const PageWish& page, Form form) {
              return TimelineResponse(view, page, form);
            });
  add_pages("/api/v1/profiles/{id}/signals",
            [](const StateView& state, const ProfileView& view, const PageWish& page, Form form) {
              return SignalsResponse(view, state.TimelineOf(view), page, form);
            });
  const std::string one = "/api/v1/profiles/{id}/signals/{signal}";
  router.Add("GET", one, serve::JsonOnly([profiles, id, one](const Request& request) {
    if (auto refused = api::RefuseUnknown(request, {})) return *refused;
    return profiles->Answer(one, request, id(request),
                            [&](const StateView& state, const std::string& name) {
                              return Explained(state, name, request.parameters.at("signal"));
                            });
  }));
}

}  // namespace waymark::app
