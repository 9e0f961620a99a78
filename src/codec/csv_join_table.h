#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "codec/csv_plan.h"

namespace waymark::codec {

// The rows of a joined file by their key; of a repeated key the first row counts. Holds the file's
// whole text.
class CsvJoinTable {
 public:
  // Reads the header and all rows; sets where the join's columns stand in them.
  base::Status Load(std::string_view text, const CsvDialect& dialect, const CsvJoin& join,
                    const std::vector<CsvColumn*>& columns);
  bool loaded() const { return loaded_; }

  // The cells of the row with the key that these columns of `row` make; null where there is none.
  const model::Text* Find(const std::vector<int>& here, const std::vector<CsvColumn>& columns,
                          const CsvRow& row);

 private:
  base::Status ReadRows(std::string_view text, const CsvDialect& dialect,
                        const std::vector<size_t>& keys);

  bool loaded_ = false;
  std::string text_;
  RowSplitter splitter_{CsvDialect{}};
  size_t width_ = 0;
  std::vector<model::Text> cells_;  // row after row
  std::unordered_map<std::string, size_t> rows_;
  std::string key_;
};

// Where a name stands in a header row, or the fault with the nearest name as hint.
base::Result<size_t> FindColumn(std::string_view name, const std::vector<model::Text>& header);

// Takes a byte order mark off.
std::string_view WithoutMark(std::string_view text);

}  // namespace waymark::codec
