#include <gtest/gtest.h>

#include "kafka/consumer.h"

namespace waymark::kafka {
namespace {

TEST(GroupMetadata, TellsItsGeneration) {
  for (const int generation : {0, 7, 123'456}) {
    const GroupMetadataHandle joined(rd_kafka_consumer_group_metadata_new_with_genid(
        "group", generation, "member", "instance"));
    EXPECT_EQ(GenerationOf(*joined), generation);
  }
}

TEST(GroupMetadata, OfNoMemberIsBelowZero) {
  const GroupMetadataHandle outside(rd_kafka_consumer_group_metadata_new("group"));
  EXPECT_LT(GenerationOf(*outside), 0);
}

}  // namespace
}  // namespace waymark::kafka
