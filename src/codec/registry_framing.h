#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace waymark::codec {

// A value as producers with a schema registry write it: a zero byte, the schema's id in four bytes
// (big endian), for protobuf the path of the message within its schema, then the message.
struct FramedValue {
  uint32_t schema_id = 0;
  bool json = false;  // the payload starts with '{'; JSON carries no path
  std::string_view payload;
};

// Neither JSON nor a protobuf message starts with a zero byte.
inline bool IsFramed(std::string_view bytes) {
  return !bytes.empty() && bytes.front() == '\0';
}

// Takes the framing off. The path is a count and that many indices, as zig-zag varints; a single
// zero byte stands for the schema's first message. Nothing where the framing is cut off or broken.
std::optional<FramedValue> TakeFraming(std::string_view bytes);

}  // namespace waymark::codec
