#include "kafka/watermarks.h"

#include <string>

#include "kafka/errors.h"
#include "kafka/partitions.h"
#include "kafka/retry.h"

namespace waymark::kafka {

base::Result<stream::OffsetRange> QueryWatermarks(rd_kafka_t* client,
                                                  const stream::TopicPartition& partition,
                                                  base::Millis timeout) {
  const std::string what = "asking for the offsets of " + ToText(partition);
  int64_t low = 0;
  int64_t high = 0;
  WAYMARK_RETURN_IF_ERROR(Retry(Deadline(timeout), [&](base::Millis left) {
    return WatermarksStatus(
        rd_kafka_query_watermark_offsets(client, partition.topic.c_str(),
                                         partition.partition.value, &low, &high, ToTimeout(left)),
        what);
  }));
  return stream::OffsetRange{base::Offset(low), base::Offset(high)};
}

base::Status WatermarksStatus(rd_kafka_resp_err_t code, std::string_view what) {
  base::Status status = MakeStatus(code, what);
  if (code != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) return status;
  return {base::StatusCode::kRetriable, status.message(),
          "has its topic been removed, or has it no leader? look at the brokers"};
}

}  // namespace waymark::kafka
