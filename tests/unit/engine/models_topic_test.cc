#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/stored_models.h"
#include "models_topic_fixture.h"
#include "store/memory_store.h"

namespace waymark::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ModelsTopicTest, WhatIsPublishedIsReadWithWhoAndWhen) {
  const PublishPlan plan = Published({Yaml("a"), Yaml("b")});
  EXPECT_THAT(plan.outcomes, ElementsAre(PublishOutcome::kNew, PublishOutcome::kNew));
  ModelsTopic topic(kTopic);
  ASSERT_TRUE(Read(topic).ok());
  ASSERT_EQ(topic.models().size(), 2U);
  const PublishedModel* const a = topic.Find("f/a/1");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->publisher, "waymark 1 on here");
  EXPECT_EQ(a->published, clock_.Now());
  EXPECT_EQ(a->offset, base::Offset(0));
  EXPECT_EQ(a->definition.json, Files({Yaml("a")}).definitions[0].json);
  EXPECT_EQ(a->definition.model.file, "p.models offset 0");
}

TEST_F(ModelsTopicTest, TheSameAgainIsNotWritten) {
  Published({Yaml("a")});
  const PublishPlan again = Published({Yaml("a"), Yaml("b")});
  EXPECT_THAT(again.outcomes, ElementsAre(PublishOutcome::kUnchanged, PublishOutcome::kNew));
  EXPECT_THAT(Keys(), ElementsAre("f/a/1", "f/b/1"));
}

TEST_F(ModelsTopicTest, AVersionNeverChangesAndHoldsTheOthersBack) {
  Published({Yaml("a")});
  const PublishPlan plan = Published({Yaml("b"), Yaml("a", 1, "order")});
  EXPECT_THAT(plan.outcomes, ElementsAre(PublishOutcome::kHeldBack, PublishOutcome::kRefused));
  ASSERT_EQ(plan.faults.size(), 1U);
  EXPECT_EQ(plan.faults[0].text(),
            "file2.yaml:2:8: version 1 of model 'f/a' was published with another content: "
            "stages.s.enter.action: \"order\" instead of \"view\" (hint: raise 'version': what was "
            "published (p.models offset 0) never changes; `waymark model show` prints it)");
  EXPECT_THAT(Keys(), ElementsAre("f/a/1"));
}

TEST_F(ModelsTopicTest, TheSetIsCheckedAsItWouldBe) {
  Published({Yaml("a")});
  std::string rival = Yaml("b");
  rival.replace(rival.find("segment: b"), 10, "segment: a");
  const PublishPlan plan = Published({rival});
  EXPECT_THAT(plan.outcomes, ElementsAre(PublishOutcome::kRefused));
  ASSERT_EQ(plan.faults.size(), 1U);
  EXPECT_THAT(plan.faults[0].message, HasSubstr("'a' (p.models offset 0:"));
  EXPECT_THAT(plan.faults[0].message, HasSubstr("the same scope and priority"));
  EXPECT_THAT(Keys(), ElementsAre("f/a/1"));
}

// 'b' takes the scope that 'a' gives up, and would clash with it if it came first.
TEST_F(ModelsTopicTest, VersionsArePublishedInAnOrderInWhichEachIsGood) {
  const std::string from = "effective_from: 2025-01-01\n";
  Published({Yaml("a")});
  std::string b = Yaml("b", 1, "view", from);
  std::string a = Yaml("a", 2, "view", from);
  b.replace(b.find("segment: b"), 10, "segment: a");
  a.replace(a.find("segment: a"), 10, "segment: c");
  EXPECT_EQ(Published({b}).outcomes.front(), PublishOutcome::kRefused);
  const PublishPlan plan = Published({b, a});
  for (const model::Fault& fault : plan.faults) ADD_FAILURE() << fault.text();
  EXPECT_THAT(plan.order, ElementsAre(1, 0));
  EXPECT_THAT(Keys(), ElementsAre("f/a/1", "f/a/2", "f/b/1"));
}

TEST_F(ModelsTopicTest, VersionsThatTakeEffectTogetherAreRefused) {
  Published({Yaml("a")});
  const PublishPlan plan = Published({Yaml("a", 2)});
  ASSERT_EQ(plan.faults.size(), 1U);
  EXPECT_THAT(plan.faults[0].message, HasSubstr("take effect at the same time"));
}

