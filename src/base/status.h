#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace waymark::base {

// What kind of fault a Status tells of; it decides what the caller may do about it.
enum class StatusCode {
  kOk,
  kInvalid,    // A value from outside is wrong: refuse it, go on.
  kNotFound,   // What was asked for is not there.
  kConfig,     // Wrong usage or configuration: exit code 2.
  kRetriable,  // The environment may recover: try again, with bounds.
  kAbort,      // The open transaction must be aborted, then work goes on.
  kKafka,      // Kafka failed for good: exit code 3.
  kStore,      // The state store failed for good: exit code 4.
  kIo,         // A file could not be read or written.
  kCancelled,  // Asked to stop.
};

std::string_view ToString(StatusCode code);

// The outcome of an operation that can fail. The message is lowercase without a full stop; the hint
// names what the reader can do, such as the setting to change.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message, std::string hint = {})
      : code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }

  // The same fault, with what was being done put before the message.
  Status WithContext(std::string_view context) const;
  // "message (hint: …)" for logs and terminals.
  std::string text() const;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
  std::string hint_;
};

// A value or the Status that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Status status) : state_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    WAYMARK_CHECK(!std::get<Status>(state_).ok(), "a Result without value needs a fault");
  }

  bool ok() const { return std::holds_alternative<T>(state_); }
  Status status() const { return ok() ? Status() : std::get<Status>(state_); }
  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->checked(); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->checked(); }

 private:
  T& checked() {
    WAYMARK_CHECK(ok(), "value of a failed Result");
    return std::get<T>(state_);
  }
  std::variant<T, Status> state_;
};

#define WAYMARK_CONCAT_INNER(a, b) a##b
#define WAYMARK_CONCAT(a, b) WAYMARK_CONCAT_INNER(a, b)

// Returns the Status from the enclosing function where the expression is not ok.
#define WAYMARK_RETURN_IF_ERROR(expression)                  \
  do {                                                       \
    if (auto status_ = (expression); !status_.ok()) {        \
      return status_;                                        \
    }                                                        \
  } while (false)

#define WAYMARK_ASSIGN_OR_RETURN_IMPL(result, target, expression) \
  auto result = (expression);                                     \
  if (!result.ok()) return result.status();                       \
  target = std::move(result).value()

// WAYMARK_ASSIGN_OR_RETURN(auto x, f()): x is the value, or the enclosing function returns the
// fault.
#define WAYMARK_ASSIGN_OR_RETURN(target, expression) \
  WAYMARK_ASSIGN_OR_RETURN_IMPL(WAYMARK_CONCAT(result_, __LINE__), target, expression)

}  // namespace waymark::base
