#include "codec/fold_state.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "codec/protobuf.h"
#include "unit/codec_state/states.h"

namespace waymark::codec {
namespace {

using journey::State;

class FoldStateTest : public ::testing::Test {
 protected:
  State Again(const State& state, int format = kStateFormatNewest) const {
    State decoded;
    const base::Status status = DecodeState(BytesOf(state, format), models_, decoded);
    EXPECT_TRUE(status.ok()) << status.text();
    return decoded;
  }

  journey::CompiledModels models_ = StateModels();
};

TEST_F(FoldStateTest, AnEmptyStateComesBack) {
  const State state = journey::Fold(models_, {}).Initial("ann");
  const State again = Again(state);
  EXPECT_EQ(again.profile_id, "ann");
  EXPECT_EQ(again.fired_until, base::Timestamp::min());
  EXPECT_EQ(again.next_due, base::Timestamp::max());
  EXPECT_FALSE(again.first_seen);
  EXPECT_TRUE(again.is_new());
  ASSERT_EQ(again.families.size(), 1U);
  EXPECT_TRUE(again.families[0].runs.empty());
}

TEST_F(FoldStateTest, ARichStateComesBackWhole) {
  for (const int interactions : {1, 2, 3, 7, 20, 60}) {
    const State state = RichState(models_, interactions);
    const State again = Again(state);
    // Equal bytes alone would not show a field that is left out of both directions.
    EXPECT_EQ(BytesOf(again), BytesOf(state));
    EXPECT_EQ(again.position, state.position);
    EXPECT_EQ(again.fired_until, state.fired_until);
    EXPECT_EQ(again.interactions, state.interactions);
    EXPECT_EQ(again.ids.words(), state.ids.words());
    EXPECT_EQ(again.ids.last_count(), state.ids.last_count());
    EXPECT_EQ(again.identifiers, state.identifiers);
    EXPECT_EQ(again.account, state.account);
    EXPECT_EQ(again.attributes, state.attributes);
    EXPECT_EQ(again.consent, state.consent);
    EXPECT_EQ(again.first_seen, state.first_seen);
    EXPECT_EQ(again.last_seen, state.last_seen);
    EXPECT_EQ(again.touched, state.touched);
    EXPECT_EQ(again.next_due, state.next_due);
    EXPECT_EQ(again.session.id, state.session.id);
    EXPECT_EQ(again.session.start, state.session.start);
    EXPECT_EQ(again.session.last, state.session.last);
    EXPECT_EQ(again.session.last_id, state.session.last_id);
    EXPECT_EQ(again.session.interactions, state.session.interactions);
    EXPECT_EQ(again.session.open, state.session.open);
  }
}

TEST_F(FoldStateTest, RunsComeBackWhole) {
  const State state = RichState(models_, 60);
  const State again = Again(state);
  const journey::FamilyState& want = state.families[0];
  const journey::FamilyState& have = again.families[0];
  ASSERT_EQ(have.runs.size(), want.runs.size());
  for (size_t i = 0; i < want.runs.size(); ++i) {
    const journey::Run& a = have.runs[i];
    const journey::Run& b = want.runs[i];
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.replaces, b.replaces);
    EXPECT_EQ(a.model, b.model);
    EXPECT_EQ(a.key, b.key);
    EXPECT_EQ(a.ordinal, b.ordinal);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.started, b.started);
    EXPECT_EQ(a.last_activity, b.last_activity);
    EXPECT_EQ(a.last_id, b.last_id);
    EXPECT_EQ(a.interactions, b.interactions);
    EXPECT_EQ(a.stage, b.stage);
    EXPECT_EQ(a.stage_entered, b.stage_entered);
    EXPECT_EQ(a.station, b.station);
    EXPECT_EQ(a.target_missed, b.target_missed);
    EXPECT_EQ(a.personal_contact, b.personal_contact);
    EXPECT_EQ(a.once, b.once);
    EXPECT_EQ(a.touchpoints, b.touchpoints);
    EXPECT_EQ(a.channels, b.channels);
    EXPECT_EQ(a.relevant_set, b.relevant_set);
    EXPECT_EQ(a.value_micros, b.value_micros);
    EXPECT_EQ(a.last_touchpoint, b.last_touchpoint);
    EXPECT_EQ(a.last_touchpoint != 0, a.is_open());
    EXPECT_EQ(a.trail, b.trail);
    EXPECT_EQ(a.trail.visits.empty(), !a.is_open());
    EXPECT_TRUE(std::ranges::equal(a.stages.entries(), b.stages.entries()));
  }
  ASSERT_GT(want.past.size(), 0U);
  ASSERT_EQ(have.past.size(), want.past.size());
  for (size_t i = 0; i < want.past.size(); ++i) {
    EXPECT_EQ(have.past[i].key_hash, want.past[i].key_hash);
    EXPECT_EQ(have.past[i].ordinal, want.past[i].ordinal);
    EXPECT_EQ(have.past[i].stage, want.past[i].stage);
    EXPECT_EQ(have.past[i].model, want.past[i].model);
  }
}

TEST_F(FoldStateTest, EachFormatIsReadAsTheSame) {
  for (const int interactions : {1, 2, 3, 7, 20, 60}) {
    State state = RichState(models_, interactions);
    EXPECT_EQ(BytesOf(Again(state)), BytesOf(state));
    // What only later formats say.
    state.ratings = {};
    for (journey::Run& run : state.families[0].runs) {
      run.last_touchpoint = 0;
      run.trail = {};
    }
    for (int format = kStateFormatOldest; format <= kStateFormatNewest; ++format) {
      EXPECT_EQ(BytesOf(Again(state, format)), BytesOf(state)) << "format " << format;
    }
  }
}

