// Versions of a model: which one a run begins under, and what becomes of runs that are open when
// another one takes effect.
#include <gmock/gmock.h>

#include "journey/model_versions.h"
#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::JourneyStatus;
using model::SignalKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// kNoon is 2023-11-14T22:13:20Z; the second version takes effect 60 minutes later.
constexpr std::string_view kFirst = R"(
family: purchase
model: shop
journey: {abandon_after: 1d}
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: order}}
)";
constexpr std::string_view kSecond = R"(
family: purchase
model: shop
version: 2
effective_from: 2023-11-14T23:13:20Z
journey: {abandon_after: 1d, start: {action: view}}
stages:
  - {name: see, enter: {action: view}}
  - {name: take, enter: {action: order}}
)";

std::string Restarting() { return std::string(kSecond) + "fate: restart\n"; }

class VersionsTest : public Folding {
 protected:
  std::vector<int32_t> VersionsOfRuns() const {
    std::vector<int32_t> versions;
    for (const journey::Run& run : Runs()) versions.push_back(run.model->definition.version);
    return versions;
  }
};

TEST_F(VersionsTest, ARunBeginsUnderTheVersionInEffectThen) {
  Use({kFirst, kSecond, "family: purchase\nmodel: late\npriority: 1\n"
                        "effective_from: 2023-11-20\nstages: [{name: late}]\n"});
  Apply(59, "view");
  EXPECT_EQ(Stage(), "look");
  AdvanceTo(59 + 24 * 60 + 1);
  Apply(24 * 60 * 3, "view");
  EXPECT_EQ(Stage(), "see");
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1, 2));
}

TEST_F(VersionsTest, AVersionTakesEffectAtItsVeryTime) {
  Use({kFirst, kSecond});
  Apply(60, "view");
  EXPECT_EQ(Stage(), "see");
}

TEST_F(VersionsTest, BeforeTheFirstVersionThereIsNoJourney) {
  Use({kSecond});
  Apply(59, "view");
  EXPECT_TRUE(Runs().empty());
  Apply(61, "view");
  EXPECT_EQ(Runs().size(), 1U);
}

TEST_F(VersionsTest, APinnedRunGoesOnUnderItsVersion) {
  Use({kFirst, kSecond});
  Apply(50, "view");
  Apply(70, "order");
  EXPECT_EQ(Stage(), "buy");
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1));
}

TEST_F(VersionsTest, ARestartedRunEndsAndAnotherBegins) {
  Use({kFirst, Restarting()});
  Apply(50, "view");
  AdvanceTo(61);
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1, 2));
  EXPECT_EQ(Runs()[0].status, JourneyStatus::kRestarted);
  EXPECT_EQ(Runs()[0].stage, 0);
  EXPECT_EQ(Runs()[1].status, JourneyStatus::kOpen);
  EXPECT_EQ(Runs()[1].stage, -1);
  EXPECT_EQ(Runs()[1].ordinal, 2U);
  EXPECT_EQ(Fired(TimerKind::kRestart), 1);
  const auto ended = Signals(SignalKind::kLifecycle);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].name, "restarted");
  EXPECT_EQ(ended[0].minute, 60);
  EXPECT_EQ(ended[0].stage, "look");
  EXPECT_THAT(ended[0].evidence, ElementsAre("i1"));
  const auto begun = Signals(SignalKind::kJourneyStarted);
  ASSERT_EQ(begun.size(), 2U);
  EXPECT_EQ(begun[1].minute, 60);
  EXPECT_NE(begun[0].journey_id, begun[1].journey_id);
  // Its start condition is not asked.
  Apply(70, "order");
  EXPECT_EQ(Stage(), "take");
  EXPECT_EQ(placed_[0].journey_id, begun[1].journey_id);
}

TEST_F(VersionsTest, ARestartWaitsForWhatComesAtItsVeryTime) {
  Use({kFirst, Restarting()});
  Apply(50, "view");
  Apply(60, "order");
  EXPECT_EQ(Stage(), "buy");
  Apply(61, "order");
  EXPECT_EQ(Stage(), "take");
}

