#include "api/live_picture.h"

#include <utility>

namespace waymark::api {
namespace {
constexpr base::Millis kShownFor{1'000};
}  // namespace

void LivePicture::SetModels(std::shared_ptr<const journey::CompiledModels> models) {
  const std::lock_guard lock(mutex_);
  models_ = std::move(models);
}

std::shared_ptr<const journey::CompiledModels> LivePicture::models() const {
  const std::lock_guard lock(mutex_);
  return models_;
}

void LivePicture::SetInterventions(
    std::shared_ptr<const model::Interventions> interventions) {
  const std::lock_guard lock(mutex_);
  interventions_ = std::move(interventions);
}

std::shared_ptr<const model::Interventions> LivePicture::interventions() const {
  const std::lock_guard lock(mutex_);
  return interventions_;
}

void LivePicture::SetState(State state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
}

LivePicture::State LivePicture::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::optional<base::Timestamp> LivePicture::updated() const {
  const std::lock_guard lock(mutex_);
  return updated_;
}

int64_t LivePicture::revision() const {
  const std::lock_guard lock(mutex_);
  return picture_.revision();
}

int64_t LivePicture::ShownRevision() const {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.Monotonic();
  const bool is_due = !shown_since_ || now - *shown_since_ >= kShownFor;
  if (is_due && shown_ != picture_.revision()) {
    shown_ = picture_.revision();
    shown_since_ = now;
  }
  return shown_;
}

}  // namespace waymark::api
