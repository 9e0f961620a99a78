#include "engine/signal_counts.h"

#include <gtest/gtest.h>

#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::Send;

constexpr std::string_view kModel = R"(
family: purchase
model: owned
journey: {abandon_after: 2h}
stages:
  - name: look
    enter: {action: view}
    targets: {duration: 10m}
    organisation: {owner: marketing}
  - {name: buy, enter: {action: order}, organisation: {owner: sales}}
)";

class SignalCountsTest : public ::testing::Test {
 protected:
  void Publish() { driver_.task().counts().signals.PublishTo(metrics_.journeys); }
  std::string Exposed() {
    Publish();
    return registry_.Expose();
  }
  static bool Has(const std::string& text, const std::string& line) {
    return text.find(line + "\n") != std::string::npos;
  }

  metrics::Registry registry_;
  metrics::Metrics metrics_{registry_};
  journey::CompiledModels models_ = test::Compile({kModel});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  test::TaskDriver driver_{fold_, store_, {}};
};

TEST_F(SignalCountsTest, AStayIsCountedWhenItsStageIsLeftAndAHandoverBetweenOwners) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(30, "b", "order"))});
  const std::string text = Exposed();
  const std::string stage = R"({model="owned",stage="look")";
  EXPECT_TRUE(Has(text, "waymark_stage_duration_seconds_count" + stage + "} 1")) << text;
  EXPECT_TRUE(Has(text, "waymark_stage_duration_seconds_sum" + stage + "} 1800"));
  EXPECT_TRUE(Has(text, "waymark_stage_target_missed_total" + stage + "} 1"));
  EXPECT_TRUE(Has(text, R"(waymark_handovers_total{model="owned",from="marketing",to="sales"} 1)"));
  EXPECT_TRUE(Has(text,
                  R"(waymark_stage_transitions_total{model="owned",from="look",to="buy"} 1)"));
}

TEST_F(SignalCountsTest, WhatIsTakenBackLowersNothingAndIsCountedAsTakenBack) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(40, "b", "view"))});
  const std::string started = R"(waymark_signals_total{model="",kind="SESSION_STARTED"} )";
  EXPECT_TRUE(Has(Exposed(), started + "2")) << Exposed();
  driver_.Batch({Send(At(20, "between", "view"))});
  const std::string text = Exposed();
  EXPECT_TRUE(Has(text, started + "2"));
  EXPECT_TRUE(Has(text, R"(waymark_signals_retracted_total{model="",kind="SESSION_STARTED"} 1)"))
      << text;
}

TEST_F(SignalCountsTest, ARatingCountsForTheStageItIsAbout) {
  model::Interaction rating = At(20, "c", "rate");
  rating.rating.emplace();
  rating.rating->satisfaction = 2;
  rating.rating->nps = 9;
  rating.refers_to.emplace();
  rating.refers_to->id = "a";
  driver_.Batch({Send(At(0, "a", "view")), Send(At(10, "b", "order")), Send(rating)});
  const std::string text = Exposed();
  EXPECT_TRUE(Has(text, R"(waymark_satisfaction_sum{model="owned",stage="look"} 2)")) << text;
  EXPECT_TRUE(Has(text, R"(waymark_satisfaction_count{model="owned",stage="look"} 1)"));
  EXPECT_FALSE(Has(text, R"(waymark_satisfaction_count{model="owned",stage="buy"} 1)"));
  EXPECT_TRUE(Has(text, R"(waymark_nps_answers_total{model="owned",answer="promoter"} 1)"));
}

// It is folded again each time that something comes before it.
TEST_F(SignalCountsTest, ARatingCountsOnceHoweverOftenItIsFolded) {
  model::Interaction rating = At(20, "c", "rate");
  rating.rating.emplace();
  rating.rating->satisfaction = 4;
  driver_.Batch({Send(At(0, "a", "view")), Send(At(30, "z", "view"))});
  driver_.Batch({Send(rating)});
  driver_.Batch({Send(At(10, "b", "view"))});
  driver_.Batch({Send(At(12, "d", "order"))});
  const std::string text = Exposed();
  EXPECT_TRUE(Has(text, R"(waymark_satisfaction_count{model="owned",stage="look"} 1)")) << text;
  EXPECT_FALSE(Has(text, R"(waymark_satisfaction_count{model="owned",stage="buy"} 1)"))
      << "it was counted where it was found first";
}

TEST_F(SignalCountsTest, OnesThatArePublishedAreNotPublishedAgain) {
  driver_.Batch({Send(At(0, "a", "view"))});
  Publish();
  EXPECT_TRUE(Has(Exposed(), R"(waymark_journeys_started_total{model="owned"} 1)"));
}

TEST_F(SignalCountsTest, ARestoreCountsNothing) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.MoveToBareMachine();
  EXPECT_FALSE(Has(Exposed(), R"(waymark_journeys_started_total{model="owned"} 1)"));
}

}  // namespace
}  // namespace waymark::engine
