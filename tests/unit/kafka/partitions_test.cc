#include "kafka/partitions.h"

#include <gtest/gtest.h>

#include "kafka/version.h"

namespace waymark::kafka {
namespace {

using base::Offset;
using base::Partition;
using stream::CommittedOffset;
using stream::TopicPartition;

TEST(Partitions, GoThereAndBack) {
  const std::vector<TopicPartition> partitions = {{"a", Partition(3)}, {"b", Partition(0)}};
  EXPECT_EQ(ToPartitions(*ToList(partitions)), partitions);
}

TEST(Partitions, OffsetsKeepTheirMetadataByteByByte) {
  const std::vector<CommittedOffset> offsets = {
      {{"a", Partition(1)}, Offset(17), std::string("x\0y", 3)}, {{"a", Partition(2)}, {}, {}}};
  const auto back = ToOffsets(*ToList(offsets));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].at, offsets[0].at);
  EXPECT_EQ(back[0].offset, Offset(17));
  EXPECT_EQ(back[0].metadata, offsets[0].metadata);
  EXPECT_EQ(back[1].offset, std::nullopt);
  EXPECT_EQ(back[1].metadata, "");
}

TEST(Partitions, AFaultNamesThePartition) {
  const std::vector<TopicPartition> partitions = {{"a", Partition(3)}, {"b", Partition(7)}};
  const PartitionListHandle list = ToList(partitions);
  EXPECT_TRUE(FirstFault(*list, "seeking").ok());
  view(*list)[1].err = RD_KAFKA_RESP_ERR_NOT_COORDINATOR;
  const base::Status fault = FirstFault(*list, "seeking");
  EXPECT_EQ(fault.code(), base::StatusCode::kRetriable);
  EXPECT_TRUE(fault.message().starts_with("seeking of b[7]: ")) << fault.message();
}

TEST(Version, OldLibrariesHaveKnownFaults) {
  EXPECT_EQ(KnownFaults(0x020002ff).size(), 4u);
  EXPECT_EQ(KnownFaults(0x020100ff).size(), 3u);
  EXPECT_TRUE(KnownFaults(0x020a00ff).empty());
  EXPECT_FALSE(LibraryVersion().empty());
}

}  // namespace
}  // namespace waymark::kafka