TEST_F(VersionsTest, TheRestartedRunKeepsItsKey) {
  const std::string key = "key: contract";
  const auto with_key = [&](std::string text) {
    return text.replace(text.find("abandon_after"), 0, key + ", ");
  };
  const std::string first = with_key(std::string(kFirst));
  const std::string second = with_key(Restarting());
  Use({first, second});
  model::Interaction a = At(1, "view");
  a.contract = "c1";
  Apply(a);
  a = At(2, "view");
  a.contract = "c2";
  Apply(a);
  AdvanceTo(61);
  ASSERT_EQ(Runs().size(), 4U);
  EXPECT_EQ(Runs()[2].key, "c1");
  EXPECT_EQ(Runs()[2].ordinal, 2U);
  EXPECT_EQ(Runs()[3].key, "c2");
}

TEST_F(VersionsTest, AClosedRunIsNotRestartedUnlessItIsOpenedAgain) {
  const std::string reopens =
      "family: purchase\nmodel: shop\njourney: {abandon_after: 5m, reopen: {action: order}}\n"
      "stages: [{name: look, enter: {action: view}}]\n";
  Use({reopens, Restarting()});
  Apply(50, "view");
  AdvanceTo(65);
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1));
  Apply(70, "order");
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1));
  Apply(71, "order");
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1, 2));
  EXPECT_EQ(Signals(SignalKind::kLifecycle)[0].minute, 70);
}

TEST_F(VersionsTest, OfTwoRestartsEachTakesPlace) {
  const std::string third =
      "family: purchase\nmodel: shop\nversion: 3\nfate: restart\n"
      "effective_from: 2023-11-15\nstages: [{name: third}]\n";
  Use({kFirst, Restarting(), third});
  Apply(50, "view");
  AdvanceTo(24 * 60);
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1, 2, 3));
}

std::string Migrating(std::string_view mapping = "{look: see, buy: take}") {
  return std::string(kSecond) + "fate: migrate\nstage_mapping: " + std::string(mapping) + "\n";
}

TEST_F(VersionsTest, WhichRunsMigrateIsFoundWhenTheVersionTakesEffect) {
  Use({kFirst, Migrating()});
  Apply(10, "view");
  EXPECT_TRUE(state_.migrations.empty());
  Apply(61, "order");
  EXPECT_EQ(Fired(TimerKind::kMigration), 1);
  ASSERT_EQ(state_.migrations.size(), 1U);
  EXPECT_TRUE(state_.migrations[0].wanted);
  EXPECT_EQ(state_.migrations[0].since.ms, kNoon + 10 * kMinute);
  EXPECT_EQ(state_.migrations[0].to->definition.version, 2);
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1));
  AdvanceTo(24 * 60);
  EXPECT_EQ(state_.migrations.size(), 1U);
}

TEST_F(VersionsTest, WhatMigratesBeginsUnderTheNewVersion) {
  Use({kFirst, Migrating()});
  state_.migrations = {{fold_->models().Find("purchase", "shop", 2), "",
                        base::Timestamp{kNoon + 10 * kMinute}, false}};
  Apply(9, "order");
  EXPECT_EQ(Stage(), "buy");
  AdvanceTo(9 + 24 * 60 + 1);
  EXPECT_EQ(Runs()[0].status, JourneyStatus::kAbandoned);
  state_ = fold_->Initial("ann");
  state_.migrations = {{fold_->models().Find("purchase", "shop", 2), "",
                        base::Timestamp{kNoon + 10 * kMinute}, false}};
  Apply(10, "view");
  EXPECT_EQ(Stage(), "see");
  AdvanceTo(61);
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(2));
  EXPECT_FALSE(HasWanted(state_.migrations));
}

// The run of another journey stays with its version.
TEST_F(VersionsTest, OnlyTheJourneyThatWasOpenMigrates) {
  const auto with_key = [](std::string text) {
    return text.replace(text.find("{abandon_after"), 1, "{key: contract, ");
  };
  Use({with_key(std::string(kFirst)), with_key(Migrating())});
  state_.migrations = {{fold_->models().Find("purchase", "shop", 2), "two",
                        base::Timestamp{kNoon + 10 * kMinute}, false}};
  model::Interaction a = At(11, "view");
  a.contract = "one";
  Apply(a);
  EXPECT_EQ(Stage(), "look");
  a = At(12, "view");
  a.contract = "two";
  Apply(a);
  EXPECT_EQ(Stage(), "see");
}

