#include "engine/timeline.h"

#include <gtest/gtest.h>

#include "engine/keys.h"
#include "store/memory_store.h"

namespace waymark::engine {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

TEST(TimelineValue, ComesApartAsItWasPutTogether) {
  std::string value;
  AppendTimelineValue("canonical", "transport", value);
  EXPECT_EQ(value, std::string("\x09\0\0\0", 4) + "canonicaltransport");
  const auto parsed = ParseTimelineValue(value);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->canonical, "canonical");
  EXPECT_EQ(parsed->step, "canonicaltransport");
}

TEST(TimelineValue, MalformedBytesAreRefused) {
  for (const std::string& bytes :
       {std::string(), std::string("abc"), std::string("\x09\0\0\0short", 9),
        std::string("\xff\xff\xff\xff", 4)}) {
    EXPECT_EQ(ParseTimelineValue(bytes).status().code(), base::StatusCode::kStore);
  }
}

class ReadTimelineTest : public ::testing::Test {
 protected:
  ReadTimelineTest() { profile_.state.profile_id = "ann"; }
  void Store(std::string_view profile, std::string_view order, std::string_view value) {
    store::Batch batch;
    batch.Put(store::Family::kTimelines,
              ProfileKey(base::Partition(0), profile).append(order), value);
    ASSERT_TRUE(store_.Write(batch).ok());
  }
  Rows Read() const {
    const auto rows = ReadTimeline(store_, base::Partition(0), profile_);
    EXPECT_TRUE(rows.ok());
    Rows read;
    for (const TimelineRow& row : *rows) read.emplace_back(row.order, row.value);
    return read;
  }

  store::MemoryStore store_;
  Profile profile_;
};

TEST_F(ReadTimelineTest, RecentRowsLieOverTheStoresOwn) {
  for (const std::string_view order : {"b", "d", "f"}) Store("ann", order, "stored");
  Store("an", "b", "another's");
  Store("anna", "b", "another's");
  profile_.recent = {{"f", {}}, {"d", "recent"}, {"a", "recent"}, {"c", "recent"}, {"c", {}},
                     {"e", {}}, {"e", "recent"}, {"g", "recent"}};
  EXPECT_EQ(Read(), (Rows{{"a", "recent"}, {"b", "stored"}, {"d", "recent"}, {"e", "recent"},
                          {"g", "recent"}}));
}

TEST_F(ReadTimelineTest, WithoutStoredOrRecentRows) {
  EXPECT_EQ(Read(), Rows());
  profile_.recent = {{"a", "1"}};
  EXPECT_EQ(Read(), (Rows{{"a", "1"}}));
}

}  // namespace
}  // namespace waymark::engine
