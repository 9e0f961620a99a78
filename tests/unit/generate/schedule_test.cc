#include "generate/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace waymark::generate {
namespace {

std::vector<Schedule::Entry> All(const Settings& settings) {
  Schedule schedule(settings);
  std::vector<Schedule::Entry> entries;
  while (auto entry = schedule.Next()) entries.push_back(*entry);
  return entries;
}

struct Size {
  uint64_t profiles;
  uint64_t interactions;
};

class ScheduleSizes : public testing::TestWithParam<Size> {};

TEST_P(ScheduleSizes, QuotasAddUpExactlyAndStartsNeverFall) {
  Settings settings;
  settings.profiles = GetParam().profiles;
  settings.interactions = GetParam().interactions;
  uint64_t sum = 0;
  int64_t from = settings.start.ms;
  const auto entries = All(settings);
  for (const auto& entry : entries) {
    sum += entry.quota;
    ASSERT_GE(entry.from_ms, from);
    ASSERT_LT(entry.from_ms, settings.start.ms + SpanOf(settings).count() + 2);
    from = entry.from_ms;
  }
  EXPECT_EQ(sum, settings.interactions);
  if (settings.interactions >= settings.profiles) {
    EXPECT_EQ(entries.size(), settings.profiles);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ScheduleSizes,
                         testing::Values(Size{1, 1}, Size{1, 1000}, Size{3, 2}, Size{255, 255},
                                         Size{256, 9999}, Size{257, 9999}, Size{10'000, 7},
                                         Size{10'000, 123'457}, Size{100'003, 1'000'003}));

TEST(Schedule, AFewCustomersDoMost) {
  Settings settings;
  settings.profiles = 10'000;
  settings.interactions = 100'000;
  std::vector<uint32_t> quotas;
  for (const auto& entry : All(settings)) quotas.push_back(entry.quota);
  std::sort(quotas.rbegin(), quotas.rend());
  uint64_t top_tenth = 0;
  for (size_t i = 0; i < quotas.size() / 10; ++i) top_tenth += quotas[i];
  EXPECT_GT(top_tenth, settings.interactions / 2);
  EXPECT_LE(quotas[quotas.size() / 2], 6U);
}

}  // namespace
}  // namespace waymark::generate
