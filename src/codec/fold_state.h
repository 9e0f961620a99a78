#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "journey/compiled_model.h"
#include "journey/state.h"

namespace waymark::codec {

// The formats that can be read, and written. A deployment writes the oldest that one of its
// processes may have to read, until its operator says that all can read the newest.
inline constexpr int kStateFormatOldest = 1;
inline constexpr int kStateFormatNewest = 6;
// From this format on snapshots keep what was trimmed from a timeline.
inline constexpr int kStateFormatWithFloors = 3;
// From this format on steps may be published that are still pending.
inline constexpr int kStateFormatWithPending = 4;
// From this format on states remember the steps that ratings may be about.
inline constexpr int kStateFormatWithReferences = 4;
// From this one on restores look at the marks in the steps that tell of forgotten profiles.
inline constexpr int kStateFormatWithForgetting = 4;
// From this one on runs keep a trail, which measures need.
inline constexpr int kStateFormatWithTrails = 5;
// From this one on runs remember what a model's temporal profile measures from.
inline constexpr int kStateFormatWithFirstEntries = 6;

// The stored form of a fold's state: a byte with its format, then numbers as varints (signed ones
// zig-zag) and texts with their length, in the order of journey/state.h. FORMAT.md describes every
// byte.
void EncodeState(const journey::State& state, std::string& out,
                 int format = kStateFormatNewest);

// Fails with kInvalid where the bytes are not such a state, or name a model that is not in
// `models`.
// Hostile bytes cost at most memory in proportion to their own size.
base::Status DecodeState(std::string_view bytes, const journey::CompiledModels& models,
                         journey::State& state);

}  // namespace waymark::codec
