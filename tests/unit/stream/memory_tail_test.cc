#include "memory_fixture.h"

namespace waymark::stream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class MemoryTailTest : public MemoryBrokerTest {
 protected:
  std::vector<std::string> Poll(TailReader& reader, size_t limit = 100) {
    const auto records = reader.Poll(kNow, limit);
    EXPECT_TRUE(records.ok()) << records.status().text();
    return records.ok() ? Values(*records) : std::vector<std::string>();
  }
};

TEST_F(MemoryTailTest, FollowsAllPartitionsFromWhereItIsTold) {
  CreateTopic(2);
  Write("a", 0);
  Write("b", 0);
  Write("c", 1);
  const auto reader = broker_.MakeTailReader("t", 2);
  const auto ranges = reader->Ranges(kNow);
  ASSERT_TRUE(ranges.ok());
  EXPECT_EQ((*ranges)[0].end, Offset(2));
  EXPECT_EQ((*ranges)[1].end, Offset(1));
  EXPECT_THAT(Poll(*reader), IsEmpty());  // not started
  const std::vector<Offset> from = {Offset(1), Offset(0)};
  ASSERT_OK(reader->Start(from));
  EXPECT_THAT(Poll(*reader), UnorderedElementsAre("b", "c"));
  Write("d", 1);
  EXPECT_THAT(Poll(*reader), ElementsAre("d"));
  EXPECT_THAT(reader->positions(), ElementsAre(Offset(2), Offset(2)));
  ASSERT_OK(reader->Stop());
  Write("e", 0);
  EXPECT_THAT(Poll(*reader), IsEmpty());
}

TEST_F(MemoryTailTest, LeavesOutWhatIsNotAskedForAndWhatIsNotCommitted) {
  CreateTopic(2);
  const auto producer = MakeProducer("x");
  WriteTransaction(*producer, {"aborted"}, false);
  WriteTransaction(*producer, {"good"});
  Write("other", 1);
  const auto reader = broker_.MakeTailReader("t", 2);
  const std::vector<Offset> from = {Offset(0), Offset(-1)};
  ASSERT_OK(reader->Start(from));
  EXPECT_THAT(Poll(*reader), ElementsAre("good"));
  EXPECT_EQ(reader->positions()[0], Offset(4));  // behind the marker
}

TEST_F(MemoryTailTest, WhatIsNotThereIsTold) {
  CreateTopic(1);
  const auto reader = broker_.MakeTailReader("t", 1);
  const std::vector<Offset> beyond = {Offset(5)};
  ASSERT_OK(reader->Start(beyond));
  EXPECT_EQ(reader->Poll(kNow, 1).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace waymark::stream
