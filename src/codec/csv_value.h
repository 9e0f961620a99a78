#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/condition.h"
#include "model/interaction.h"

// The values of a CSV mapping: where the text of a field comes from.
namespace waymark::codec {

// A column that a mapping names, of the input or of a joined file.
struct CsvColumn {
  std::string name;  // without the join's prefix
  int join = -1;     // index of the join; -1: the input itself
  model::Place place;
  std::vector<std::string> absent;  // texts that stand for absent; the empty text always does
  size_t index = 0;                 // place in the row, known once the header was read
};

// The row being mapped: its cells, and the cells of what was joined to it (null: nothing was).
struct CsvRow {
  std::vector<model::Text> cells;
  std::vector<const model::Text*> joined;
};

// The text of a column in a row; nothing where it is absent.
std::optional<model::Text> CellOf(const CsvColumn& column, const CsvRow& row);

enum class LetterCase { kAsIs, kLower, kUpper, kSnake };

// How the text of a time is read.
struct TimeFormat {
  enum class Kind { kPattern, kUnixSeconds, kUnixMillis, kRfc3339 };
  Kind kind = Kind::kPattern;
  std::string pattern;  // of absl::ParseTime
};

// One value: texts and columns put together, translated; or the first present of some alternatives.
struct CsvValue {
  struct Part {
    std::string text;  // before the column
    int column = -1;   // index into the mapping's columns; -1: none, the text is the end
  };
  std::vector<CsvValue> alternatives;  // where not empty, nothing else is set
  std::vector<Part> parts;
  std::unordered_map<std::string, std::optional<std::string>> translation;
  // Texts that start so are translated as well; the first that fits counts.
  std::vector<std::pair<std::string, std::optional<std::string>>> prefixes;
  // For texts that neither of the two lists: kept, replaced, or absent.
  enum class Otherwise { kKeep, kReplace, kAbsent } otherwise = Otherwise::kKeep;
  std::string otherwise_text;
  LetterCase letter_case = LetterCase::kAsIs;
  std::optional<std::string> fallback;  // where the value is absent
  std::vector<TimeFormat> formats;
  absl::TimeZone zone;

  // Room for the texts made of several parts; one value is used by one thread.
  mutable std::string buffer;
  mutable std::string lookup;
};

// What a value came to, and the alternative that gave it.
struct CsvResult {
  model::Text text;
  const CsvValue* from = nullptr;
};

// Nothing where the value is absent. The text lives until the next call with the same value.
std::optional<CsvResult> Evaluate(const CsvValue& value, const std::vector<CsvColumn>& columns,
                                  const CsvRow& row);

// Milliseconds since the epoch, by the first of the value's formats that fits; without formats a
// whole number of milliseconds or RFC 3339.
std::optional<int64_t> ReadTime(const CsvResult& result);

}  // namespace waymark::codec
