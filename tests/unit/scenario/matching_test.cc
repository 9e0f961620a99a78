#include "scenario/matching.h"

#include <gmock/gmock.h>

namespace waymark::scenario {
namespace {

using ::testing::ElementsAre;

ExpectedRow Row(std::initializer_list<ExpectedField> fields) { return {fields, {}}; }

TEST(Matching, AWideRowLeavesTheNarrowOneItsOnlyPlace) {
  const std::vector<Facts> found = {{{"kind", "A"}, {"name", "x"}}, {{"kind", "A"}, {"name", "y"}}};
  EXPECT_THAT(Match({Row({{"kind", "A", {}}}), Row({{"name", "x", {}}})}, found),
              ElementsAre(1, 0));
}

TEST(Matching, OneFoundRowStandsForOneExpected) {
  const std::vector<Facts> found = {{{"kind", "A"}}};
  const ExpectedRow row = Row({{"kind", "A", {}}});
  EXPECT_THAT(Match({row, row}, found), ElementsAre(0, kUnmatched));
  EXPECT_THAT(Match({row}, {}), ElementsAre(kUnmatched));
}

TEST(Matching, AnEmptyValueAsksThatThereBeNone) {
  EXPECT_TRUE(Fits(Row({{"stage", "", {}}}), {{"kind", "A"}}));
  EXPECT_FALSE(Fits(Row({{"stage", "", {}}}), {{"stage", "use"}}));
}

}  // namespace
}  // namespace waymark::scenario
