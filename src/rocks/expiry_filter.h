#pragma once

#include <memory>

#include <rocksdb/compaction_filter.h>

#include "store/expiry.h"

namespace waymark::rocks {

// Leaves out of compactions what has expired by then.
std::shared_ptr<rocksdb::CompactionFilterFactory> MakeExpiryFilters(
    std::shared_ptr<const store::Expiry> expiry);

}  // namespace waymark::rocks
