#include "explain/wording.h"

#include <gtest/gtest.h>

namespace waymark::explain {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

model::Interaction Doing(model::Text action, model::Text channel, model::Text product = {}) {
  model::Interaction out;
  out.action = action;
  out.channel = channel;
  out.product = product;
  return out;
}

TEST(Wording, ConventionalActionsAndChannelsHaveWords) {
  EXPECT_EQ(Told(Doing("add_to_cart", "web")),
            "the customer put something in the cart on the website");
  EXPECT_EQ(Told(Doing("add_to_cart", "app", "X1")), "the customer put X1 in the cart in the app");
  EXPECT_EQ(Told(Doing("ask", "hotline", "X1")), "the customer asked a question on the hotline");
}

TEST(Wording, CustomersMeetTheStaff) {
  EXPECT_EQ(Told(Doing("ask", "service")), "the customer asked a question with the service staff");
}

TEST(Wording, OthersAreNamed) {
  EXPECT_EQ(Told(Doing("levitate", "astral")),
            "the customer did 'levitate' on the channel 'astral'");
  model::Interaction staff = Doing("repair", "service");
  staff.kind = model::Kind::kStaff;
  staff.source.department = "Workshop";
  staff.touchpoint = "bench";
  EXPECT_EQ(Told(staff), "staff of Workshop did 'repair' in service, at 'bench'");
  staff.kind = model::Kind::kSystem;
  staff.source.department = {};
  EXPECT_EQ(Told(staff), "a system did 'repair' in service, at 'bench'");
}

TEST(Wording, RatingsAreTold) {
  model::Interaction rated = Doing("rate", "email");
  rated.rating.emplace().satisfaction = 2;
  EXPECT_EQ(Told(rated), "the customer gave a rating by e-mail, rating it 2 of 5");
  rated.rating->emotion = -1;
  EXPECT_EQ(Told(rated), "the customer gave a rating by e-mail, rating it 2 of 5 and with an "
                         "emotion of -1 (-2 to 2)");
}

TEST(Wording, FindingsSayWhatBefellTheCustomer) {
  EXPECT_EQ(Found(model::SignalKind::kNeglected, "no-answer"), "was neglected ('no-answer')");
  EXPECT_EQ(Found(model::SignalKind::kInactive, "inactive"), "became inactive");
  EXPECT_EQ(Found(model::SignalKind::kMicroMoment, "moment"), "had the micro-moment 'moment'");
  EXPECT_EQ(Found(model::SignalKind::kCustom, "large-order"), "was flagged 'large-order'");
}

TEST(Wording, TimesAreDays) {
  EXPECT_EQ(OnDay(1'714'745'520'000), "on 3 May 2024 at 14:12 UTC");
  EXPECT_EQ(OnDay(1'714'745'527'999), "on 3 May 2024 at 14:12:07 UTC");
  EXPECT_EQ(OnDay(-1), "on 31 December 1969 at 23:59:59 UTC");
}

TEST(Wording, DurationsAreSpelled) {
  EXPECT_EQ(Spelled(hours(24 * 90)), "90 days");
  EXPECT_EQ(Spelled(hours(24 * 730)), "2 years");
  EXPECT_EQ(Spelled(hours(24 * 731)), "731 days");
  EXPECT_EQ(Spelled(hours(25) + minutes(59)), "1 day and 1 hour");
  EXPECT_EQ(Spelled(minutes(60)), "1 hour");
  EXPECT_EQ(Spelled(milliseconds(25'861)), "25 seconds");
  EXPECT_EQ(Spelled(milliseconds(7)), "7 milliseconds");
  EXPECT_EQ(Spelled(milliseconds(0)), "no time");
}

TEST(Wording, DurationsAreWrittenByUnits) {
  EXPECT_EQ(ByUnits(hours(24 * 3) + minutes(5)), "3d5m");
  EXPECT_EQ(ByUnits(hours(2) + milliseconds(1'007)), "2h1s7ms");
  EXPECT_EQ(ByUnits(milliseconds(0)), "0s");
}

TEST(Wording, ThousandthsHaveNoNeedlessDigits) {
  EXPECT_EQ(InThousandths(3000), "3");
  EXPECT_EQ(InThousandths(2500), "2.5");
  EXPECT_EQ(InThousandths(4007), "4.007");
  EXPECT_EQ(InThousandths(100), "0.1");
}

TEST(Wording, ListsEndInAnd) {
  EXPECT_EQ(Listed({}), "");
  EXPECT_EQ(Listed({"a"}), "a");
  EXPECT_EQ(Listed({"a", "b", "c"}), "a, b and c");
}

}  // namespace
}  // namespace waymark::explain
