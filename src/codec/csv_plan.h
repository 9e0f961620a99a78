#pragma once

#include <string>
#include <vector>

#include "codec/csv_text.h"
#include "codec/csv_value.h"
#include "model/journey_model.h"

namespace waymark::codec {

// Puts a text into a field. Null: done; else what is wrong with the text, a literal.
using CsvSetter = const char* (*)(const CsvResult& result, model::Interaction& target);

// One field of the interaction, and the value that goes into it.
struct CsvTarget {
  std::string path;  // "source.system", for messages
  CsvSetter set = nullptr;
  CsvValue value;
};

// An entry of a list or map: put in where its value is present.
struct CsvEntry {
  std::string name;  // the entry's key, or the identifier's namespace
  CsvValue value;
};

struct CsvJoin {
  std::string name;  // prefix of its columns
  std::string file;
  std::vector<int> here;           // columns of the input that make the key
  std::vector<std::string> there;  // names of the columns that make it in the file
  model::Place place;
};

// A mapping as parsed: what is to be done with each row.
struct CsvPlan {
  CsvDialect dialect;
  std::vector<CsvColumn> columns;
  std::vector<CsvJoin> joins;
  std::vector<CsvTarget> targets;
  std::vector<CsvEntry> identifiers;
  std::vector<CsvEntry> profile;     // sorted by name
  std::vector<CsvEntry> attributes;  // sorted by name
};

// How the fields of an interaction are set, by path; nothing for what is no single field.
CsvSetter FindCsvSetter(std::string_view path);
// The names that may stand below `fields` or, with a prefix such as "source.", below that field.
std::vector<std::string> CsvFieldNames(std::string_view prefix);

// Reads a mapping; what is wrong is added to `faults`, and the plan may then not be used.
CsvPlan ParseCsvPlan(std::string_view yaml, const std::string& file,
                     std::vector<model::Fault>& faults);

}  // namespace waymark::codec
