#include "codec/csv_value.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "codec/decimal.h"

namespace waymark::codec {

namespace {

std::optional<int64_t> ReadInteger(model::Text text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Seconds since the epoch, with a fraction perhaps.
std::optional<int64_t> ReadSeconds(model::Text text) {
  constexpr int64_t kMicrosPerMilli = 1000;
  const auto micros = ParseMicros(text);
  if (!micros) return std::nullopt;
  const int64_t millis = *micros / kMicrosPerMilli;
  return *micros % kMicrosPerMilli < 0 ? millis - 1 : millis;
}

std::optional<int64_t> ReadTimeAs(const TimeFormat& format, const absl::TimeZone& zone,
                                  model::Text text) {
  switch (format.kind) {
    case TimeFormat::Kind::kUnixMillis:
      return ReadInteger(text);
    case TimeFormat::Kind::kUnixSeconds:
      return ReadSeconds(text);
    case TimeFormat::Kind::kRfc3339: {
      const auto time = base::ParseRfc3339(text);
      return time ? std::optional(time->ms) : std::nullopt;
    }
    case TimeFormat::Kind::kPattern:
      break;
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(format.pattern, absl::string_view(text.data(), text.size()), zone, &time,
                       &error))
    return std::nullopt;
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
  return absl::ToUnixMillis(time);
}

// Lower case, and one underscore for each run of what is neither letter nor digit.
void MakeSnake(std::string& text) {
  std::string snake;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0) {
      snake.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (!snake.empty() && snake.back() != '_') {
      snake.push_back('_');
    }
  }
  if (snake.ends_with('_')) snake.pop_back();
  text = std::move(snake);
}

model::Text ApplyCase(const CsvValue& value, model::Text text) {
  if (value.letter_case == LetterCase::kAsIs) return text;
  std::string changed(text);
  if (value.letter_case == LetterCase::kLower) absl::AsciiStrToLower(&changed);
  if (value.letter_case == LetterCase::kUpper) absl::AsciiStrToUpper(&changed);
  if (value.letter_case == LetterCase::kSnake) MakeSnake(changed);
  value.buffer = std::move(changed);
  return value.buffer;
}

// The parts put together; nothing where a column is absent.
std::optional<model::Text> Compose(const CsvValue& value, const std::vector<CsvColumn>& columns,
                                   const CsvRow& row) {
  if (value.parts.size() == 1) {
    const CsvValue::Part& only = value.parts.front();
    if (only.column < 0) return only.text;
    if (only.text.empty()) return CellOf(columns[static_cast<size_t>(only.column)], row);
  }
  value.buffer.clear();
  for (const CsvValue::Part& part : value.parts) {
    value.buffer.append(part.text);
    if (part.column < 0) continue;
    const auto cell = CellOf(columns[static_cast<size_t>(part.column)], row);
    if (!cell) return std::nullopt;
    value.buffer.append(*cell);
  }
  return value.buffer;
}

std::optional<model::Text> Translate(const CsvValue& value, model::Text text) {
  value.lookup.assign(text);
  const auto found = value.translation.find(value.lookup);
  if (found != value.translation.end()) return found->second;
  for (const auto& [prefix, to] : value.prefixes) {
    if (text.starts_with(prefix)) return to;
  }
  switch (value.otherwise) {
    case CsvValue::Otherwise::kReplace:
      return value.otherwise_text;
    case CsvValue::Otherwise::kAbsent:
      return std::nullopt;
    case CsvValue::Otherwise::kKeep:
      break;
  }
  return text;
}

}  // namespace

std::optional<model::Text> CellOf(const CsvColumn& column, const CsvRow& row) {
  const model::Text* cells = row.cells.data();
  if (column.join >= 0) cells = row.joined[static_cast<size_t>(column.join)];
  if (cells == nullptr) return std::nullopt;
  const model::Text text = cells[column.index];
  if (text.empty() || std::ranges::find(column.absent, text) != column.absent.end()) {
    return std::nullopt;
  }
  return text;
}

std::optional<CsvResult> Evaluate(const CsvValue& value, const std::vector<CsvColumn>& columns,
                                  const CsvRow& row) {
  for (const CsvValue& alternative : value.alternatives) {
    if (auto result = Evaluate(alternative, columns, row)) return result;
  }
  if (!value.alternatives.empty()) return std::nullopt;
  auto text = Compose(value, columns, row);
  const bool translated = !value.translation.empty() || !value.prefixes.empty();
  if (text && translated) text = Translate(value, *text);
  if (text) text = ApplyCase(value, *text);
  if (!text || text->empty()) {
    if (!value.fallback) return std::nullopt;
    text = *value.fallback;
  }
  return CsvResult{*text, &value};
}

std::optional<int64_t> ReadTime(const CsvResult& result) {
  if (result.from->formats.empty()) {
    const auto millis = ReadInteger(result.text);
    return millis ? millis : ReadTimeAs({TimeFormat::Kind::kRfc3339, {}}, {}, result.text);
  }
  for (const TimeFormat& format : result.from->formats) {
    if (auto time = ReadTimeAs(format, result.from->zone, result.text)) return time;
  }
  return std::nullopt;
}

}  // namespace waymark::codec
