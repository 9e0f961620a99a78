#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

class SummaryTest : public Folding {};

TEST_F(SummaryTest, ShowsTheStateInTheOrderOfFamiliesAndStarts) {
  Use({R"(
family: b
model: later
stages: [{name: only, enter: {action: view}}]
)",
       R"(
family: a
model: earlier
journey: {start: {action: order}}
stages:
  - name: bought
    enter: {action: order}
    closes: completed
    stations: [{name: till, when: {touchpoint: till}}]
)"});
  model::Interaction order = At(0, "order");
  order.touchpoint = "till";
  order.rating.emplace().satisfaction = 4;
  order.identifiers = {{"email", "a@b"}};
  Apply(order);
  Apply(1, "order");
  base::Arena arena;
  model::CustomerJourneys out;
  Summarize(state_, arena, out);
  EXPECT_EQ(out.profile.id, "ann");
  EXPECT_EQ(out.profile.first_seen, kNoon);
  ASSERT_EQ(out.journeys.size(), 3U);
  EXPECT_EQ(out.journeys[0].family, "a");
  EXPECT_EQ(out.journeys[0].started, kNoon);
  EXPECT_EQ(out.journeys[1].started, kNoon + kMinute);
  EXPECT_EQ(out.journeys[2].family, "b");
  const model::JourneySummary& first = out.journeys[0];
  EXPECT_EQ(first.status, model::JourneyStatus::kCompleted);
  EXPECT_EQ(first.stage, "bought");
  EXPECT_EQ(first.station, "till");
  ASSERT_EQ(first.stages.size(), 1U);
  EXPECT_EQ(first.stages[0], (model::StageSummary{"bought", 1, 0, 1, 4, 1}));
  EXPECT_EQ(first.touchpoints, std::vector<model::Text>{"till"});
  EXPECT_EQ(out.journeys[2].stage, "");
  ASSERT_TRUE(out.session);
  EXPECT_EQ(out.session->interactions, 2);
  EXPECT_EQ(out.session->id, session_id_);
  AdvanceTo(100);
  Summarize(state_, arena, out);
  EXPECT_FALSE(out.session) << "a closed session is not shown";
}

TEST_F(SummaryTest, NothingIsLeftOfWhatTheObjectHeldBefore) {
  Use({kShop});
  model::Interaction order = At(0, "order");
  order.touchpoint = "till";
  order.product = "P-1";
  order.rating.emplace().satisfaction = 4;
  order.identifiers = {{"email", "a@b"}};
  order.profile = {{"city", "Ulm"}};
  Apply(order);
  base::Arena arena;
  model::CustomerJourneys out;
  Summarize(state_, arena, out);
  out.stale = true;
  out.covers = out.revision = 1;
  out.fold = out.floor = out.pending_from = "x";
  // As many runs, with all or none of what a run may have.
  State rich = state_;
  State bare = state_;
  for (journey::Run& run : rich.families[0].runs) run.replaces.push_back(run.id);
  for (journey::Run& run : bare.families[0].runs) {
    run.stage = run.station = -1;
    run.stages.Clear();
    for (base::TextSet* set : {&run.touchpoints, &run.channels, &run.relevant_set}) set->clear();
  }
  const State plain = fold_->Initial("bob");
  const std::vector<const State*> states = {&plain, &rich, &bare, &rich, &plain};
  for (const State* state : states) {
    model::CustomerJourneys fresh;
    Summarize(*state, arena, fresh);
    Summarize(*state, arena, out);
    EXPECT_EQ(out.profile, fresh.profile);
    ASSERT_EQ(out.journeys.size(), state == &plain ? 0U : 1U);
    EXPECT_EQ(out.journeys, fresh.journeys);
    EXPECT_EQ(out.session, fresh.session);
    EXPECT_EQ(out.touchpoints, fresh.touchpoints);
    EXPECT_FALSE(out.stale);
    EXPECT_EQ(out.covers + out.revision, 0);
    EXPECT_EQ(std::string(out.fold) + std::string(out.floor) + std::string(out.pending_from), "");
  }
}

TEST_F(SummaryTest, AChangedIdNamesWhatItReplaces) {
  Use({kShop});
  Apply(0, "view");
  State before = state_;
  State after = state_;
  after.families[0].runs[0].id = base::MakeId96("other");
  NoteReplaced(before, after);
  ASSERT_EQ(after.families[0].runs[0].replaces.size(), 1U);
  EXPECT_EQ(after.families[0].runs[0].replaces[0], before.families[0].runs[0].id);
  State later = after;
  later.families[0].runs[0].replaces.clear();
  NoteReplaced(after, later);
  EXPECT_EQ(later.families[0].runs[0].replaces, after.families[0].runs[0].replaces)
      << "what was known is kept";
}

}  // namespace
}  // namespace waymark::journey
