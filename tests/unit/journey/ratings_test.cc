// A rating is an interaction at its own time, and a score of the step that it is about.
#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using ::testing::ElementsAre;

class RatingsTest : public Folding {
 protected:
  static constexpr int64_t kDay = 24 * 60;

  static model::Interaction Step(int64_t minute, std::string_view action, std::string_view id,
                                 std::string_view touchpoint) {
    model::Interaction out = At(minute, action);
    out.id = id;
    out.touchpoint = touchpoint;
    return out;
  }
  static model::Interaction Rating(int64_t minute, std::string_view id, model::RefersTo about,
                                   int32_t satisfaction = 2) {
    model::Interaction out = Step(minute, "rate", id, "survey");
    out.rating.emplace().satisfaction = satisfaction;
    out.refers_to = about;
    return out;
  }
  static model::RefersTo ById(std::string_view id) { return {"shop", id, {}, {}, {}}; }
  static model::RefersTo ByTouchpoint(std::string_view touchpoint, int64_t minute) {
    return {{}, {}, touchpoint, kNoon + minute * kMinute, {}};
  }
  static model::RefersTo ByOrder(std::string_view order) { return {{}, {}, {}, {}, order}; }

  // Looks, orders, and uses, days later.
  void Journey() {
    Use({kShop}, settings_);
    Apply(Step(0, "view", "seen", "catalogue"));
    Apply(Step(10, "order", "bought", "till"));
    Apply(Step(3 * kDay, "use", "used", "app"));
  }

  // Sum and count, by stage of the first family's last run.
  std::pair<int64_t, int64_t> Score(int32_t stage) const {
    const detect::StageCounts& counts = Runs().back().stages.At(stage);
    return {counts.satisfaction_sum, counts.satisfaction_count};
  }
  std::pair<int64_t, int64_t> Score(std::string_view touchpoint) const {
    for (const auto& known : state_.ratings.touchpoints) {
      if (known.name == touchpoint) return {known.satisfaction_sum, known.satisfaction_count};
    }
    return {-1, -1};
  }
  // The stage of the step that the last interaction was found to be about.
  std::string Rated() const {
    if (!effects_.rated) return "nothing";
    const model::RatedStep& rated = *effects_.rated;
    std::string out = std::to_string((*rated.time - kNoon) / kMinute) + " " +
                      std::string(rated.touchpoint);
    for (const model::Placement& p : rated.placements) out += " " + std::string(p.stage);
    return out;
  }

  static constexpr std::pair<int64_t, int64_t> kNone{0, 0};
  FoldSettings settings_;
};

TEST_F(RatingsTest, CountsForTheStepNamedByIdAfterTheStageChanged) {
  Journey();
  Apply(Rating(9 * kDay, "stars", ById("bought")));
  EXPECT_EQ(Stage(), "use");
  EXPECT_EQ(Rated(), "10 till buy");
  EXPECT_EQ(effects_.rated->placements[0].journey_id, placed_[0].journey_id);
  EXPECT_EQ(effects_.rated->placements[0].model, "shop");
  EXPECT_EQ(Score(1), std::pair(2L, 1L));
  EXPECT_EQ(Score(2), kNone);
  EXPECT_EQ(Score("till"), std::pair(2L, 1L));
  EXPECT_EQ(Score("survey"), kNone);
  EXPECT_EQ(Runs().back().stages.At(2).interactions, 2) << "it is an interaction where it stands";
  EXPECT_EQ(state_.ratings.resolved, 1);
}

TEST_F(RatingsTest, AnIdWithoutSystemIsOfTheRatingsOwn) {
  Journey();
  Apply(Rating(9 * kDay, "stars", {{}, "bought", {}, {}, {}}));
  EXPECT_EQ(Rated(), "10 till buy");
  model::Interaction other = Rating(9 * kDay + 1, "more", {{}, "bought", {}, {}, {}});
  other.source.system = "survey";
  Apply(other);
  EXPECT_EQ(Rated(), "nothing");
}

