#include "codec/csv_join_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/nearest.h"
#include "codec/utf8.h"

namespace waymark::codec {

using base::Status;
using base::StatusCode;

namespace {

// Keeps the parts of a key apart; appears in no sane value.
constexpr char kKeySeparator = '\x1f';

}  // namespace

std::string_view WithoutMark(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

base::Result<size_t> FindColumn(std::string_view name, const std::vector<model::Text>& header) {
  const auto found = std::ranges::find(header, name);
  if (found != header.end()) return static_cast<size_t>(found - header.begin());
  const std::vector<std::string> names(header.begin(), header.end());
  return Status(StatusCode::kConfig, fmt::format("no column `{}`", name), DidYouMean(name, names));
}

Status CsvJoinTable::Load(std::string_view text, const CsvDialect& dialect, const CsvJoin& join,
                          const std::vector<CsvColumn*>& columns) {
  text_.assign(WithoutMark(text));
  if (!IsUtf8(text_)) return {StatusCode::kConfig, join.file + ": not UTF-8"};
  std::string_view rest = text_;
  splitter_ = RowSplitter(dialect);
  cells_.clear();
  rows_.clear();
  std::vector<model::Text> header;
  if (const char* fault = splitter_.SplitKeeping(TakeRow(rest, dialect), header)) {
    return {StatusCode::kConfig, fmt::format("{}: header: {}", join.file, fault)};
  }
  width_ = header.size();
  std::vector<size_t> keys;
  for (const std::string& name : join.there) {
    auto index = FindColumn(name, header);
    if (!index.ok()) return index.status().WithContext(join.file);
    keys.push_back(*index);
  }
  for (CsvColumn* column : columns) {
    auto index = FindColumn(column->name, header);
    if (!index.ok()) return index.status().WithContext(join.file);
    column->index = *index;
  }
  WAYMARK_RETURN_IF_ERROR(ReadRows(rest, dialect, keys).WithContext(join.file));
  loaded_ = true;
  return {};
}

Status CsvJoinTable::ReadRows(std::string_view text, const CsvDialect& dialect,
                              const std::vector<size_t>& keys) {
  std::vector<model::Text> row;
  for (auto line = TakeRow(text, dialect); !line.empty(); line = TakeRow(text, dialect)) {
    const char* fault = splitter_.SplitKeeping(line, row);
    if (fault == nullptr && row.size() != width_) fault = "not as many columns as the header";
    if (fault != nullptr) {
      return {StatusCode::kConfig, fmt::format("row {}: {}", rows_.size() + 1, fault)};
    }
    std::string key;
    for (const size_t index : keys) key.append(row[index]).push_back(kKeySeparator);
    if (!rows_.emplace(std::move(key), cells_.size()).second) continue;
    cells_.insert(cells_.end(), row.begin(), row.end());
  }
  return {};
}

const model::Text* CsvJoinTable::Find(const std::vector<int>& here,
                                      const std::vector<CsvColumn>& columns, const CsvRow& row) {
  key_.clear();
  for (const int index : here) {
    const auto cell = CellOf(columns[static_cast<size_t>(index)], row);
    if (!cell) return nullptr;
    key_.append(*cell).push_back(kKeySeparator);
  }
  const auto found = rows_.find(key_);
  return found == rows_.end() ? nullptr : cells_.data() + found->second;
}

}  // namespace waymark::codec
