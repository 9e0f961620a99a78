#pragma once

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "stream/consumer.h"

namespace waymark::kafka {

// Asks the broker for the first offset and the end of a partition, again while faults pass. The end
// is what the client may read: of a read-committed one the last stable offset, else the high
// watermark. kRetriable where the time was too short.
base::Result<stream::OffsetRange> QueryWatermarks(rd_kafka_t* client,
                                                  const stream::TopicPartition& partition,
                                                  base::Millis timeout);

// Of such a request. The library does not know a partition for as long as no partition of its topic
// has a leader, as after a broker that stood still: that passes.
base::Status WatermarksStatus(rd_kafka_resp_err_t code, std::string_view what);

}  // namespace waymark::kafka
