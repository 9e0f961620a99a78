#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/models_follower.h"
#include "engine/models_publish.h"
#include "engine/models_topic.h"
#include "engine/stored_models.h"
#include "store/memory_store.h"
#include "stream/memory_broker.h"

namespace waymark::engine {
namespace {

using base::Millis;
using base::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Millis kSoon{100};
constexpr const char* kTopic = "p.models";

std::string Yaml(const std::string& name, int version = 1, const std::string& action = "view",
                 const std::string& head = "") {
  return "family: f\nmodel: " + name + "\nversion: " + std::to_string(version) + "\n" + head +
         "scope: {segment: " + name + "}\nstages: [{name: s, enter: {action: " + action + "}}]\n";
}

model::DefinitionSet Files(const std::vector<std::string>& yamls) {
  model::DefinitionSet files;
  for (const std::string& yaml : yamls) {
    model::DefinitionSet one = model::ParseDefinition(
        yaml, "file" + std::to_string(files.definitions.size() + 1) + ".yaml");
    for (const model::Fault& fault : one.faults) ADD_FAILURE() << fault.text();
    for (auto& definition : one.definitions) files.definitions.push_back(std::move(definition));
  }
  return files;
}

class ModelsTopicTest : public ::testing::Test {
 protected:
  ModelsTopicTest() {
    const auto created = broker_.MakeAdmin()->Create({{kTopic, 1, -1, {}}}, kSoon);
    EXPECT_TRUE(created.ok());
  }

  static stream::MemoryBrokerOptions Options() {
    stream::MemoryBrokerOptions options;
    options.wait = false;
    return options;
  }

  PublishClients Clients() {
    PublishClients clients;
    clients.make_reader = [this] {
      return base::Result<std::unique_ptr<stream::LogReader>>(broker_.MakeLogReader());
    };
    clients.make_producer = [this] {
      if (before_lock_) std::exchange(before_lock_, nullptr)();
      return base::Result<std::unique_ptr<stream::TransactionalProducer>>(
          broker_.MakeTransactionalProducer(PublisherId(kTopic)));
    };
    return clients;
  }

  base::Result<PublishPlan> Publish(const std::vector<std::string>& yamls, bool dry_run = false) {
    ModelsTopic topic(kTopic);
    PublishSettings settings;
    settings.publisher = "waymark 1 on here";
    settings.now = clock_.Now();
    settings.timeout = kSoon;
    settings.pause = Millis(0);
    settings.dry_run = dry_run;
    return PublishModels(Clients(), Files(yamls), settings, topic);
  }

  PublishPlan Published(const std::vector<std::string>& yamls, bool dry_run = false) {
    auto plan = Publish(yamls, dry_run);
    EXPECT_TRUE(plan.ok()) << plan.status().text();
    return plan.ok() ? std::move(plan).value() : PublishPlan();
  }

  void Write(const std::string& key, std::optional<std::string> value) {
    stream::OutputRecord record;
    record.topic = kTopic;
    record.key = key;
    if (value) record.value = *value;
    const stream::Header by{kPublisherHeader, "waymark 9"};
    record.headers = {&by, 1};
    record.timestamp = clock_.Now();
    EXPECT_TRUE(broker_.MakePlainProducer()->Send(record).ok());
  }

  base::Status Read(ModelsTopic& topic) {
    return topic.ReadToEnd(*broker_.MakeLogReader(), kSoon);
  }

  std::vector<std::string> Keys() {
    ModelsTopic topic(kTopic);
    const base::Status status = Read(topic);
    EXPECT_TRUE(status.ok()) << status.text();
    std::vector<std::string> keys;
    for (const auto& m : topic.models()) keys.push_back(model::DefinitionKey(m.definition.model));
    return keys;
  }

  base::ManualClock clock_{{1'700'000'000'000}};
  stream::MemoryBroker broker_{clock_, Options()};
  std::function<void()> before_lock_;  // once
};

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

class Listener final : public ModelsListener {
 public:
  base::Status OnPublished(const std::vector<PublishedModel>& models, size_t fresh) override {
    WAYMARK_RETURN_IF_ERROR(refuse);
    for (size_t i = fresh; i < models.size(); ++i) {
      told.push_back(model::DefinitionKey(models[i].definition.model));
    }
    return {};
  }
  void OnBehind(const base::Status& why) override { behind.push_back(why.message()); }
  void OnAlive() override { ++signs_of_life; }

  base::Status refuse;
  std::vector<std::string> told;
  std::vector<std::string> behind;
  int signs_of_life = 0;
};

class FollowerTest : public ModelsTopicTest {
 protected:
  FollowerTest() {
    Published({Yaml("a")});
    ModelsTopic topic(kTopic);
    EXPECT_TRUE(Read(topic).ok());
    FollowerSettings settings;
    settings.grace = std::chrono::minutes(10);
    follower_ = std::make_unique<ModelsFollower>(settings, std::move(topic),
                                                 Clients().make_reader, listener_, clock_);
  }
  void ExpectLook() {
    const base::Status status = follower_->Look();
    EXPECT_TRUE(status.ok()) << status.text();
  }

  Listener listener_;
  std::unique_ptr<ModelsFollower> follower_;
};

TEST_F(FollowerTest, TellsWhatIsNewOnce) {
  ExpectLook();
  EXPECT_THAT(listener_.told, IsEmpty());
  Published({Yaml("b"), Yaml("a", 2, "view", "effective_from: 2025-01-01\n")});
  ExpectLook();
  ExpectLook();
  EXPECT_THAT(listener_.told, ElementsAre("f/b/1", "f/a/2"));
  EXPECT_THAT(listener_.behind, IsEmpty());
  EXPECT_EQ(listener_.signs_of_life, 3);
}

TEST_F(FollowerTest, WhatCannotBeReadEndsTheProcessAfterTheGrace) {
  Write("f/b/1", Yaml("b"));
  Write("f/c/1", Yaml("c") + "of_tomorrow: 1\n");
  Write("f/d/1", Yaml("d"));
  ExpectLook();
  EXPECT_THAT(listener_.told, ElementsAre("f/b/1"));
  ASSERT_EQ(listener_.behind.size(), 1U);
  EXPECT_THAT(listener_.behind[0], HasSubstr("of_tomorrow"));
  clock_.Advance(std::chrono::minutes(9));
  ExpectLook();
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(follower_->Look().code(), StatusCode::kConfig);
  EXPECT_EQ(listener_.behind.size(), 1U);
  EXPECT_THAT(listener_.told, ElementsAre("f/b/1"));
}

TEST_F(FollowerTest, WhatCannotBeTakenUpIsTheSame) {
  listener_.refuse = {StatusCode::kConfig, "two of a kind"};
  Published({Yaml("b")});
  ExpectLook();
  EXPECT_THAT(listener_.behind, ElementsAre("two of a kind"));
  clock_.Advance(std::chrono::minutes(10));
  EXPECT_EQ(follower_->Look().message(), "two of a kind");
}

TEST_F(FollowerTest, AnOutageIsWaitedFor) {
  bool out = true;
  broker_.SetFaultHook([&](std::string_view point, std::string_view) {
    return out && point.starts_with("reader.") ? base::Status(StatusCode::kRetriable, "no broker")
                                               : base::Status();
  });
  clock_.Advance(std::chrono::hours(1));
  Write("f/b/1", Yaml("b"));
  ExpectLook();
  EXPECT_THAT(listener_.told, IsEmpty());
  out = false;
  ExpectLook();
  EXPECT_THAT(listener_.told, ElementsAre("f/b/1"));
}

}  // namespace
}  // namespace waymark::engine
