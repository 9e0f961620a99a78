#include "app/dead_letter_record.h"

#include <charconv>
#include <string>

namespace waymark::app {
namespace {

template <class Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

void Take(const stream::Header& header, model::DeadLetter& letter) {
  int64_t time = 0;
  if (header.name == "detail") letter.detail = header.value;
  if (header.name == "topic") letter.topic = header.value;
  if (header.name == "partition") Parse(header.value, letter.partition);
  if (header.name == "offset") Parse(header.value, letter.offset);
  if (header.name == "time" && Parse(header.value, time)) letter.time = time;
  if (header.name == "traceparent") letter.traceparent = header.value;
  if (header.name == "value_hash") {  // only of a value that was cut
    letter.value_hash = header.value;
    letter.truncated = true;
  }
}

}  // namespace

base::Result<model::DeadLetter> ParseDeadLetter(const stream::Record& record) {
  model::DeadLetter letter;
  bool has_reason = false;
  for (const stream::Header& header : record.headers) {
    if (header.name != "reason") {
      Take(header, letter);
      continue;
    }
    const auto reason = model::ParseDeadLetterReason(header.value);
    if (!reason) {
      return base::Status(base::StatusCode::kInvalid,
                          "unknown reason '" + std::string(header.value) + "'");
    }
    letter.reason = *reason;
    has_reason = true;
  }
  if (!has_reason) return base::Status(base::StatusCode::kInvalid, "no header 'reason'");
  letter.key = record.key;
  letter.value = record.value;
  return letter;
}

}  // namespace waymark::app
