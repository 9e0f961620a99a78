#include "serve/body_stream.h"

#include <utility>

namespace waymark::serve {

bool BodyStream::Push(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kOpen) return false;
  if (bytes_.size() + bytes.size() > bytes_max_) {
    state_ = State::kCut;
    bytes_.clear();
  } else {
    bytes_ += bytes;
  }
  Wake();
  return state_ == State::kOpen;
}

void BodyStream::End() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kOpen) return;
  state_ = State::kEnded;
  Wake();
}

void BodyStream::Cut() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kOpen) return;
  state_ = State::kCut;
  bytes_.clear();
  Wake();
}

BodyStream::State BodyStream::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

size_t BodyStream::waiting() const {
  const std::lock_guard lock(mutex_);
  return bytes_.size();
}

size_t BodyStream::room() const {
  const std::lock_guard lock(mutex_);
  return bytes_max_ - bytes_.size();
}

void BodyStream::SetWake(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  is_awaited_ = true;
}

BodyStream::Taken BodyStream::Take() {
  const std::lock_guard lock(mutex_);
  is_awaited_ = bytes_.empty();
  return {std::exchange(bytes_, {}), state_};
}

void BodyStream::Close() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kOpen) state_ = State::kClosed;
  bytes_.clear();
  wake_ = nullptr;
}

// A cut has to be seen at once, though the server may be writing and not waiting for news.
void BodyStream::Wake() {
  const bool is_due = is_awaited_ || state_ == State::kCut;
  is_awaited_ = false;
  if (is_due && wake_) wake_();
}

}  // namespace waymark::serve