TEST_F(FoldStateTest, TheDepartmentOfAnOpenRunComesBackInAnyFormat) {
  State state = RichState(models_, 1);
  state.ratings = {};
  state.families[0].runs[0].department = "Sales";
  for (int format = kStateFormatOldest; format <= kStateFormatNewest; ++format) {
    EXPECT_EQ(Again(state, format).families[0].runs[0].department, "Sales") << format;
  }
  state.families[0].runs[0].status = model::JourneyStatus::kCompleted;
  EXPECT_EQ(Again(state).families[0].runs[0].department, "");
}

TEST_F(FoldStateTest, FirstEntriesComeBackInAnyFormat) {
  State state = RichState(models_, 1);
  state.ratings = {};
  const std::vector<journey::FirstEntry> entries = {{0, {1'700'000'000'000}, "i0"},
                                                    {1, {1'700'000'000'001}, ""}};
  EXPECT_EQ(BytesOf(state, 1)[0], 1);
  state.families[0].runs[0].first_entries = entries;
  for (int format = kStateFormatOldest; format <= kStateFormatNewest; ++format) {
    EXPECT_EQ(Again(state, format).families[0].runs[0].first_entries, entries) << format;
    EXPECT_EQ(BytesOf(state, format)[0], kStateFormatWithFirstEntries);
  }
}

TEST_F(FoldStateTest, AFirstEntryOfNoStageIsRefused) {
  State state = RichState(models_, 1);
  state.families[0].runs[0].first_entries = {{2, {1'700'000'000'000}, "i0"}};
  State decoded;
  EXPECT_EQ(DecodeState(BytesOf(state), models_, decoded).code(), base::StatusCode::kInvalid);
}

TEST_F(FoldStateTest, ALastTouchpointThatIsNoneIsRefused) {
  State state = RichState(models_, 1);
  state.families[0].runs[0].last_touchpoint = 2;
  State decoded;
  EXPECT_EQ(DecodeState(BytesOf(state), models_, decoded).code(), base::StatusCode::kInvalid);
}

TEST_F(FoldStateTest, AReusedStateKeepsNothing) {
  State state = RichState(models_, 20);
  const State fresh = journey::Fold(models_, {}).Initial("bob");
  ASSERT_TRUE(DecodeState(BytesOf(fresh), models_, state).ok());
  EXPECT_EQ(BytesOf(state), BytesOf(fresh));
}

TEST_F(FoldStateTest, OtherModelsAreRefused) {
  const std::string bytes = BytesOf(RichState(models_, 3));
  State state;
  EXPECT_EQ(DecodeState(bytes, journey::CompiledModels({}), state).code(),
            base::StatusCode::kInvalid);
}

// Stored state outlives the program: these bytes must stay readable. A changed format needs a new
// version byte, a reader for the old one, and a line in FORMAT.md.
TEST_F(FoldStateTest, GoldenBytesOfFormat2) {
  EXPECT_EQ(base::ToHex(BytesOf(RichState(models_, 2), 2)),
            "0203616e6e80c2c08ffa62020473686f70026931ffc4b90f040202010080400820000198040005000002"
            "800205656d61696c02633005656d61696c0263310461636d650207636f6e73656e740773657276696365"
            "086c616e67756167650264650201ffa19511010001010dcda6c37096b6d1ae8d92eb0400000269310201"
            "087075726368617365020473686f7002a54954c45857f512bbd0e1c101028ece049f0576647af492e7f4"
            "0e40749656b17173acf7afddbf0c0263300101ffa19511ffa195110269300200ffa19511010001010102"
            "00020202000109636174616c6f67756501037765620102633001000473686f7002dfba4369c2974076c4"
            "d6bc6200026331010100000269310200000102010101020002040200010474696c6c010573746f726501"
            "0263310180897a0080dddb01");
}

TEST_F(FoldStateTest, GoldenBytesOfFormat1) {
  EXPECT_EQ(base::ToHex(BytesOf(RichState(models_, 2), 1)),
            "0103616e6e80c2c08ffa62020473686f7002693180fd8680fa6204020201008040082000019804000500"
            "0002800205656d61696c02633005656d61696c0263310461636d650207636f6e73656e74077365727669"
            "6365086c616e6775616765026465020180a0abfef9620180c2c08ffa6201010dcda6c37096b6d1ae8d92"
            "eb0480c2c08ffa6280c2c08ffa620269310201087075726368617365020473686f7002a54954c45857f5"
            "12bbd0e1c101028ece049f0576647af492e7f40e40749656b17173acf7afddbf0c026330010180a0abfe"
            "f96280a0abfef962026930020080a0abfef96201000101010200020202000109636174616c6f67756501"
            "037765620102633001000473686f7002dfba4369c2974076c4d6bc6200026331010180c2c08ffa6280c2"
            "c08ffa62026931020080c2c08ffa620102010101020002040200010474696c6c010573746f7265010263"
            "310180897a00809f9c91fa62");
}

TEST_F(FoldStateTest, GoldenHashOfARichState) {
  const std::string first = BytesOf(RichState(models_, 60), 1);
  EXPECT_EQ(first.size(), 1132U);
  EXPECT_EQ(base::Hash64(first), 10520712948315117732ULL);
  const std::string second = BytesOf(RichState(models_, 60), 2);
  EXPECT_EQ(second.size(), 1080U);
  EXPECT_EQ(base::Hash64(second), 1084084507396340899ULL);
  const std::string third = BytesOf(RichState(models_, 60), 3);
  EXPECT_EQ(third.size(), 1080U);
  EXPECT_EQ(base::Hash64(third), 6255977116783969034ULL);
}

}  // namespace
}  // namespace waymark::codec
