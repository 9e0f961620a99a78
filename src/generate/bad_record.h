#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "generate/bad_kind.h"
#include "generate/random.h"
#include "model/interaction.h"

namespace waymark::generate {

// One of `allowed`, which is not empty. Oversized ones are rare, since each weighs as much as a
// thousand others.
BadKind DrawBadKind(BadKinds allowed, Random& random);

// Replaces `out` by the bytes of a record that would be `from` were it not for one fault. The size
// of an oversized one is just above `bytes_max`; a time in the future lies years after `future_ms`.
void WriteBadRecord(BadKind kind, const model::Interaction& from, int64_t future_ms,
                    uint64_t bytes_max, Random& random, std::string& out);

}  // namespace waymark::generate
