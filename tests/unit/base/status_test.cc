#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace waymark::base {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return Status(StatusCode::kInvalid, "odd", "give an even one");
  return value / 2;
}

Result<int> Quarter(int value) {
  WAYMARK_ASSIGN_OR_RETURN(const int half, Half(value));
  WAYMARK_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

Status CheckQuarter(int value, bool& reached) {
  WAYMARK_RETURN_IF_ERROR(Quarter(value).status());
  reached = true;
  return {};
}

TEST(Status, IsFineUnlessItSaysOtherwise) {
  EXPECT_TRUE(Status().ok());
  const Status fault(StatusCode::kKafka, "no broker", "check kafka.brokers");
  EXPECT_FALSE(fault.ok());
  EXPECT_EQ(fault.code(), StatusCode::kKafka);
  EXPECT_EQ(fault.text(), "no broker (hint: check kafka.brokers)");
  EXPECT_EQ(Status(StatusCode::kIo, "gone").text(), "gone");
}

TEST(Status, GainsContextAndKeepsCodeAndHint) {
  const Status fault = Status(StatusCode::kIo, "gone", "look").WithContext("reading x");
  EXPECT_EQ(fault.code(), StatusCode::kIo);
  EXPECT_EQ(fault.message(), "reading x: gone");
  EXPECT_EQ(fault.hint(), "look");
  EXPECT_TRUE(Status().WithContext("reading x").ok());
}

TEST(Status, CodesHaveNames) {
  EXPECT_EQ(ToString(StatusCode::kOk), "ok");
  EXPECT_EQ(ToString(StatusCode::kConfig), "configuration");
  EXPECT_EQ(ToString(StatusCode::kCancelled), "cancelled");
}

TEST(Result, HoldsAValueOrAFault) {
  EXPECT_EQ(*Half(4), 2);
  EXPECT_TRUE(Half(4).status().ok());
  EXPECT_FALSE(Half(3).ok());
  EXPECT_EQ(Half(3).status().message(), "odd");
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Result, MacrosReturnTheFirstFault) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().hint(), "give an even one");
  bool reached = false;
  EXPECT_FALSE(CheckQuarter(6, reached).ok());
  EXPECT_FALSE(reached);
  EXPECT_TRUE(CheckQuarter(8, reached).ok());
  EXPECT_TRUE(reached);
}

TEST(ResultDeathTest, TheValueOfAFaultIsABrokenInvariant) {
  const Result<int> fault = Half(3);
  EXPECT_DEATH(static_cast<void>(*fault), "value of a failed Result");
  EXPECT_DEATH(Result<int>{Status()}, "needs a fault");
}

TEST(CheckDeathTest, NamesConditionAndReason) {
  EXPECT_DEATH(WAYMARK_CHECK(1 == 2, "numbers differ"), "numbers differ: 1 == 2 .*status_test");
}

}  // namespace
}  // namespace waymark::base
