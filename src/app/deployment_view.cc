#include "app/deployment_view.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/quality.h"
#include "api/selection.h"
#include "app/setup.h"
#include "engine/output.h"
#include "serve/accept.h"
#include "serve/http_server.h"

namespace waymark::app {
namespace {

constexpr base::Millis kBrokerPatience{1'500};

std::string HostName() {
  std::array<char, 256> host{};
  return gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "localhost";
}

bool IsUnspecified(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

serve::ClientTls TlsOf(const config::Settings& settings) {
  const auto& tls = settings.http.tls;
  // The certificate is shown to who asks for one.
  return {.verifies = true, .ca = tls.ca, .certificate = tls.certificate, .key = tls.key};
}

using Inputs = std::map<std::string, api::Quality::Input>;

void AddInputs(const GroupWatch::View& view, Inputs& inputs) {
  for (const GroupWatch::Input& input : view.inputs) {
    api::Quality::Input& sum = inputs[input.topic];
    sum.consumed += input.counts.taken;
    sum.rejected += input.counts.refused;
  }
}

// How much of each input waits, and for how long it has.
void AddBacklog(const GroupWatch::Backlog& backlog, base::Timestamp now, Inputs& inputs) {
  for (size_t i = 0; i < backlog.view->inputs.size(); ++i) {
    const GroupWatch::Input& input = backlog.view->inputs[i];
    const int64_t waiting = backlog.waiting[i];
    api::Quality::Input& sum = inputs[input.topic];
    sum.lag_records = sum.lag_records.value_or(0) + waiting;
    double seconds = sum.lag_seconds.value_or(0);
    if (waiting > 0 && input.counts.taken > 0) {
      seconds = std::max(seconds, static_cast<double>(now.ms - input.counts.last.ms) / 1000);
    }
    sum.lag_seconds = seconds;
  }
}

void AddMark(size_t number, const engine::TaskMark& mark, api::Quality& quality,
             std::array<int64_t, model::kDeadLetterReasons>& reasons) {
  const engine::Totals& totals = mark.totals;
  quality.consumed += totals.consumed;
  quality.steps += totals.steps;
  quality.duplicates += totals.duplicates;
  quality.late += totals.late;
  quality.ids_derived += totals.ids_derived;
  for (size_t i = 0; i < reasons.size(); ++i) reasons[i] += totals.dead_letters[i];
  api::Quality::Partition& partition = quality.partitions.emplace_back();
  partition.number = static_cast<int32_t>(number);
  partition.holder = mark.address;
  partition.consumed = totals.consumed;
  partition.rejected = totals.dead_letters_total();
  if (mark.horizon > base::Timestamp::min()) partition.horizon = mark.horizon;
  if (mark.time_max > base::Timestamp::min()) partition.latest = mark.time_max;
}

api::Quality QualityOf(const GroupWatch::View& view, const std::vector<std::string>& topics,
                       Inputs inputs) {
  api::Quality quality;
  quality.looked = view.when;
  std::array<int64_t, model::kDeadLetterReasons> reasons{};
  for (size_t p = 0; p < view.marks.size(); ++p) {
    if (view.marks[p]) AddMark(p, *view.marks[p], quality, reasons);
  }
  for (size_t i = 0; i < reasons.size(); ++i) {
    const auto reason = static_cast<model::DeadLetterReason>(i);
    quality.dead_letters.emplace_back(model::ToString(reason), reasons[i]);
  }
  for (const std::string& topic : topics) {
    api::Quality::Input& input = inputs[topic];
    input.topic = topic;
    quality.inputs.push_back(std::move(input));
  }
  return quality;
}

}  // namespace

DeploymentView::DeploymentView(const config::Settings& settings, engine::ShadowClients clients,
                               const base::Clock& clock)
    : settings_(settings),
      clock_(clock),
      watch_(settings.kafka.input_topics, engine::TopicNames(settings.kafka.prefix).dead_letters,
             std::move(clients), clock),
      neighbours_(TlsOf(settings), watch_, held_, clock) {
  neighbours_.SetToken(settings.http.token);
}

// Who listens on this machine alone can be reached there alone.
void DeploymentView::SetPort(uint16_t port) {
  const bool tls = TlsFilesOf(settings_).enabled();
  const std::string& said = settings_.http.advertised;
  if (!said.empty()) return neighbours_.SetOwnAddress((tls ? "https://" : "http://") + said);
  const std::string& listening = settings_.http.address;
  neighbours_.SetOwnAddress(
      serve::ToText({IsUnspecified(listening) ? HostName() : listening, port, tls}));
}

std::optional<base::Timestamp> DeploymentView::horizon() const {
  std::optional<base::Timestamp> least;
  const auto view = watch_.Latest();
  if (!view) return least;
  for (const auto& mark : view->marks) {
    if (!mark || mark->horizon == base::Timestamp::min()) continue;
    least = std::min(least.value_or(mark->horizon), mark->horizon);
  }
  return least;
}

serve::Response DeploymentView::Quality(const serve::Request& request,
                                        const api::LivePicture& picture) {
  if (auto refused = api::RefuseUnknown(request, {})) return *refused;
  const base::Timestamp now = clock_.Now();
  const auto backlog = watch_.LookCloser(kBrokerPatience);
  const auto view = backlog ? backlog->view : watch_.Latest();
  Inputs inputs;
  if (view) AddInputs(*view, inputs);
  if (backlog) AddBacklog(*backlog, now, inputs);
  api::Quality quality =
      QualityOf(view ? *view : GroupWatch::View(), settings_.kafka.input_topics, inputs);
  if (!view) quality.looked.reset();
  if (backlog) {
    auto& newest = quality.newest.emplace();
    for (const GroupWatch::Letter& letter : backlog->letters) {
      newest.push_back({letter.when, std::string(model::ToString(letter.reason)), letter.detail,
                        letter.topic, letter.partition, letter.offset, letter.time});
    }
  }
  return api::JsonResponse(api::QualityJson(quality, picture, now));
}

void DeploymentView::AddRoutes(const store::Store& store, const api::LivePicture& picture,
                               std::function<std::shared_ptr<const journey::Fold>()> fold,
                               std::function<bool()> is_ready, serve::Router& router) {
  router.Add("GET", "/api/v1/quality",
             serve::JsonOnly([this, &picture](const serve::Request& request) {
               return Quality(request, picture);
             }));
  AddProfileRoutes({store, held_, &neighbours_, std::move(fold), std::move(is_ready)}, router);
}

}  // namespace waymark::app