TEST_F(VersionsTest, ARunFromBeforeTheTimelineIsMapped) {
  Use({std::string(kFirst) + "signals: [{name: s, when: {action: view}, once: true}]\n",
       Migrating("{look: take, buy: take}") +
           "signals: [{name: other, when: {action: x}}, {name: s, when: always, once: true}]\n"});
  Apply(10, "view");
  model::Interaction rated = At(20, "order");
  rated.rating = model::Rating{};
  rated.rating->satisfaction = 4;
  Apply(rated);
  AdvanceTo(61);
  state_.migrations[0].wanted = false;
  state_.next_due = {kNoon + 60 * kMinute};
  AdvanceTo(62);
  ASSERT_THAT(VersionsOfRuns(), ElementsAre(2));
  const journey::Run& run = Runs()[0];
  EXPECT_EQ(run.stage, 1);
  EXPECT_EQ(run.stage_entered.ms, kNoon + 20 * kMinute);
  EXPECT_EQ(run.stages.At(0).visits, 0);
  EXPECT_EQ(run.stages.At(1).visits, 2);
  EXPECT_EQ(run.stages.At(1).satisfaction_sum, 4);
  EXPECT_TRUE(run.stages.IsVisited(1));
  const size_t before = found_.size();
  Apply(70, "view");
  EXPECT_EQ(Stage(), "see");
  // It was published once already.
  for (size_t i = before; i < found_.size(); ++i) EXPECT_NE(found_[i].name, "s");
}

TEST(MigrationsTest, TheOneThatTakesEffectFirstIsDoneFirst) {
  const auto version = [](int number) {
    return CompiledModel(model::ParseModel("family: f\nmodel: m\nversion: " +
                                               std::to_string(number) + "\neffective_from: 2024-0" +
                                               std::to_string(number) +
                                               "-01\nstages: [{name: s}]\n",
                                           "v")
                             .models.at(0));
  };
  const CompiledModel two = version(2);
  const CompiledModel three = version(3);
  const CompiledModel four = version(4);
  const Migration done{&two, "a", {10}, false};
  const Migration later{&four, "a", {10}, false};
  const Migration wanted{&three, "a", {20}, true};
  const Migration wanted_later{&four, "b", {5}, true};
  const Migrations all = {done, later, wanted_later, wanted};
  Migration now_done = wanted;
  now_done.wanted = false;
  const Migrations next = {done, now_done};
  EXPECT_EQ(WithFirstWanted(all), next);
  EXPECT_EQ(FirstDifference(all, next).ms, 10);
  EXPECT_EQ(FirstDifference(next, next), base::Timestamp::max());
  EXPECT_EQ(Standing(all, three.definition.effective_from), Migrations{done});
  EXPECT_EQ(Standing(all, two.definition.effective_from), Migrations{});
  EXPECT_EQ(DoneAndWanted(all, {}), (Migrations{done, later}));
}

TEST_F(VersionsTest, AStateThatAVersionSaysNothingAboutIsTakenOver) {
  Use({kFirst});
  Apply(50, "view");
  const CompiledModels later = models_->With(model::ParseModel(Restarting(), "2").models.at(0));
  const Fold fold(later, {});
  EXPECT_TRUE(fold.Agrees(state_));
  EXPECT_EQ(state_.epoch, 0);
  fold.TakeOver(state_);
  EXPECT_EQ(state_.epoch, 1);
  EXPECT_EQ(state_.next_due.ms, kNoon + 60 * kMinute);
  effects_.Clear();
  fold.AdvanceTo(state_, {kNoon + 90 * kMinute}, effects_);
  EXPECT_THAT(VersionsOfRuns(), ElementsAre(1, 2));
}

