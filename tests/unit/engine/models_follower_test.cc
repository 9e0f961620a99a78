#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/models_follower.h"
#include "models_topic_fixture.h"

namespace waymark::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
