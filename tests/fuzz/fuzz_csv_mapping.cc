#include <cstdint>

#include "base/check.h"
#include "codec/csv.h"

// A mapping is taken or its faults are told, never both.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  std::vector<model::Fault> faults;
  const auto mapping = codec::CsvMapping::Parse(yaml, "fuzz", faults);
  WAYMARK_CHECK((mapping == nullptr) != faults.empty(), "a mapping with faults, or none without");
  return 0;
}
