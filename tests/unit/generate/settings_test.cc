#include "generate/settings.h"

#include <gtest/gtest.h>

#include <functional>

namespace waymark::generate {
namespace {

struct Wrong {
  const char* named;
  std::function<void(Settings&)> make;
};

TEST(Settings, TheDefaultsAreGood) {
  EXPECT_TRUE(Check(Settings()).ok());
}

TEST(Settings, EachWrongOneIsNamed) {
  const Wrong wrongs[] = {
      {"profiles", [](Settings& s) { s.profiles = 0; }},
      {"interactions", [](Settings& s) { s.interactions = 0; }},
      {"interactions", [](Settings& s) { s.profiles = 1, s.interactions = 2'000'000; }},
      {"noise_share", [](Settings& s) { s.noise_share = 0.95; }},
      {"late_share", [](Settings& s) { s.late_share = -0.1; }},
      {"duplicate_share", [](Settings& s) { s.duplicate_share = 2; }},
      {"bad_share", [](Settings& s) { s.bad_share = 1; }},
      {"rate", [](Settings& s) { s.rate = -1; }},
      {"late_max", [](Settings& s) { s.late_max = base::Millis(0); }},
      {"span", [](Settings& s) { s.span = base::Millis::max(); }},
      {"bad_kinds", [](Settings& s) { s.bad_kinds = 0; }},
  };
  for (const Wrong& wrong : wrongs) {
    Settings settings;
    wrong.make(settings);
    const base::Status status = Check(settings);
    EXPECT_EQ(status.code(), base::StatusCode::kConfig) << wrong.named;
    EXPECT_EQ(status.message().find(wrong.named), 0U) << status.text();
    EXPECT_NE(status.hint().find(wrong.named), std::string::npos) << status.text();
  }
}

TEST(Settings, RateDecidesTheSpan) {
  Settings settings;
  settings.interactions = 72'000;
  settings.rate = 10;
  EXPECT_EQ(SpanOf(settings), std::chrono::hours(2));
  settings.rate = 0;
  EXPECT_EQ(SpanOf(settings), settings.span);
}

}  // namespace
}  // namespace waymark::generate