TEST_F(RatingsTest, FindsTheStepNearestToTheTimeAtATouchpoint) {
  Journey();
  Apply(Step(4 * kDay, "use", "again", "app"));
  Apply(Step(4 * kDay + 20, "use", "soon", "app"));
  Apply(Rating(9 * kDay, "r1", ByTouchpoint("app", 3 * kDay)));
  EXPECT_EQ(Rated(), std::to_string(3 * kDay) + " app use");
  Apply(Rating(9 * kDay + 1, "r2", ByTouchpoint("app", 4 * kDay + 13)));
  EXPECT_EQ(Rated(), std::to_string(4 * kDay + 20) + " app use");
  Apply(Rating(9 * kDay + 2, "r3", ByTouchpoint("app", 4 * kDay + 10)));
  EXPECT_EQ(Rated(), std::to_string(4 * kDay) + " app use") << "the earlier of two as near";
  Apply(Rating(9 * kDay + 3, "r4", ByTouchpoint("app", 4 * kDay + 50)));
  EXPECT_EQ(Rated(), std::to_string(4 * kDay + 20) + " app use") << "as far as a session's gap";
  Apply(Rating(9 * kDay + 4, "r5", ByTouchpoint("app", 4 * kDay + 51)));
  EXPECT_EQ(Rated(), "nothing");
  Apply(Rating(9 * kDay + 5, "r6", {{}, {}, "app", INT64_MIN, {}}));
  EXPECT_EQ(Rated(), "nothing");
  EXPECT_EQ(Score("app"), std::pair(8L, 4L));
  EXPECT_EQ(state_.ratings.waiting.size(), 2U);
}

TEST_F(RatingsTest, AnOrderIsItsFirstStep) {
  Use({kShop});
  const model::TextMap order = {{"order", "O-1"}};
  model::Interaction bought = Step(10, "order", "bought", "till");
  bought.attributes = order;
  Apply(bought);
  model::Interaction used = Step(20, "use", "used", "app");
  used.attributes = order;
  Apply(used);
  Apply(Rating(30, "stars", ByOrder("O-1")));
  EXPECT_EQ(Rated(), "10 till buy");
  Apply(Rating(31, "other", ByOrder("O-2")));
  EXPECT_EQ(Rated(), "nothing");
}

TEST_F(RatingsTest, WaitsForAStepThatComesLaterInTime) {
  Use({kShop});
  Apply(Step(0, "view", "seen", "catalogue"));
  model::Interaction early = Rating(5, "early", ById("bought"), 4);
  early.rating->nps = 9;
  Apply(early);
  EXPECT_EQ(Rated(), "nothing");
  EXPECT_EQ(Score(0), kNone);
  Apply(Step(10, "order", "bought", "till"));
  ASSERT_EQ(effects_.ratings.size(), 1U);
  EXPECT_EQ(effects_.ratings[0].source_system, "shop");
  EXPECT_EQ(effects_.ratings[0].id, "early");
  EXPECT_EQ(effects_.ratings[0].rating, (model::Rating{4, 9, {}, {}, {}}));
  EXPECT_EQ(Score(1), std::pair(4L, 1L));
  EXPECT_EQ(Score("till"), std::pair(4L, 1L));
  EXPECT_EQ(state_.ratings.resolved, 1);
  EXPECT_TRUE(state_.ratings.waiting.empty());
  Apply(Step(11, "order", "bought-more", "till"));
  EXPECT_TRUE(effects_.ratings.empty());
}

TEST_F(RatingsTest, CountsForItsTouchpointAloneWhenNothingCame) {
  Journey();
  Apply(Rating(4 * kDay, "stars", ByTouchpoint("hotline", 0)));
  Apply(Rating(5 * kDay, "more", ById("nowhere"), 5));
  AdvanceTo(11 * kDay);
  EXPECT_EQ(state_.ratings.waiting.size(), 2U);
  EXPECT_EQ(state_.next_due.ms, kNoon + 11 * kDay * kMinute);
  EXPECT_EQ(state_.ratings.unresolved, 0) << "due at the horizon is not due before it";
  Apply(Step(11 * kDay, "use", "at", "app"));
  EXPECT_EQ(state_.ratings.unresolved, 0);
  Apply(Step(11 * kDay + 1, "use", "behind", "app"));
  EXPECT_EQ(state_.ratings.unresolved, 1);
  EXPECT_EQ(Score("hotline"), std::pair(2L, 1L));
  AdvanceTo(12 * kDay + 1);
  EXPECT_EQ(state_.ratings.unresolved, 2);
  EXPECT_EQ(Score("survey"), std::pair(5L, 1L)) << "it says no other touchpoint than its own";
  EXPECT_EQ(state_.ratings.resolved, 0);
  for (int32_t stage = 0; stage < 3; ++stage) EXPECT_EQ(Score(stage), kNone);
  Apply(Step(13 * kDay, "order", "nowhere", "till"));
  EXPECT_TRUE(effects_.ratings.empty()) << "it counted already";
}

