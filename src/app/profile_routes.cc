#include "app/profile_routes.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/selection.h"
#include "app/state_view.h"
#include "base/hash.h"
#include "codec/json.h"
#include "engine/keys.h"

namespace waymark::app {
namespace {

using nlohmann::ordered_json;
using serve::ErrorResponse;
using serve::Request;
using serve::Response;

constexpr size_t kLimitDefault = 50;
constexpr size_t kLimitMost = 500;
// A timeline is read as a whole: of a longer one only the profile is told.
constexpr int64_t kTimelineMost = 50'000;

template <class T>
ordered_json JsonOf(const T& value) {
  std::string text;
  codec::EncodeJson(value, text);
  return ordered_json::parse(text);
}

Response ReportFault(const base::Status& status) {
  const bool is_early = status.code() == base::StatusCode::kNotFound;
  return ErrorResponse(is_early ? 503 : 500, status.message(), status.hint());
}

Response Unknown(const std::string& id) {
  return ErrorResponse(404, "no profile " + id + " here",
                       "an id is the record key, or namespace:value of the first identifier; other "
                       "instances hold other customers");
}

std::string Parameter(const Request& request, const char* name) {
  const auto at = request.query.find(name);
  return at == request.query.end() ? std::string() : at->second;
}

// Rows by rising keys, newest last; a page goes back from a cursor, which is such a key.
struct Page {
  size_t limit = kLimitDefault;
  std::string before;  // bytes; empty: from the newest on
};

std::optional<Response> ReadPage(const Request& request, Page& page) {
  if (auto refused = api::RefuseUnknown(request, {"limit", "before"})) return refused;
  const std::string limit = Parameter(request, "limit");
  if (!limit.empty()) {
    const char* const end = limit.data() + limit.size();
    const auto parsed = std::from_chars(limit.data(), end, page.limit);
    if (parsed.ec != std::errc() || parsed.ptr != end || page.limit < 1 ||
        page.limit > kLimitMost) {
      return ErrorResponse(400, "limit is none: " + limit,
                           "a number from 1 to " + std::to_string(kLimitMost));
    }
  }
  page.before = Parameter(request, "before");
  return std::nullopt;
}

// The newest rows below the cursor. `rows`: key in hexadecimal and the row, in any order.
template <class Row>
ordered_json TakePage(std::vector<std::pair<std::string, const Row*>> rows, const Page& page,
                      const char* name) {
  std::ranges::sort(rows, [](const auto& a, const auto& b) { return a.first > b.first; });
  auto at = rows.begin();
  if (!page.before.empty()) {
    at = std::ranges::find_if(rows, [&](const auto& row) { return row.first < page.before; });
  }
  ordered_json json;
  ordered_json& list = json[name] = ordered_json::array();
  for (; at != rows.end() && list.size() < page.limit; ++at) {
    list.push_back(JsonOf(*at->second));
    if (list.size() == page.limit && at + 1 != rows.end()) json["next"] = at->first;
  }
  return json;
}

std::string KeyOf(const model::Step& step) {
  std::string order;
  engine::AppendOrderBytes(model::OrderOf(step.interaction), order);
  return base::ToHex(order);
}

std::string KeyOf(const model::Signal& signal) {
  std::string key;
  engine::AppendNumber(signal.time, key);
  key.append(signal.id);
  return base::ToHex(key);
}

class Profiles {
 public:
  Profiles(const store::Store& store, std::function<std::shared_ptr<const journey::Fold>()> fold)
      : store_(store), fold_(std::move(fold)) {}

  Response Find(const Request& request) const {
    if (auto refused = api::RefuseUnknown(request, {"q", "identifier"})) return *refused;
    const std::string identifier = Parameter(request, "identifier");
    const std::string id = identifier.empty() ? Parameter(request, "q") : identifier;
    if (id.empty()) {
      return ErrorResponse(400, "q is missing", "?q=ID or ?identifier=NAMESPACE:VALUE");
    }
    return With(id, [](const ProfileView& view) {
      ordered_json json;
      json["profiles"] = {{{"id", view.profile.state.profile_id}}};
      return json;
    });
  }

  Response Show(const Request& request) const {
    if (auto refused = api::RefuseUnknown(request, {})) return *refused;
    return With(request.parameters.at("id"), [](const ProfileView& view) {
      ordered_json json = JsonOf(view.journeys);
      json["interactions"] = view.profile.state.interactions;
      if (view.horizon > base::Timestamp::min()) json["as_of"] = view.horizon.ms;
      return json;
    });
  }

  Response Timeline(const Request& request) const {
    Page page;
    if (auto refused = ReadPage(request, page)) return *refused;
    return With(request.parameters.at("id"), [&](const ProfileView& view) {
      std::vector<std::pair<std::string, const model::Step*>> rows;
      for (const model::Step& step : view.steps) rows.emplace_back(KeyOf(step), &step);
      return TakePage(std::move(rows), page, "steps");
    });
  }

  Response Signals(const Request& request) const {
    Page page;
    if (auto refused = ReadPage(request, page)) return *refused;
    return With(request.parameters.at("id"), [&](const ProfileView& view) {
      std::vector<std::pair<std::string, const model::Signal*>> rows;
      for (const model::Signal& signal : view.signals) rows.emplace_back(KeyOf(signal), &signal);
      return TakePage(std::move(rows), page, "signals");
    });
  }

 private:
  template <class Draw>
  Response With(const std::string& id, Draw draw) const {
    const auto fold = fold_();
    if (!fold) return ErrorResponse(503, "no models are known yet", "try again soon");
    const auto state = StateView::Open(store_, *fold);
    if (!state.ok()) return ReportFault(state.status());
    const auto length = state->LengthOf(id);
    if (!length.ok()) return ReportFault(length.status());
    if (!*length) return Unknown(id);
    if (**length > kTimelineMost) {
      return ErrorResponse(413, "the timeline of " + id + " is too long to be shown",
                           "`waymark journey show` tells all of it");
    }
    const auto view = state->Find(id);
    if (!view.ok()) return ReportFault(view.status());
    if (!*view) return Unknown(id);
    return api::JsonResponse(draw(**view));
  }

  const store::Store& store_;
  const std::function<std::shared_ptr<const journey::Fold>()> fold_;
};

}  // namespace

void AddProfileRoutes(const store::Store& store,
                      std::function<std::shared_ptr<const journey::Fold>()> fold,
                      serve::Router& router) {
  const auto profiles = std::make_shared<const Profiles>(store, std::move(fold));
  const auto add = [&](const char* path, Response (Profiles::*answer)(const Request&) const) {
    router.Add("GET", path, [profiles, answer](const Request& request) {
      return ((*profiles).*answer)(request);
    });
  };
  add("/api/v1/profiles", &Profiles::Find);
  add("/api/v1/profiles/{id}", &Profiles::Show);
  add("/api/v1/profiles/{id}/timeline", &Profiles::Timeline);
  add("/api/v1/profiles/{id}/signals", &Profiles::Signals);
}

}  // namespace waymark::app
