#include "codec/protobuf_reader.h"

namespace waymark::codec {

namespace {

bool SkipBytes(ProtobufInput& in, std::ptrdiff_t bytes) {
  if (in.end - in.at < bytes) return in.Fail("field beyond the end");
  in.at += bytes;
  return true;
}

// Skips a value that is no group.
bool SkipPlain(ProtobufInput& in, uint32_t wire_type) {
  Text ignored;
  switch (static_cast<pbf_wire_type>(wire_type)) {
    case pbf_wire_type::varint:
      in.Varint();
      return true;
    case pbf_wire_type::fixed64:
      return SkipBytes(in, 8);
    case pbf_wire_type::length_delimited:
      return in.Bytes(ignored);
    case pbf_wire_type::fixed32:
      return SkipBytes(in, 4);
    default:
      return in.Fail("unknown wire type");
  }
}

}  // namespace

bool SkipField(ProtobufInput& in, uint32_t tag) {
  constexpr uint32_t kStartGroup = 3;
  constexpr uint32_t kEndGroup = 4;
  std::array<uint32_t, kNestingMax> open{};
  size_t depth = 0;
  while (true) {
    const uint32_t wire_type = tag & 7U;
    if (wire_type == kStartGroup) {
      if (depth == open.size()) return in.Fail("groups nested too deep");
      open[depth++] = tag >> 3U;
    } else if (wire_type == kEndGroup) {
      if (depth == 0 || open[depth - 1] != tag >> 3U) return in.Fail("group end without a start");
      --depth;
    } else if (!SkipPlain(in, wire_type)) {
      return false;
    }
    if (depth == 0) return true;
    if (!in.Tag(tag)) return false;
  }
}

bool NormalizeMap(model::TextMap& map) {
  const auto unordered = [](const model::TextEntry& a, const model::TextEntry& b) {
    return !(a.key < b.key);
  };
  if (std::adjacent_find(map.begin(), map.end(), unordered) == map.end()) return true;
  std::stable_sort(map.begin(), map.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
  // Of each run of equal keys the last one is kept.
  auto kept = map.begin();
  for (auto it = map.begin(); it != map.end(); ++it) {
    if (std::next(it) != map.end() && std::next(it)->key == it->key) continue;
    *kept++ = *it;
  }
  map.erase(kept, map.end());
  return false;
}

}  // namespace waymark::codec
