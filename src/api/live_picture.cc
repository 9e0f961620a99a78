#include "api/live_picture.h"

#include <utility>

namespace waymark::api {

void LivePicture::SetModels(std::shared_ptr<const journey::CompiledModels> models) {
  const std::lock_guard lock(mutex_);
  models_ = std::move(models);
}

std::shared_ptr<const journey::CompiledModels> LivePicture::models() const {
  const std::lock_guard lock(mutex_);
  return models_;
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

}  // namespace waymark::api
