#include "codec/api_messages.h"

#include <gtest/gtest.h>

#include "waymark/v1/api.pb.h"

namespace waymark::codec {
namespace {

TEST(ApiMessages, AProfileIsAsTheReferenceReadsIt) {
  model::CustomerJourneys journeys;
  journeys.profile.id = "anna";
  std::string bytes;
  EncodeProfileAnswer(journeys, {12, -5}, bytes);
  v1::ProfileAnswer answer;
  ASSERT_TRUE(answer.ParseFromString(bytes));
  EXPECT_EQ(answer.journeys().profile().id(), "anna");
  EXPECT_EQ(answer.interactions(), 12);
  EXPECT_EQ(answer.as_of(), -5);
  bytes.clear();
  EncodeProfileAnswer(journeys, {}, bytes);
  ASSERT_TRUE(answer.ParseFromString(bytes));
  EXPECT_FALSE(answer.has_as_of());
}

TEST(ApiMessages, PagesAreAsTheReferenceReadsThem) {
  model::Step step;
  step.profile_id = "anna";
  std::string bytes;
  AppendRow(step, bytes);
  AppendRow(step, bytes);
  AppendNext("ab", bytes);
  v1::TimelinePage steps;
  ASSERT_TRUE(steps.ParseFromString(bytes));
  EXPECT_EQ(steps.steps_size(), 2);
  EXPECT_EQ(steps.steps(1).profile_id(), "anna");
  EXPECT_EQ(steps.next(), "ab");

  model::Signal signal;
  signal.id = "s1";
  bytes.clear();
  AppendRow(signal, "why", bytes);
  AppendRow(signal, "", bytes);
  v1::SignalsPage signals;
  ASSERT_TRUE(signals.ParseFromString(bytes));
  EXPECT_EQ(signals.signals(0).signal().id(), "s1");
  EXPECT_EQ(signals.signals(0).sentence(), "why");
  EXPECT_EQ(signals.signals(1).sentence(), "");
  EXPECT_EQ(signals.next(), "");
}

TEST(ApiMessages, CellsAreAsTheReferenceReadsThem) {
  measure::CellKey key{.kind = measure::CellKind::kExit, .day = -3, .model = "six-stages"};
  key.parts = {"use", "till"};
  measure::Cell cell;
  cell.Add(measure::Slot::kCount, -7);
  std::string bytes;
  AppendRow(key, cell, bytes);
  v1::MeasuresPage page;
  ASSERT_TRUE(page.ParseFromString(bytes));
  EXPECT_EQ(page.cells(0).key().kind(), v1::MeasureKey::EXIT);
  EXPECT_EQ(page.cells(0).key().day(), -3);
  EXPECT_EQ(page.cells(0).key().part_2(), "till");
  EXPECT_EQ(page.cells(0).cell().slots(0), 1U);
  EXPECT_EQ(page.cells(0).cell().values(0), -7);
}

}  // namespace
}  // namespace waymark::codec