TEST_F(RatingsTest, AReferenceThatNamesNothingWaitsForNothing) {
  Journey();
  Apply(Rating(9 * kDay, "stars", {"shop", {}, "till", {}, {}}));
  EXPECT_TRUE(state_.ratings.waiting.empty());
  EXPECT_EQ(state_.ratings.unresolved, 1);
  EXPECT_EQ(Score("till"), std::pair(2L, 1L));
  EXPECT_EQ(Score(1), kNone);
}

TEST_F(RatingsTest, WithoutReferenceItCountsWhereItStands) {
  Journey();
  Apply(Rating(9 * kDay, "stars", {}));
  EXPECT_EQ(Score(2), std::pair(2L, 1L));
  EXPECT_EQ(Score("survey"), std::pair(2L, 1L));
  EXPECT_EQ(Rated(), "nothing");
  EXPECT_EQ(state_.ratings.resolved + state_.ratings.unresolved, 0);
}

TEST_F(RatingsTest, OnlyCustomersRate) {
  Journey();
  for (const model::Kind kind : {model::Kind::kStaff, model::Kind::kMysteryCheck,
                                 model::Kind::kObservedWalk, model::Kind::kSystem}) {
    model::Interaction rating = Rating(9 * kDay + static_cast<int64_t>(kind), "", ById("bought"));
    rating.kind = kind;
    Apply(rating);
    rating.time = *rating.time + 1;
    rating.refers_to.reset();
    rating.id = {};
    Apply(rating);
  }
  for (int32_t stage = 0; stage < 3; ++stage) EXPECT_EQ(Score(stage), kNone);
  EXPECT_EQ(state_.ratings.resolved, 0);
}

// Nobody rates a tester's visit as a customer; what staff does for a customer can be rated.
TEST_F(RatingsTest, StaffsStepsCanBeRatedTestersCannot) {
  Journey();
  model::Interaction check = Step(5 * kDay, "use", "check", "till");
  check.kind = model::Kind::kMysteryCheck;
  Apply(check);
  model::Interaction repair = Step(6 * kDay, "use", "repair", "visit");
  repair.kind = model::Kind::kStaff;
  Apply(repair);
  Apply(Rating(9 * kDay, "r1", ById("check")));
  EXPECT_EQ(Rated(), "nothing");
  Apply(Rating(9 * kDay + 1, "r2", ById("repair")));
  EXPECT_EQ(Rated(), std::to_string(6 * kDay) + " visit use");
}

TEST_F(RatingsTest, ItsOwnIdIsNoStepBeforeIt) {
  Journey();
  Apply(Rating(9 * kDay, "stars", ById("stars")));
  EXPECT_EQ(state_.ratings.waiting.size(), 1U);
}

