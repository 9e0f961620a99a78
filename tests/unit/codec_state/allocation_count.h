#pragma once

#include <cstddef>

namespace waymark::codec {

// Counts the bytes asked of operator new in between. For one thread.
void StartCounting();
size_t StopCounting();

}  // namespace waymark::codec
