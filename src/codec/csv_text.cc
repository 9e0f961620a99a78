#include "codec/csv_text.h"

#include <algorithm>

namespace waymark::codec {

namespace {

constexpr size_t kNone = std::string_view::npos;

// Where the row ends that starts at the beginning of `text`: at a line end outside quotes; kNone
// where a quote stays open.
size_t EndOfQuotedRow(std::string_view text, char delimiter) {
  bool quoted = false;
  bool cell_start = true;
  const size_t size = std::min(text.size(), kRowBytesMax);
  for (size_t i = 0; i < size; ++i) {
    const char c = text[i];
    if (quoted) {
      // The second of two quotes opens the cell again.
      quoted = c != '"' || (i + 1 < size && text[i + 1] == '"' && ++i > 0);
    } else if (c == '\n') {
      return i;
    } else {
      quoted = cell_start && c == '"';
      cell_start = c == delimiter;
    }
  }
  return quoted || size < text.size() ? kNone : size;
}

}  // namespace

std::string_view TakeRow(std::string_view& text, const CsvDialect& dialect) {
  while (!text.empty()) {
    const size_t line_end = std::min(text.find('\n'), text.size());
    size_t end = line_end;
    if (dialect.quotes && text.substr(0, line_end).find('"') != kNone) {
      end = EndOfQuotedRow(text, dialect.delimiter);
      if (end == kNone) end = line_end;
    }
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (!row.empty()) return row;
  }
  return {};
}

const char* RowSplitter::Split(std::string_view row, std::vector<model::Text>& cells) {
  unquoted_.clear();
  return SplitKeeping(row, cells);
}

const char* RowSplitter::SplitKeeping(std::string_view row, std::vector<model::Text>& cells) {
  cells.clear();
  while (true) {
    if (cells.size() >= kColumnsMax) return "too many columns";
    model::Text& cell = cells.emplace_back();
    if (dialect_.quotes && row.starts_with('"')) {
      if (const char* fault = TakeQuoted(row, cell)) return fault;
      if (!row.empty() && row.front() != dialect_.delimiter) return "text after a closing quote";
    } else {
      cell = row.substr(0, row.find(dialect_.delimiter));
      row.remove_prefix(cell.size());
    }
    if (row.empty()) return nullptr;
    row.remove_prefix(1);
  }
}

const char* RowSplitter::TakeQuoted(std::string_view& rest, model::Text& cell) {
  rest.remove_prefix(1);
  size_t end = rest.find('"');
  if (end == kNone) return "a quote is not closed";
  cell = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (!rest.starts_with('"')) return nullptr;
  std::string& text = unquoted_.emplace_back(cell);
  while (rest.starts_with('"')) {
    rest.remove_prefix(1);
    end = rest.find('"');
    if (end == kNone) return "a quote is not closed";
    text.push_back('"');
    text.append(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  cell = text;
  return nullptr;
}

}  // namespace waymark::codec
