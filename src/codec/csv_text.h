#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "model/interaction.h"

namespace waymark::codec {

// How a delimited file is written (RFC 4180 with a free delimiter).
struct CsvDialect {
  char delimiter = ',';
  bool quotes = true;  // "…" around a field, "" for a quote within
};

// A logical row longer than this is taken to hold a quote that was never closed.
inline constexpr size_t kRowBytesMax = size_t{1} << 20;
inline constexpr size_t kColumnsMax = 4096;

// Splits off the first logical row of `text`, without its line end; blank lines are passed over.
// Empty at the end of the text. A quote that is not closed ends with its line.
std::string_view TakeRow(std::string_view& text, const CsvDialect& dialect);

// Splits rows into cells; the texts are views into the row, or into its own buffers where doubled
// quotes had to be undone.
class RowSplitter {
 public:
  explicit RowSplitter(const CsvDialect& dialect) : dialect_(dialect) {}

  // What is wrong, a literal, or null. `cells` is replaced; forgets the buffers of the row before.
  const char* Split(std::string_view row, std::vector<model::Text>& cells);
  // Keeps the buffers of the rows before, so that all their cells stay valid.
  const char* SplitKeeping(std::string_view row, std::vector<model::Text>& cells);

 private:
  const char* TakeQuoted(std::string_view& rest, model::Text& cell);

  CsvDialect dialect_;
  std::deque<std::string> unquoted_;
};

}  // namespace waymark::codec