TEST_F(VersionsTest, AStateFromBehindAVersionIsNotTakenOver) {
  Use({kFirst});
  Apply(50, "view");
  Apply(60, "order");
  const CompiledModels later = models_->With(model::ParseModel(kSecond, "2").models.at(0));
  EXPECT_FALSE(Fold(later, {}).Agrees(state_));
}

TEST_F(VersionsTest, ARuleThatAsksForCampaignsConcernsAllThatWasBefore) {
  Use({kFirst});
  Apply(1, "view");
  const std::string asks = "family: other\nmodel: chain\neffective_from: 2099-01-01\n"
                           "scope: {campaigns: [x]}\nstages: [{name: s}]\n";
  const CompiledModels later = models_->With(model::ParseModel(asks, "2").models.at(0));
  EXPECT_FALSE(Fold(later, {}).Agrees(state_));
  EXPECT_EQ(later.ChangedSince(0), base::Timestamp::min());
}

// The models that states point to stay where they are.
TEST_F(VersionsTest, EpochsShareTheirModels) {
  Use({kFirst});
  const model::JourneyModel second = model::ParseModel(kSecond, "2").models.at(0);
  const model::JourneyModel other =
      model::ParseModel("family: a\nmodel: a\nstages: [{name: s}]\n", "3").models.at(0);
  const CompiledModels later = models_->With(other).With(second);
  EXPECT_EQ(later.epoch(), 2);
  EXPECT_EQ(later.Find("purchase", "shop", 1), models_->Find("purchase", "shop", 1));
  EXPECT_THAT(later.families(), ElementsAre("purchase", "a"));
  EXPECT_EQ(later.fingerprint(), models_->With(other).With(second).fingerprint());
  EXPECT_NE(later.fingerprint(), models_->With(second).With(other).fingerprint());
  EXPECT_EQ(later.FingerprintAt(0), models_->fingerprint());
  EXPECT_EQ(later.FingerprintAt(3), std::nullopt);
  EXPECT_EQ(later.At(1).fingerprint(), models_->With(other).fingerprint());
  EXPECT_EQ(later.At(1).Find("purchase", "shop", 2), nullptr);
  EXPECT_EQ(later.At(2).Find("purchase", "shop", 2), later.Find("purchase", "shop", 2));
  EXPECT_EQ(later.ChangedSince(1).ms, kNoon + 60 * kMinute);
  EXPECT_EQ(later.ChangedSince(0), base::Timestamp::min());
  EXPECT_EQ(later.ChangedSince(2), base::Timestamp::max());
}

TEST(ModelVersions, TakesVersionsInTheirOrder) {
  ModelVersions versions;
  EXPECT_TRUE(versions.Add(kFirst, "first").is_new);
  EXPECT_TRUE(versions.Add(kSecond, "second").is_new);
  EXPECT_EQ(versions.models()->epoch(), 2);
  EXPECT_EQ(versions.versions().size(), 2U);
}

TEST(ModelVersions, AVersionThatIsThereChangesNothing) {
  ModelVersions versions;
  versions.Add(kFirst, "first");
  const auto again = versions.Add(std::string(kFirst) + "title: Words\n", "again");
  EXPECT_FALSE(again.is_new);
  EXPECT_TRUE(again.faults.empty());
  EXPECT_EQ(versions.models()->epoch(), 1);
}

TEST(ModelVersions, ARefusedVersionChangesNothing) {
  ModelVersions versions;
  versions.Add(kFirst, "first");
  const auto models = versions.models();
  const auto refused = [&](const std::string& text, const char* message) {
    const auto added = versions.Add(text, "new.yaml");
    EXPECT_FALSE(added.is_new);
    ASSERT_EQ(added.faults.size(), 1U);
    EXPECT_THAT(added.faults[0].text(), HasSubstr(message));
    EXPECT_EQ(versions.models(), models);
  };
  refused(std::string(kFirst) + "priority: 3\n", "in use already, with other rules");
  refused(std::string(kFirst) + "version: 2\n", "take effect at the same time");
  refused("family: purchase\nmodel: b\nstages: [{name: s}]\n", "same scope and priority");
  refused("family: purchase\nmodel: b\n", "stages");
  refused("customer: c\n", "no journey model");
}

}  // namespace
}  // namespace waymark::journey
