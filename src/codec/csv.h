#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "codec/interaction_decoder.h"
#include "model/interaction.h"
#include "model/journey_model.h"

namespace waymark::codec {

// How rows of a delimited file become interactions; read from a mapping file (YAML). See
// config/examples for the four real data sets.
class CsvMapping {
 public:
  // Parses and checks a mapping; all faults at once, with line, column and hint.
  static std::unique_ptr<CsvMapping> Parse(std::string_view yaml, const std::string& file,
                                           std::vector<model::Fault>& faults);
  ~CsvMapping();

  // Files to be joined by key, as named in the mapping (relative to the input file's folder). Their
  // whole text is handed over once, before the first row; the first row of a key counts.
  std::vector<std::string> joins() const;
  base::Status LoadJoin(size_t index, std::string_view text);

  // The header row of the input; fails where a mapped column is missing (all are named, with the
  // closest column as a hint).
  base::Status ReadHeader(std::string_view line);
  // One record (a logical row: it may hold line breaks inside quotes). Texts of `value` live until
  // the next call. A row that can't be mapped is refused with the column and the reason.
  std::optional<Refusal> Decode(std::string_view row, model::Interaction& value);

  // Splits off the first logical row of `text` (quotes respected); empty at the end.
  std::string_view NextRow(std::string_view& text) const;

 private:
  CsvMapping();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::codec
