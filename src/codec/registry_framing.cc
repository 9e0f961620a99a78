#include "codec/registry_framing.h"

#include <protozero/varint.hpp>

namespace waymark::codec {

namespace {

constexpr size_t kHeaderBytes = 5;
constexpr int64_t kPathMax = 16;

// Skips the message's path; false where it is broken.
bool SkipPath(std::string_view& bytes) {
  const char* at = bytes.data();
  const char* end = at + bytes.size();
  try {
    const int64_t count = protozero::decode_zigzag64(protozero::decode_varint(&at, end));
    if (count < 0 || count > kPathMax) return false;
    for (int64_t i = 0; i < count; ++i) {
      if (protozero::decode_zigzag64(protozero::decode_varint(&at, end)) < 0) return false;
    }
  } catch (const protozero::exception&) {
    return false;
  }
  bytes.remove_prefix(static_cast<size_t>(at - bytes.data()));
  return true;
}

}  // namespace

std::optional<FramedValue> TakeFraming(std::string_view bytes) {
  if (bytes.size() <= kHeaderBytes || !IsFramed(bytes)) return std::nullopt;
  FramedValue value;
  for (size_t i = 1; i < kHeaderBytes; ++i) {
    value.schema_id = value.schema_id << 8U | static_cast<uint8_t>(bytes[i]);
  }
  value.payload = bytes.substr(kHeaderBytes);
  // As a path's count '{' would be negative, so the two can't be mixed up.
  value.json = value.payload.front() == '{';
  if (!value.json && !SkipPath(value.payload)) return std::nullopt;
  return value;
}

}  // namespace waymark::codec
