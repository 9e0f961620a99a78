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
    return ReadBehind({});
  }
  Rows ReadBehind(std::string_view after, bool in_store = true) const {
    TimelineRows rows(store_, base::Partition(0), profile_, after, in_store);
    Rows read;
    while (rows.Next()) read.emplace_back(rows.order(), rows.value());
    EXPECT_TRUE(rows.status().ok());
    return read;
  }

  store::MemoryStore store_;
  Profile profile_;
};

TEST_F(ReadTimelineTest, RecentRowsLieOverTheStoresOwn) {
  for (const std::string_view order : {"b", "d", "f"}) Store("ann", order, "stored");
  Store("an", "b", "another's");
  Store("anna", "b", "another's");
  const Rows puts = {{"f", {}}, {"d", "recent"}, {"a", "recent"}, {"c", "recent"},
                     {"c", {}}, {"e", {}},       {"e", "recent"}, {"g", "recent"}};
  for (const auto& [order, value] : puts) profile_.recent.Put(order, value);
  EXPECT_EQ(Read(), (Rows{{"a", "recent"}, {"b", "stored"}, {"d", "recent"}, {"e", "recent"},
                          {"g", "recent"}}));
  EXPECT_EQ(ReadBehind("b"), (Rows{{"d", "recent"}, {"e", "recent"}, {"g", "recent"}}));
  EXPECT_EQ(ReadBehind("c"), ReadBehind("b"));
  EXPECT_EQ(ReadBehind("a", /*in_store=*/false), ReadBehind("b"));
  EXPECT_EQ(ReadBehind("g"), Rows());
}

TEST_F(ReadTimelineTest, CopiesAreFoundWhereverTheyStand) {
  const auto order = [](int64_t time, const char* id) {
    std::string bytes;
    AppendOrderBytes({time, 0, "shop", id}, bytes);
    return bytes;
  };
  const std::string early = order(1, "x");
  const std::string late = order(9, "x");
  Store("ann", early, "early");
  Store("ann", order(5, "y"), "other");
  profile_.recent.Put(late, "late");
  Copies copies;
  copies.try_emplace(early.substr(kTimeAndSequenceBytes));
  copies.try_emplace(order(0, "z").substr(kTimeAndSequenceBytes));
  ASSERT_TRUE(FindCopies(store_, base::Partition(0), profile_, copies).ok());
  const auto& found = copies.find(early.substr(kTimeAndSequenceBytes))->second;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].value, "early");
  EXPECT_EQ(found[1].order, late);
  EXPECT_TRUE(copies.find(order(0, "z").substr(kTimeAndSequenceBytes))->second.empty());
}

TEST_F(ReadTimelineTest, WithoutStoredOrRecentRows) {
  EXPECT_EQ(Read(), Rows());
  profile_.recent.Put("a", "1");
  EXPECT_EQ(Read(), (Rows{{"a", "1"}}));
}

}  // namespace
}  // namespace waymark::engine
