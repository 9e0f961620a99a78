#include "allocations.h"

#include <cstdlib>
#include <new>

namespace waymark::path {
namespace {

constinit thread_local Allocations so_far;

void* Counted(size_t bytes, void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  ++so_far.count;
  so_far.bytes += static_cast<int64_t>(bytes);
  return memory;
}

}  // namespace

Allocations AllocationsSoFar() { return so_far; }

}  // namespace waymark::path

// These stand for the library's, in all of the program and in the libraries that it loads; the
// forms for arrays and those that do not throw call them.
void* operator new(size_t bytes) {
  return waymark::path::Counted(bytes, std::malloc(bytes == 0 ? 1 : bytes));
}
void* operator new(size_t bytes, std::align_val_t alignment) {
  const auto line = static_cast<size_t>(alignment);
  const size_t whole = (bytes + line - 1) / line * line;
  return waymark::path::Counted(bytes, std::aligned_alloc(line, whole == 0 ? line : whole));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
