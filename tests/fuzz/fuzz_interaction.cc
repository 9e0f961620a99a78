#include <cstdint>

#include "base/check.h"
#include "codec/interaction_decoder.h"
#include "codec/protobuf.h"

// What the decoder calls canonical must be what the encoder writes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  static codec::InteractionDecoder decoder(codec::InputFormat::kAuto, codec::InputLimits{});
  static model::Interaction value;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (decoder.Decode(bytes, value)) return 0;
  std::string again;
  codec::Encode(value, again);
  WAYMARK_CHECK(!decoder.is_canonical() || again == decoder.payload(), "canonical bytes differ");
  return 0;
}