TEST_F(RatingsTest, CountsInEveryFamilyThatTheStepStandsIn) {
  Use({kShop, R"(
family: care
model: desk
stages: [{name: open, enter: {action: [order, ask]}}, {name: done, enter: {action: use}}]
)"});
  Apply(Step(0, "order", "bought", "till"));
  Apply(Step(9, "use", "used", "app"));
  Apply(Rating(10, "stars", ById("bought"), 3));
  EXPECT_EQ(Rated(), "0 till open buy");
  for (const FamilyState& family : state_.families) {
    const journey::Run& run = family.runs.at(0);
    const int32_t stage = run.model->definition.family == "care" ? 0 : 1;
    EXPECT_EQ(run.stages.At(stage).satisfaction_sum, 3);
    EXPECT_EQ(run.stages.At(stage).satisfaction_count, 1);
  }
}

TEST_F(RatingsTest, OfAJourneyThatIsNoLongerKeptTheTouchpointCounts) {
  settings_.limits.runs_closed_max = 1;
  Use({R"(
family: visits
model: one
journey: {reentry: {when: {action: come}}}
stages: [{name: in, enter: {action: come}, closes: completed}]
)"}, settings_);
  Apply(Step(0, "come", "first", "door"));
  Apply(Step(1, "come", "second", "door"));
  Apply(Step(2, "come", "third", "door"));
  ASSERT_EQ(Runs().size(), 1U);
  Apply(Rating(3, "stars", ById("first")));
  EXPECT_EQ(Rated(), "0 door");
  EXPECT_EQ(Score("door"), std::pair(2L, 1L));
  EXPECT_EQ(Score(0), kNone);
  EXPECT_EQ(state_.ratings.resolved, 1);
}

TEST_F(RatingsTest, TheOldestNoLongerWaitsWhereTooManyDo) {
  settings_.limits.ratings_waiting_max = 2;
  Journey();
  Apply(Rating(9 * kDay, "r1", ByTouchpoint("t1", 0)));
  Apply(Rating(9 * kDay + 1, "r2", ByTouchpoint("t2", 0)));
  Apply(Rating(9 * kDay + 2, "r3", ByTouchpoint("t3", 0)));
  ASSERT_EQ(state_.ratings.waiting.size(), 2U);
  EXPECT_EQ(state_.ratings.waiting[0].id, "r2");
  EXPECT_EQ(state_.ratings.unresolved, 1);
  EXPECT_EQ(Score("t1"), std::pair(2L, 1L));
}

TEST_F(RatingsTest, StepsAndTouchpointsRememberedAreBounded) {
  settings_.limits.steps_rateable_max = 8;
  settings_.limits.touchpoints_max = 4;
  Use({kShop}, settings_);
  for (int i = 0; i < 100; ++i) {
    const std::string id = "s" + std::to_string(i);
    const std::string touchpoint = "t" + std::to_string(i % 10);
    Apply(Step(i, i % 2 == 0 ? "view" : "order", id, touchpoint));
    EXPECT_LE(state_.ratings.steps.size(), 8U);
    EXPECT_GE(state_.ratings.steps.size(), std::min<size_t>(static_cast<size_t>(i) + 1, 6));
    EXPECT_EQ(state_.ratings.places.size(), state_.ratings.steps.size());
  }
  EXPECT_EQ(state_.ratings.touchpoints.size(), 4U);
  Apply(Rating(100, "r1", ById("s99")));
  EXPECT_EQ(Rated(), "99  buy") << "its touchpoint is one too many";
  Apply(Rating(101, "r2", ById("s98")));
  EXPECT_EQ(Rated(), "98  look");
  Apply(Rating(102, "r3", ById("s0")));
  EXPECT_EQ(Rated(), "nothing");
}

TEST_F(RatingsTest, BeforeTheFormatAllowsItARatingCountsWhereItStands) {
  settings_.resolves_references = false;
  Journey();
  Apply(Rating(9 * kDay, "stars", ById("bought")));
  EXPECT_EQ(Rated(), "nothing");
  EXPECT_EQ(Score(2), std::pair(2L, 1L));
  EXPECT_TRUE(state_.ratings.steps.empty());
  EXPECT_TRUE(state_.ratings.places.empty());
  EXPECT_TRUE(state_.ratings.touchpoints.empty());
  EXPECT_TRUE(state_.ratings.waiting.empty());
}

TEST_F(RatingsTest, TheSummaryShowsScoresByTouchpointAndWhatWaits) {
  Journey();
  Apply(Rating(9 * kDay, "r1", ById("used"), 5));
  Apply(Rating(9 * kDay + 1, "r2", ById("bought"), 1));
  Apply(Rating(9 * kDay + 2, "r3", ById("nowhere")));
  Apply(Rating(9 * kDay + 3, "r4", {{}, {}, "hotline", {}, {}}));
  base::Arena arena;
  model::CustomerJourneys out;
  Summarize(state_, arena, out);
  EXPECT_THAT(out.touchpoints,
              ElementsAre(model::TouchpointSummary{"app", 5, 1},
                          model::TouchpointSummary{"hotline", 2, 1},
                          model::TouchpointSummary{"till", 1, 1}));
  EXPECT_EQ(out.ratings_waiting, 1);
  EXPECT_EQ(out.ratings_unresolved, 1);
}

}  // namespace
}  // namespace waymark::journey
