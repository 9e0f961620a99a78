#include "engine/state_identity.h"

#include <gtest/gtest.h>

#include "codec/compact.h"
#include "engine/keys.h"
#include "store/memory_store.h"

namespace waymark::engine {
namespace {

constexpr base::Timestamp kNow{1'000'000};
constexpr base::Millis kAgeMax{1'000};

StateIdentity Mine() {
  StateIdentity identity;
  identity.partitions = 6;
  identity.prefix = "waymark";
  identity.group = "the group";
  identity.cluster = "cluster-1";
  identity.noted = kNow;
  return identity;
}

class StateIdentityTest : public ::testing::Test {
 protected:
  void PutRow(std::string_view key, std::string_view value) {
    store::Batch batch;
    batch.Put(store::Family::kMeta, key, value);
    ASSERT_TRUE(store_.Write(batch).ok());
  }
  void ExpectFit(StateFit fit, const StateIdentity& wanted = Mine()) {
    const auto judged = JudgeState(store_, wanted, kNow, kAgeMax);
    ASSERT_TRUE(judged.ok()) << judged.status().text();
    EXPECT_EQ(*judged, fit);
  }
  void ExpectRefused(const StateIdentity& wanted, const std::string& message,
                     const std::string& hint) {
    const auto judged = JudgeState(store_, wanted, kNow, kAgeMax);
    ASSERT_FALSE(judged.ok());
    EXPECT_EQ(judged.status().code(), base::StatusCode::kConfig);
    EXPECT_NE(judged.status().message().find(message), std::string::npos)
        << judged.status().text();
    EXPECT_NE(judged.status().hint().find(hint), std::string::npos) << judged.status().text();
  }

  store::MemoryStore store_;
};

TEST_F(StateIdentityTest, AnEmptyStoreIsAnybodys) { ExpectFit(StateFit::kEmpty); }

TEST_F(StateIdentityTest, TheSameDeploymentGoesOn) {
  ASSERT_TRUE(WriteIdentity(store_, Mine()).ok());
  ExpectFit(StateFit::kFits);
}

TEST_F(StateIdentityTest, RowsThatNobodyOwnsAreOfAnOlderVersion) {
  PutRow(MetaKey(base::Partition(3), "mark"), "waymark1 end=1");
  ExpectFit(StateFit::kOldLayout);
}

TEST_F(StateIdentityTest, WhatIsNoIdentityIsOfAnOlderVersion) {
  ASSERT_TRUE(WriteIdentity(store_, Mine()).ok());
  std::string key;
  ASSERT_TRUE(store_
                  .Scan(store::Family::kMeta, {}, {},
                        [&](std::string_view found, std::string_view) {
                          key = found;
                          return true;
                        })
                  .ok());
  PutRow(key, Mine().Encode() + "x");
  ExpectFit(StateFit::kOldLayout);
  std::string older;
  codec::CompactWriter(older).Signed(kStateLayout - 1);
  PutRow(key, older);
  ExpectFit(StateFit::kOldLayout);
  std::string newer;
  codec::CompactWriter(newer).Signed(kStateLayout + 1);
  PutRow(key, newer + "whatever comes then");
  ExpectRefused(Mine(), "layout " + std::to_string(kStateLayout + 1), "newer version");
}

TEST_F(StateIdentityTest, OtherDeploymentsAreRefused) {
  ASSERT_TRUE(WriteIdentity(store_, Mine()).ok());
  StateIdentity other = Mine();
  other.partitions = 7;
  ExpectRefused(other, "6 partitions, now they have 7", "new kafka.prefix");
  other = Mine();
  other.prefix = "another";
  ExpectRefused(other, "kafka.prefix 'waymark', not 'another'", "state.directory of its own");
  other = Mine();
  other.group = "another";
  ExpectRefused(other, "kafka.group", "state.directory of its own");
  other = Mine();
  other.cluster = "another";
  ExpectRefused(other, "cluster 'cluster-1'", "state.directory of its own");
}

TEST_F(StateIdentityTest, WhatWasNotedTooLongAgoIsStale) {
  StateIdentity identity = Mine();
  identity.noted = kNow - kAgeMax;
  ASSERT_TRUE(WriteIdentity(store_, identity).ok());
  ExpectFit(StateFit::kFits);
  identity.noted = kNow - kAgeMax - base::Millis(1);
  ASSERT_TRUE(WriteIdentity(store_, identity).ok());
  ExpectFit(StateFit::kStale);
  identity.noted = kNow + base::Millis(99'999);
  ASSERT_TRUE(WriteIdentity(store_, identity).ok());
  ExpectFit(StateFit::kFits);
}

TEST_F(StateIdentityTest, NoPartitionsRowsTouchIt) {
  ASSERT_TRUE(WriteIdentity(store_, Mine()).ok());
  const std::string last = PartitionPrefix(base::Partition(kPartitionsMax - 1));
  ASSERT_TRUE(store_.EraseRange(store::Family::kMeta, last, store::PrefixEnd(last)).ok());
  ExpectFit(StateFit::kFits);
}

TEST_F(StateIdentityTest, GoldenBytes) {
  EXPECT_EQ(Mine().Encode(), std::string("\x06\x0c\x07waymark\x09the group\x09" "cluster-1"
                                         "\x80\x89\x7a"));
}

}  // namespace
}  // namespace waymark::engine
