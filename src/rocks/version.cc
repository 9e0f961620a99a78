#include "rocks/version.h"

#include <rocksdb/version.h>

namespace waymark::rocks {

std::string LibraryVersion() { return rocksdb::GetRocksVersionAsString(); }

}  // namespace waymark::rocks
