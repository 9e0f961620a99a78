#pragma once

#include <cstddef>

namespace waymark::codec {

// Bounds of what the decoders take in whatever the settings say, so that hostile bytes can't make
// them allocate without bound: at most these many elements of 16 to 300 bytes each.
inline constexpr size_t kListElementsMax = 65536;  // of each repeated field or map
inline constexpr size_t kStagesMax = 1024;         // of a map keyed by stage
inline constexpr size_t kNestingMax = 32;          // of JSON values and of protobuf groups
inline constexpr size_t kMessageBytesMax = size_t{64} << 20;

}  // namespace waymark::codec
