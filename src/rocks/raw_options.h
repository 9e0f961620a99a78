#pragma once

#include <rocksdb/options.h>

#include <map>
#include <string>

#include "base/status.h"

namespace waymark::rocks {

using RawOptions = std::map<std::string, std::string>;

// Applies settings that are handed to RocksDB as they are, by the names of its own options: of the
// database, else of every family. kConfig where it does not know one, can't read its value, or
// waymark must set it itself. Only for the .cc files of this room.
base::Status ApplyRaw(const RawOptions& raw, rocksdb::DBOptions& database);
base::Status ApplyRaw(const RawOptions& raw, rocksdb::ColumnFamilyOptions& family);

}  // namespace waymark::rocks