// Consumers in other languages find the time in a header.
TEST_F(ModelsTopicTest, TheTimeFromWhichItIsEffectiveIsAHeader) {
  Published({Yaml("a"), Yaml("b", 1, "view", "effective_from: 2025-01-01T09:00:00+01:00\n")});
  const auto reader = broker_.MakeLogReader();
  ASSERT_TRUE(reader->Open({kTopic, base::Partition(0)}, base::Offset(0)).ok());
  const auto records = reader->Next(10, kSoon);
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].headers.size(), 2U);
  ASSERT_EQ((*records)[1].headers.size(), 3U);
  EXPECT_EQ((*records)[1].headers[2].name, "effective_from");
  EXPECT_EQ((*records)[1].headers[2].value, "2025-01-01T08:00:00Z");
}

TEST_F(ModelsTopicTest, FaultsOfFilesPublishNothing) {
  model::DefinitionSet files = Files({Yaml("a")});
  files.faults.push_back({"bad.yaml", {3, 1}, "wrong", ""});
  ModelsTopic topic(kTopic);
  PublishSettings settings;
  settings.timeout = kSoon;
  const auto plan = PublishModels(Clients(), files, settings, topic);
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(plan->outcomes, ElementsAre(PublishOutcome::kHeldBack));
  EXPECT_THAT(Keys(), IsEmpty());
}

TEST_F(ModelsTopicTest, FaultsComeByFile) {
  Published({Yaml("a")});
  model::DefinitionSet files = Files({Yaml("a", 1, "order")});
  files.faults.push_back({"last.yaml", {3, 1}, "wrong", ""});
  files.faults.push_back({"bad.yaml", {3, 1}, "wrong", ""});
  ModelsTopic topic(kTopic);
  ASSERT_TRUE(topic.ReadToEnd(*broker_.MakeLogReader(), kSoon).ok());
  const PublishPlan plan = PlanPublish(topic, files);
  ASSERT_EQ(plan.faults.size(), 3U);
  EXPECT_EQ(plan.faults[0].file, "bad.yaml");
  EXPECT_EQ(plan.faults[1].file, "file1.yaml");
  EXPECT_EQ(plan.faults[2].file, "last.yaml");
}

TEST_F(ModelsTopicTest, ADryRunWritesNothing) {
  const PublishPlan plan = Published({Yaml("a")}, true);
  EXPECT_THAT(plan.outcomes, ElementsAre(PublishOutcome::kNew));
  EXPECT_THAT(Keys(), IsEmpty());
}

// Another publisher comes between the look and the lock: what it wrote is checked against.
TEST_F(ModelsTopicTest, WhoComesSecondChecksAgain) {
  before_lock_ = [this] { Published({Yaml("a", 1, "order")}); };
  const PublishPlan plan = Published({Yaml("a"), Yaml("b")});
  EXPECT_THAT(plan.outcomes, ElementsAre(PublishOutcome::kRefused, PublishOutcome::kHeldBack));
  EXPECT_THAT(Keys(), ElementsAre("f/a/1"));
}

// Another publisher takes the lock while a transaction is under way: nothing of that one stays, and
// it begins again.
TEST_F(ModelsTopicTest, WhoIsFencedLeavesNothingAndTriesAgain) {
  bool once = true;
  broker_.SetFaultHook([&](std::string_view point, std::string_view) {
    if (point != "producer.commit" || !once) return base::Status();
    once = false;
    Published({Yaml("c")});
    return base::Status();
  });
  const PublishPlan plan = Published({Yaml("a")});
  EXPECT_FALSE(once);
  EXPECT_THAT(plan.outcomes, ElementsAre(PublishOutcome::kNew));
  EXPECT_THAT(Keys(), ElementsAre("f/c/1", "f/a/1"));
}

TEST_F(ModelsTopicTest, ACommitWhoseAnswerWasLostIsFound) {
  bool once = true;
  broker_.SetFaultHook([&](std::string_view point, std::string_view) {
    if (point != "producer.committed" || !std::exchange(once, false)) return base::Status();
    return base::Status(StatusCode::kRetriable, "lost");
  });
  EXPECT_THAT(Published({Yaml("a")}).outcomes, ElementsAre(PublishOutcome::kNew));
  EXPECT_FALSE(once);
  EXPECT_THAT(Keys(), ElementsAre("f/a/1"));
}

