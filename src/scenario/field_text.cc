#include "scenario/field_text.h"

#include <algorithm>

namespace waymark::scenario {

std::string TimeText(std::optional<int64_t> ms) {
  return ms ? base::FormatRfc3339({*ms}) : std::string();
}

std::string DurationText(std::optional<int64_t> ms) {
  return ms ? base::FormatDuration(base::Millis(*ms)) : std::string();
}

std::string DecimalText(std::optional<int64_t> micros) {
  if (!micros) return {};
  constexpr uint64_t kMicros = 1'000'000;
  const bool negative = *micros < 0;
  const uint64_t size = negative ? -static_cast<uint64_t>(*micros) : static_cast<uint64_t>(*micros);
  std::string text = (negative ? "-" : "") + std::to_string(size / kMicros);
  if (size % kMicros == 0) return text;
  const std::string fraction = std::to_string(kMicros + size % kMicros).substr(1);
  return text + "." + fraction.substr(0, fraction.find_last_not_of('0') + 1);
}

std::string SetText(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

}  // namespace waymark::scenario
