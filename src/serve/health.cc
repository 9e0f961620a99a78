#include "serve/health.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace waymark::serve {
namespace {

using nlohmann::ordered_json;

Response Answer(bool good, const ordered_json& body) {
  return {.code = good ? 200 : 503,
          .body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n",
          .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

HealthState::HealthState(const base::Clock& clock, base::Millis age_max)
    : clock_(clock), age_max_(age_max) {}

void HealthState::Beat(std::string_view component) {
  const auto now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  const auto found = beats_.find(component);
  if (found == beats_.end()) {
    beats_.emplace(component, now);
  } else {
    found->second = now;
  }
}

void HealthState::Forget(std::string_view component) {
  const std::lock_guard lock(mutex_);
  if (const auto found = beats_.find(component); found != beats_.end()) beats_.erase(found);
}

std::optional<HealthState::Silence> HealthState::LongestSilence() const {
  const std::lock_guard lock(mutex_);
  const auto last =
      std::min_element(beats_.begin(), beats_.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (last == beats_.end()) return std::nullopt;
  return Silence{last->first, clock_.Monotonic() - last->second};
}

void HealthState::SetReady() {
  const std::lock_guard lock(mutex_);
  not_ready_.clear();
  detail_.clear();
}

void HealthState::SetNotReady(std::string reason, std::string detail) {
  const std::lock_guard lock(mutex_);
  not_ready_ = reason.empty() ? "not ready" : std::move(reason);
  detail_ = std::move(detail);
}

void HealthState::SetFatal(std::string reason) {
  const std::lock_guard lock(mutex_);
  // The first cause is the one to look for.
  if (fatal_.empty()) fatal_ = reason.empty() ? "fatal error" : std::move(reason);
}

std::string HealthState::LiveFault() const {
  if (!fatal_.empty()) return fatal_;
  const auto now = clock_.Monotonic();
  for (const auto& [component, beat] : beats_) {
    if (now - beat > age_max_) return "no sign of life from " + component;
  }
  return {};
}

bool HealthState::IsLive() const {
  const std::lock_guard lock(mutex_);
  return LiveFault().empty();
}

bool HealthState::IsReady() const {
  const std::lock_guard lock(mutex_);
  return LiveFault().empty() && not_ready_.empty();
}

Response HealthState::LiveResponse() const {
  const std::lock_guard lock(mutex_);
  const std::string fault = LiveFault();
  ordered_json body;
  body["live"] = fault.empty();
  if (!fault.empty()) body["reason"] = fault;
  body["components"] = ordered_json::object();
  const auto now = clock_.Monotonic();
  for (const auto& [component, beat] : beats_) {
    const auto age = std::chrono::duration_cast<base::Millis>(now - beat);
    body["components"][component]["age_seconds"] = static_cast<double>(age.count()) / 1000;
  }
  return Answer(fault.empty(), body);
}

Response HealthState::ReadyResponse() const {
  const std::lock_guard lock(mutex_);
  const std::string fault = LiveFault();
  const std::string& reason = fault.empty() ? not_ready_ : fault;
  ordered_json body;
  body["ready"] = reason.empty();
  if (!reason.empty()) body["reason"] = reason;
  if (!detail_.empty()) {
    auto parsed = ordered_json::parse(detail_, nullptr, false);
    body["detail"] = parsed.is_discarded() ? ordered_json(detail_) : std::move(parsed);
  }
  return Answer(reason.empty(), body);
}

}  // namespace waymark::serve
