#include "engine/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "codec/protobuf.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

constexpr std::string_view kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string_view Read(std::string_view value) {
  const std::array<stream::Header, 2> headers = {{{"other", "x"}, {kTraceparent, value}}};
  return TraceparentOf(headers);
}

TEST(Trace, OneOfTheRightFormIsTaken) {
  EXPECT_EQ(Read(kTrace), kTrace);
  EXPECT_EQ(Read(std::string("01") + std::string(kTrace.substr(2)) + "-more"),
            std::string("01") + std::string(kTrace.substr(2)) + "-more");
}

TEST(Trace, AnotherIsLeftOut) {
  EXPECT_EQ(TraceparentOf({}), "");
  for (const std::string& text :
       {std::string(), std::string("00-abc"), std::string(kTrace) + "0",
        std::string("ff") + std::string(kTrace.substr(2)),
        std::string(kTrace.substr(0, 54)) + "G", std::string(10'000, 'a'),
        std::string("01") + std::string(kTrace.substr(2)) + "-\n"}) {
    EXPECT_EQ(Read(text), "") << text.substr(0, 80);
  }
}

class TraceThroughTaskTest : public ::testing::Test {
 protected:
  // What the records since the last call belong to, snapshots aside.
  std::vector<std::string> Traces() {
    std::vector<std::string> traces;
    for (const auto& record : output_.records) {
      if (record.topic != OutputTopic::kJourneys) traces.push_back(record.traceparent);
    }
    output_.records.clear();
    return traces;
  }
  void Take(const model::Interaction& interaction, std::string_view trace) {
    const test::Sent sent = test::Send(interaction);
    model::Interaction decoded;
    ASSERT_TRUE(codec::Decode(sent.bytes, decoded).ok());
    Arrival arrival;
    arrival.profile_id = sent.profile;
    arrival.interaction = &decoded;
    arrival.bytes = sent.bytes;
    arrival.origin = {"in", 0, offset_++, trace};
    task_.Begin(base::Timestamp{1});
    ASSERT_TRUE(task_.Accept(arrival).ok());
    ASSERT_TRUE(task_.EndBatch(base::Timestamp::min(), base::Timestamp::max()).ok());
  }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  test::CollectingOutput output_;
  Task task_{base::Partition(0), fold_, store_, output_, {}};
  int64_t offset_ = 0;
};

TEST_F(TraceThroughTaskTest, AStepAndItsSignalsBelongToTheInteraction) {
  Take(test::At(0, "a", "view"), kTrace);
  const std::vector<std::string> traced = Traces();
  ASSERT_GE(traced.size(), 2U) << "a step, and signals";
  EXPECT_EQ(traced, std::vector<std::string>(traced.size(), std::string(kTrace)));
  Take(test::At(1, "b", "view"), "");
  const std::vector<std::string> others = Traces();
  EXPECT_EQ(others, std::vector<std::string>(others.size()));
}

TEST_F(TraceThroughTaskTest, ARevisedStepKeepsItsOwn) {
  Take(test::At(0, "a", "view"), "");
  Take(test::At(40, "c", "view"), kTrace);
  Traces();
  Take(test::At(20, "b", "view"), "");
  size_t revised = 0;
  for (const auto& record : output_.records) {
    if (record.topic != OutputTopic::kSteps) continue;
    model::Step step;
    ASSERT_TRUE(codec::Decode(*record.value, step).ok());
    const bool is_traced = step.interaction.id == "c";
    revised += is_traced ? 1 : 0;
    EXPECT_EQ(step.origin.traceparent, is_traced ? kTrace : "");
    EXPECT_EQ(record.traceparent, is_traced ? kTrace : "");
  }
  EXPECT_EQ(revised, 1U) << "it is of another session now";
}

TEST_F(TraceThroughTaskTest, WhatALateOneBringsForthBelongsToIt) {
  Take(test::At(0, "a", "view"), "");
  Take(test::At(40, "c", "view"), "");
  Traces();
  Take(test::At(20, "b", "order"), kTrace);
  const std::vector<std::string> traces = Traces();
  EXPECT_GE(std::count(traces.begin(), traces.end(), kTrace), 2) << "its step, and signals";
}

TEST_F(TraceThroughTaskTest, WhatTimeBringsBelongsToNone) {
  Take(test::At(0, "a", "view"), kTrace);
  Traces();
  task_.Begin(base::Timestamp{2});
  ASSERT_TRUE(task_.EndBatch(test::Minute(300), base::Timestamp::max()).ok());
  const std::vector<std::string> traces = Traces();
  ASSERT_FALSE(traces.empty()) << "the session closes";
  EXPECT_EQ(traces, std::vector<std::string>(traces.size()));
}

}  // namespace
}  // namespace waymark::engine
