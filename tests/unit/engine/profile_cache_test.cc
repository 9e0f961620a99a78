#include "engine/profile_cache.h"

#include <gtest/gtest.h>

#include "engine/keys.h"
#include "engine/lookahead.h"
#include "store/memory_store.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

class ProfileCacheTest : public ::testing::Test {
 protected:
  std::vector<std::string> Evict(size_t budget) {
    std::vector<std::string> dropped;
    cache_.Evict(budget, [&](Profile& p) { dropped.push_back(p.state.profile_id); });
    return dropped;
  }
  Profile& Get(std::string_view id) { return **cache_.Get(id); }

  journey::CompiledModels models_{{}};
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  OpenJourneys open_;
  ProfileCache cache_{base::Partition(0), fold_, store_, open_};
};

TEST_F(ProfileCacheTest, TheLeastRecentlyUsedGoFirst) {
  for (const std::string_view id : {"a", "b", "c"}) Get(id);
  const size_t one = cache_.bytes() / 3;
  Get("a");
  EXPECT_EQ(Evict(one), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(cache_.size(), 1U);
  EXPECT_NE(cache_.FindCached("a"), nullptr);
  EXPECT_EQ(Evict(0), std::vector<std::string>{"a"});
  EXPECT_EQ(cache_.bytes(), 0U);
  Get("d");
  EXPECT_EQ(cache_.size(), 1U) << "the list is whole after it was empty";
}

TEST_F(ProfileCacheTest, ManyAreReadInOneGo) {
  journey::Effects effects;
  fold_.Apply(Get("a").state, test::At(0, "i", "view"), effects);
  std::string row;
  ProfileCache::EncodeRow(Get("a"), row);
  store::Batch batch;
  batch.Put(store::Family::kProfiles, ProfileKey(base::Partition(0), "a"), row);
  ASSERT_TRUE(store_.Write(batch).ok());
  Evict(0);
  Evict(0);
  ASSERT_EQ(cache_.size(), 0U);
  cache_.TakeLookups();
  Get("c");
  ASSERT_TRUE(cache_.Load(std::vector<std::string_view>{"b", "a", "", "b", "c"}).ok());
  EXPECT_EQ(cache_.size(), 3U) << "a from the store, b new, c as it was, none without a name";
  EXPECT_EQ(Get("a").state.interactions, 1);
  EXPECT_TRUE(Get("b").state.is_new());
  Get("a");
  const ProfileCache::Lookups lookups = cache_.TakeLookups();
  EXPECT_EQ(lookups.misses, 3);
  EXPECT_EQ(lookups.hits, 1);
}

TEST_F(ProfileCacheTest, WhatIsExpectedIsFoundAsWithoutThat) {
  Lookahead ahead(cache_);
  const std::vector<std::string> ids = {"a", "b", "c", "a", "d"};
  Profile* const a = &Get("a");
  for (size_t i = 0; i < ids.size() + Lookahead::kDistance; ++i) {
    ahead.Expect(i < ids.size() ? std::string_view(ids[i]) : "");
    if (i < Lookahead::kDistance) continue;
    const std::string& id = ids[i - Lookahead::kDistance];
    EXPECT_EQ(Get(id).state.profile_id, id);
  }
  EXPECT_EQ(&Get("a"), a);
  // One that was expected and dropped before it came is read again.
  cache_.Hint(*a);
  cache_.Drop(*a);
  EXPECT_EQ(Get("a").state.profile_id, "a");
}

TEST_F(ProfileCacheTest, WhatIsInUseStays) {
  Get("a").touched = true;
  Get("b").store_dirty = true;
  Get("c").snapshot_waiting = true;
  Get("d").recent.Put("order", "value");
  Get("e").snapshot_dirty = true;
  Get("f");
  EXPECT_EQ(Evict(0), std::vector<std::string>{"f"});
}

TEST_F(ProfileCacheTest, AProfileComesBackFromItsRow) {
  Profile& profile = Get("a");
  journey::Effects effects;
  fold_.Apply(profile.state, test::At(0, "i", "view"), effects);
  profile.covers = base::Offset(77);
  profile.stored_due = {5};
  std::string row;
  ProfileCache::EncodeRow(profile, row);
  store::Batch batch;
  batch.Put(store::Family::kProfiles, ProfileKey(base::Partition(0), "a"), row);
  ASSERT_TRUE(store_.Write(batch).ok());
  Evict(0);
  const Profile& again = Get("a");
  EXPECT_EQ(again.covers, base::Offset(77));
  EXPECT_EQ(again.stored_due.ms, 5);
  EXPECT_EQ(again.state.interactions, 1);
}

// The session gap is a setting: it may differ from the one that a row was written under.
TEST_F(ProfileCacheTest, TimersAreFoundAnewUnderThePresentGap) {
  Profile profile;
  profile.state = fold_.Initial("a");
  journey::Effects effects;
  fold_.Apply(profile.state, test::At(0, "i", "view"), effects);
  std::string row;
  ProfileCache::EncodeRow(profile, row);
  journey::FoldSettings wider;
  wider.session_gap = base::Millis(60 * test::kMinute);
  const journey::Fold fold(models_, wider);
  Profile again;
  ASSERT_TRUE(ProfileCache::DecodeRow(fold, row, again).ok());
  EXPECT_EQ(again.state.next_due, test::Minute(60));
  effects.Clear();
  fold.AdvanceTo(again.state, test::Minute(61), effects);
  EXPECT_EQ(effects.signals.size(), 1U);
}

TEST_F(ProfileCacheTest, AMalformedRowIsAFaultOfTheStoreWithAHint) {
  store::Batch batch;
  batch.Put(store::Family::kProfiles, ProfileKey(base::Partition(0), "a"),
            "rubbish that is long enough");
  ASSERT_TRUE(store_.Write(batch).ok());
  const auto profile = cache_.Get("a");
  ASSERT_FALSE(profile.ok());
  EXPECT_EQ(profile.status().code(), base::StatusCode::kStore);
  EXPECT_FALSE(profile.status().hint().empty());
}

}  // namespace
}  // namespace waymark::engine
