#include "files/csv_input.h"

#include <filesystem>

#include "files/byte_reader.h"

namespace waymark::files {
namespace {
constexpr size_t kMappingBytesMax = 1 << 20;
constexpr size_t kJoinBytesMax = size_t{2} << 30;
}  // namespace

base::Result<std::unique_ptr<codec::CsvMapping>> LoadCsvMapping(const std::string& mapping,
                                                                const std::string& input) {
  if (mapping.empty()) {
    return base::Status(base::StatusCode::kConfig, input + ": a delimited file needs a mapping",
                        "name one by --mapping; config/examples has some to start from");
  }
  WAYMARK_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(mapping, kMappingBytesMax));
  std::vector<model::Fault> faults;
  auto loaded = codec::CsvMapping::Parse(yaml, mapping, faults);
  if (!loaded) {
    std::string text;
    for (const model::Fault& fault : faults) text += (text.empty() ? "" : "\n") + fault.text();
    return base::Status(base::StatusCode::kConfig, text);
  }
  const auto joins = loaded->joins();
  for (size_t i = 0; i < joins.size(); ++i) {
    const auto path = std::filesystem::path(input).parent_path() / joins[i];
    WAYMARK_ASSIGN_OR_RETURN(const std::string text, ReadFile(path.string(), kJoinBytesMax));
    WAYMARK_RETURN_IF_ERROR(loaded->LoadJoin(i, text));
  }
  return loaded;
}

}  // namespace waymark::files
