#include "base/thread.h"

#include <pthread.h>

namespace waymark::base {

void NameThread(std::string name) {
  constexpr size_t kBytesMost = 15;
  if (name.size() > kBytesMost) name.resize(kBytesMost);
  // It fails for longer names alone.
  static_cast<void>(pthread_setname_np(pthread_self(), name.c_str()));
}

}  // namespace waymark::base