TEST_F(ModelsTopicTest, GivesUpAfterSomeTries) {
  int tries = 0;
  broker_.SetFaultHook([&](std::string_view point, std::string_view) {
    if (point != "producer.init") return base::Status();
    ++tries;
    return base::Status(StatusCode::kKafka, "not allowed");
  });
  const auto plan = Publish({Yaml("a")});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.status().code(), StatusCode::kKafka);
  EXPECT_THAT(plan.status().message(), HasSubstr("publishing to p.models: not allowed"));
  EXPECT_EQ(tries, 8);
}

TEST_F(ModelsTopicTest, WhatThisVersionCannotReadIsAFaultEachTime) {
  Write("f/a/1", Files({Yaml("a")}).definitions[0].json);
  Write("f/b/1", Yaml("b") + "of_tomorrow: 1\n");
  ModelsTopic topic(kTopic);
  for (int i = 0; i < 2; ++i) {
    const base::Status status = Read(topic);
    EXPECT_EQ(status.code(), StatusCode::kConfig);
    EXPECT_THAT(status.message(), HasSubstr("p.models offset 1: model 'f/b/1', published by "
                                            "waymark 9, can't be read: "));
    EXPECT_THAT(status.message(), HasSubstr("of_tomorrow"));
    EXPECT_THAT(status.hint(), HasSubstr("newer version"));
    EXPECT_EQ(topic.models().size(), 1U);
  }
  EXPECT_EQ(Publish({Yaml("c")}).status().code(), StatusCode::kConfig);
}

TEST_F(ModelsTopicTest, AKeyThatSaysSomethingElseIsAFault) {
  Write("f/b/1", Yaml("a"));
  ModelsTopic topic(kTopic);
  EXPECT_THAT(Read(topic).message(), HasSubstr("its value is model 'f/a/1'"));
}

TEST_F(ModelsTopicTest, AVersionWrittenTwiceMustSayTheSame) {
  Write("f/a/1", Yaml("a"));
  Write("f/a/1", Yaml("a") + "# the same\n");
  ModelsTopic topic(kTopic);
  ASSERT_TRUE(Read(topic).ok());
  EXPECT_EQ(topic.models().size(), 1U);
  EXPECT_EQ(topic.models()[0].offset, base::Offset(0));
  Write("f/a/1", Yaml("a", 1, "order"));
  const base::Status status = Read(topic);
  EXPECT_EQ(status.code(), StatusCode::kConfig);
  EXPECT_THAT(status.message(), HasSubstr("with another definition (stages.s.enter.action"));
}

TEST_F(ModelsTopicTest, NullValuesRemoveNothing) {
  Write("f/a/1", Yaml("a"));
  Write("f/a/1", std::nullopt);
  EXPECT_THAT(Keys(), ElementsAre("f/a/1"));
}

TEST_F(ModelsTopicTest, ATopicMadeAnewIsNoticed) {
  Published({Yaml("a"), Yaml("b")});
  ModelsTopic topic(kTopic);
  ASSERT_TRUE(Read(topic).ok());
  stream::MemoryBroker other(clock_, Options());
  ASSERT_TRUE(other.MakeAdmin()->Create({{kTopic, 1, -1, {}}}, kSoon).ok());
  const base::Status status = topic.ReadToEnd(*other.MakeLogReader(), kSoon);
  EXPECT_EQ(status.code(), StatusCode::kConfig);
  EXPECT_THAT(status.message(), HasSubstr("made anew"));
}

TEST_F(ModelsTopicTest, AStoreKeepsThemInTheirOrder) {
  std::vector<std::string> yamls;
  for (int i = 0; i < 12; ++i) yamls.push_back(Yaml("m" + std::to_string(20 - i)));
  Published(yamls);
  ModelsTopic topic(kTopic);
  ASSERT_TRUE(Read(topic).ok());
  store::MemoryStore store;
  EXPECT_THAT(*StoredModels(store), IsEmpty());
  for (const size_t count : {size_t{3}, size_t{12}, size_t{5}}) {
    const std::vector<PublishedModel> some(topic.models().begin(),
                                           topic.models().begin() + static_cast<long>(count));
    ASSERT_TRUE(StoreModels(store, some).ok());
    const auto stored = StoredModels(store);
    ASSERT_TRUE(stored.ok());
    ASSERT_EQ(stored->size(), count);
    for (size_t i = 0; i < count; ++i) EXPECT_EQ((*stored)[i], some[i].definition.json);
  }
}

}  // namespace
}  // namespace waymark::engine
