#include "unit/codec_state/allocation_count.h"

#include <cstdlib>
#include <new>

namespace {
bool counting = false;
size_t allocated = 0;
}  // namespace

void* operator new(size_t size) {
  if (counting) allocated += size;
  if (void* const bytes = std::malloc(size == 0 ? 1 : size)) return bytes;
  throw std::bad_alloc();
}
void operator delete(void* bytes) noexcept { std::free(bytes); }
void operator delete(void* bytes, size_t) noexcept { std::free(bytes); }

namespace waymark::codec {

void StartCounting() {
  allocated = 0;
  counting = true;
}

size_t StopCounting() {
  counting = false;
  return allocated;
}

}  // namespace waymark::codec
