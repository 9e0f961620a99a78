#include "base/status.h"

namespace waymark::base {

std::string_view ToString(StatusCode code) {
  switch (code) {
    case StatusCode::kOk: return "ok";
    case StatusCode::kInvalid: return "invalid";
    case StatusCode::kNotFound: return "not found";
    case StatusCode::kConfig: return "configuration";
    case StatusCode::kRetriable: return "retriable";
    case StatusCode::kAbort: return "abort";
    case StatusCode::kKafka: return "kafka";
    case StatusCode::kStore: return "state store";
    case StatusCode::kIo: return "io";
    case StatusCode::kCancelled: return "cancelled";
  }
  return "unknown";
}

Status Status::WithContext(std::string_view context) const {
  if (ok()) return *this;
  return {code_, std::string(context) + ": " + message_, hint_};
}

std::string Status::text() const {
  return hint_.empty() ? message_ : message_ + " (hint: " + hint_ + ")";
}

}  // namespace waymark::base
