#include <cstdint>

#include "base/check.h"
#include "codec/json.h"

namespace {

// What was read and written is read again and written the same.
template <class M>
void ReadAndWrite(std::string_view json) {
  using namespace waymark;
  static codec::JsonDecoder decoder;
  static M value;
  if (!decoder.Decode(json, value).ok()) return;
  std::string first;
  codec::EncodeJson(value, first);
  WAYMARK_CHECK(decoder.Decode(first, value).ok(), "own JSON can't be read");
  std::string second;
  codec::EncodeJson(value, second);
  WAYMARK_CHECK(first == second, "own JSON changes when read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark::model;
  if (size == 0) return 0;
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      ReadAndWrite<Interaction>(json);
      break;
    case 1:
      ReadAndWrite<Step>(json);
      break;
    case 2:
      ReadAndWrite<Signal>(json);
      break;
    case 3:
      ReadAndWrite<CustomerJourneys>(json);
      break;
    default:
      ReadAndWrite<DeadLetter>(json);
  }
  return 0;
}
