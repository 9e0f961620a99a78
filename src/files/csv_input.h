#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "codec/csv.h"

namespace waymark::files {

// Reads the mapping file for a delimited input, and the tables that it joins, which lie in the
// input's folder. Every fault of the mapping at once.
base::Result<std::unique_ptr<codec::CsvMapping>> LoadCsvMapping(const std::string& mapping,
                                                                const std::string& input);

}  // namespace waymark::files
