#include <cstdint>

#include "base/check.h"
#include "codec/csv.h"
#include "codec/protobuf.h"

namespace {

constexpr std::string_view kMapping = R"(
joins:
  - {name: j, file: j, here: a}
fields:
  key: "{a}"
  time: {column: b, format: ["%Y-%m-%d %H:%M:%E*S", unix_s, rfc3339, unix_ms]}
  channel: {column: c, values: {x: y, "z*": web}, case: snake}
  action: "{c}-{d}"
  value: "{d}"
  sequence: "{b}"
  product: "{j.p}"
  attributes: {z: "{a}", y: "{d}"}
)";

}  // namespace

// Rows of four columns; the same text is also the joined file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<model::Fault> faults;
  auto mapping = codec::CsvMapping::Parse(kMapping, "fuzz", faults);
  WAYMARK_CHECK(mapping != nullptr, "the mapping is good");
  WAYMARK_CHECK(mapping->ReadHeader("a,b,c,d").ok(), "the header is good");
  if (!mapping->LoadJoin(0, text).ok() && !mapping->LoadJoin(0, "a,p\n").ok()) return 0;
  model::Interaction value;
  for (auto row = mapping->NextRow(text); !row.empty(); row = mapping->NextRow(text)) {
    if (mapping->Decode(row, value)) continue;
    std::string bytes;
    codec::Encode(value, bytes);
    model::Interaction back;
    WAYMARK_CHECK(codec::Decode(bytes, back).ok(), "a row's interaction can't be read again");
  }
  return 0;
}
