#include "generate/walker.h"

#include <gtest/gtest.h>

#include <vector>

namespace waymark::generate {
namespace {

constexpr int64_t kSessionGapMs = 30 * 60'000;

std::vector<Event> Walk(const World& world, uint32_t profile, uint32_t quota, int64_t from_ms) {
  Walker walker(world, profile, quota, from_ms);
  std::vector<Event> events{walker.event()};
  while (walker.Advance(world)) events.push_back(walker.event());
  return events;
}

TEST(Walker, MakesExactlyItsQuotaInRisingTime) {
  const Settings settings;
  const World world(settings);
  for (uint32_t quota = 1; quota < 200; ++quota) {
    const auto events = Walk(world, quota, quota, settings.start.ms);
    ASSERT_EQ(events.size(), quota);
    ASSERT_GE(events.front().time, settings.start.ms);
    for (size_t i = 1; i < events.size(); ++i) {
      ASSERT_GT(events[i].time, events[i - 1].time);
      ASSERT_EQ(events[i].ordinal, i);
    }
  }
}

// The plan that decides whether a script fits has to be the way that is then walked.
TEST(Walker, EveryRunReachesTheEndOfItsScript) {
  const Settings settings;
  const World world(settings);
  for (uint32_t profile = 0; profile < 300; ++profile) {
    const auto events = Walk(world, profile, 120, settings.start.ms);
    for (size_t i = 0; i < events.size(); ++i) {
      const auto& event = events[i];
      const auto& script = Scripts()[event.script];
      if (event.script == kVisit || script.tracks() > 1) continue;
      const bool is_end = i + 1 == events.size() || events[i + 1].run != event.run;
      if (is_end) {
        ASSERT_EQ(event.step + 1U, script.steps.size()) << script.name;
      }
      if (is_end) {
        ASSERT_EQ(event.noise, 0);
      }
    }
  }
}

TEST(Walker, HurriesToTheEndOfTheSpanButKeepsSessionsApart) {
  Settings settings;
  settings.span = std::chrono::hours(24 * 60);
  const World world(settings);
  for (uint32_t profile = 0; profile < 200; ++profile) {
    const auto events = Walk(world, profile, 200, settings.start.ms);
    for (size_t i = 1; i < events.size(); ++i) {
      if (events[i].noise != 0 || events[i].run != events[i - 1].run) continue;
      if (events[i].step == events[i - 1].step || events[i].script == kVisit) continue;
      const auto& step = Scripts()[events[i].script].steps[events[i].step];
      const int64_t pause = events[i].time - events[i - 1].time;
      ASSERT_EQ(step.gap != Gap::kNow, pause > kSessionGapMs) << Scripts()[events[i].script].name;
    }
    ASSERT_LT(events.back().time, world.end_ms() + 90LL * 86'400'000);
  }
}

TEST(Walker, SilenceIsKeptWhereTheTruthSaysAbandoned) {
  const Settings settings;
  const World world(settings);
  int silences = 0;
  for (uint32_t profile = 0; profile < 2000; ++profile) {
    const auto events = Walk(world, profile, 60, settings.start.ms);
    for (size_t i = 0; i + 1 < events.size(); ++i) {
      if ((events[i].marks & kMarkAbandoned) == 0) continue;
      ++silences;
      ASSERT_GE(events[i + 1].time - events[i].time, 100LL * 86'400'000);
    }
  }
  EXPECT_GT(silences, 100);
}

TEST(Walker, RunsAreCountedAndTracksStandSideBySide) {
  const Settings settings;
  const World world(settings);
  bool interleaved = false;
  for (uint32_t profile = 0; profile < 400; ++profile) {
    const auto events = Walk(world, profile, 100, settings.start.ms);
    uint32_t most = 0;
    ASSERT_EQ(events.front().run, 1U);
    for (const Event& event : events) {
      ASSERT_LE(event.run, most + 1);
      interleaved |= event.run < most;
      if (event.run < most) {
        ASSERT_EQ(Scripts()[event.script].name, "E16");
      }
      most = std::max(most, event.run);
    }
  }
  EXPECT_TRUE(interleaved);
}

TEST(Walker, FirstTouchOnceARun) {
  const Settings settings;
  const World world(settings);
  for (uint32_t profile = 0; profile < 200; ++profile) {
    std::vector<int> touches(400);
    for (const Event& event : Walk(world, profile, 150, settings.start.ms)) {
      if ((event.marks & kMarkFirstTouch) != 0) ++touches[event.run];
    }
    for (const int count : touches) ASSERT_LE(count, 1);
    ASSERT_GT(touches[1] + touches[2], 0);
  }
}

}  // namespace
}  // namespace waymark::generate
