#include <cstdint>

#include "base/check.h"
#include "codec/protobuf.h"

namespace {

// What was read and written is read again and written the same.
template <class M>
void ReadAndWrite(std::string_view bytes) {
  using namespace waymark;
  static M value;
  if (!codec::Decode(bytes, value).ok()) return;
  std::string first;
  codec::Encode(value, first);
  M back;
  WAYMARK_CHECK(codec::Decode(first, back).ok(), "own protobuf can't be read");
  std::string second;
  codec::Encode(back, second);
  WAYMARK_CHECK(first == second, "own protobuf changes when read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark::model;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      ReadAndWrite<Interaction>(bytes);
      break;
    case 1:
      ReadAndWrite<Step>(bytes);
      break;
    case 2:
      ReadAndWrite<Signal>(bytes);
      break;
    case 3:
      ReadAndWrite<CustomerJourneys>(bytes);
      break;
    default:
      ReadAndWrite<DeadLetter>(bytes);
  }
  return 0;
}
