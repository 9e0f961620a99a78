#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::CustomerStatus;
using model::SignalKind;

constexpr int64_t kDay = 24 * 60;

class CustomerStatusTest : public Folding {
 protected:
  CustomerStatusTest() {
    Use({kShop, R"(
customer: c
status:
  buy: {action: [order, sign]}
  existing_after: 90d
  leave: {action: cancel}
  inactive_after: 180d
  loyal: {purchases: 3, within: 365d}
)"});
  }
  CustomerStatus Now() {
    base::Arena arena;
    model::CustomerJourneys out;
    Summarize(state_, arena, out);
    return out.profile.customer_status;
  }
  std::vector<std::string> Lifecycle() const {
    std::vector<std::string> names;
    for (const Found& signal : Signals(SignalKind::kLifecycle)) names.push_back(signal.name);
    return names;
  }
};

TEST_F(CustomerStatusTest, WithoutRulesItIsLeftOpen) {
  Use({kShop});
  Apply(0, "order");
  EXPECT_EQ(Now(), CustomerStatus::kUnspecified);
  Use({kShop, "customer: c\n"});
  Apply(0, "order");
  EXPECT_EQ(Now(), CustomerStatus::kUnspecified);
}

TEST_F(CustomerStatusTest, AProspectBuysAndIsExistingInTime) {
  EXPECT_EQ(Now(), CustomerStatus::kProspect);
  Apply(0, "view");
  EXPECT_EQ(Now(), CustomerStatus::kProspect);
  Apply(10, "order");
  EXPECT_EQ(Now(), CustomerStatus::kNew);
  AdvanceTo(90 * kDay + 10);
  EXPECT_EQ(Now(), CustomerStatus::kNew) << "due, and not before the horizon";
  AdvanceTo(90 * kDay + 11);
  EXPECT_EQ(Now(), CustomerStatus::kExisting);
  EXPECT_TRUE(effects_.stage_changed) << "worth a snapshot";
  EXPECT_EQ(Fired(TimerKind::kStatus), 1);
  EXPECT_TRUE(Lifecycle().empty());
}

TEST_F(CustomerStatusTest, AFurtherPurchaseInAnotherSessionIsARepurchase) {
  Apply(0, "order");
  Apply(5, "sign");
  EXPECT_EQ(Now(), CustomerStatus::kNew) << "order and contract of one session are one purchase";
  EXPECT_TRUE(Lifecycle().empty());
  Apply(kDay, "order");
  EXPECT_EQ(Now(), CustomerStatus::kExisting);
  Apply(2 * kDay, "order");
  const auto repurchases = Signals(SignalKind::kLifecycle);
  ASSERT_EQ(repurchases.size(), 2U);
  EXPECT_EQ(repurchases[0].name, "repurchase");
  EXPECT_EQ(repurchases[0].minute, kDay);
  EXPECT_EQ(repurchases[0].evidence, std::vector<std::string>{"i3"});
}

TEST_F(CustomerStatusTest, OnlyWhoHasBoughtCanLeave) {
  Apply(0, "cancel");
  EXPECT_EQ(Now(), CustomerStatus::kProspect);
  Apply(1, "order");
  Apply(2, "cancel");
  EXPECT_EQ(Now(), CustomerStatus::kFormer);
  Apply(3, "view");
  EXPECT_EQ(Now(), CustomerStatus::kFormer);
  AdvanceTo(400 * kDay);
  EXPECT_EQ(Now(), CustomerStatus::kFormer) << "neither existing nor inactive";
  EXPECT_EQ(Count(SignalKind::kInactive), 0U);
  Apply(401 * kDay, "order");
  EXPECT_EQ(Now(), CustomerStatus::kNew) << "won back";
  EXPECT_TRUE(Lifecycle().empty()) << "no repurchase";
}

TEST_F(CustomerStatusTest, SilenceMakesInactiveAndReturnReactivates) {
  Apply(0, "order");
  Apply(kDay, "order");
  AdvanceTo(181 * kDay);
  EXPECT_EQ(Count(SignalKind::kInactive), 0U);
  AdvanceTo(181 * kDay + 1);
  EXPECT_EQ(Now(), CustomerStatus::kInactive);
  const auto inactive = Signals(SignalKind::kInactive);
  ASSERT_EQ(inactive.size(), 1U);
  EXPECT_EQ(inactive[0].minute, 181 * kDay);
  EXPECT_EQ(inactive[0].evidence, std::vector<std::string>{"i2"});
  model::Interaction outreach = At(200 * kDay, "call");
  outreach.kind = model::Kind::kStaff;
  Apply(outreach);
  EXPECT_EQ(Now(), CustomerStatus::kInactive) << "the customer has not answered";
  AdvanceTo(600 * kDay);
  EXPECT_EQ(Count(SignalKind::kInactive), 1U) << "once";
  Apply(601 * kDay, "view");
  EXPECT_EQ(Now(), CustomerStatus::kExisting) << "as before";
  const auto reactivated = Signals(SignalKind::kReactivated);
  ASSERT_EQ(reactivated.size(), 1U);
  EXPECT_EQ(reactivated[0].evidence, std::vector<std::string>{"i4"});
  AdvanceTo(1000 * kDay);
  EXPECT_EQ(Count(SignalKind::kInactive), 2U);
}

TEST_F(CustomerStatusTest, OneAtTheDueTimeOfSilenceStaysActive) {
  Apply(0, "view");
  Apply(180 * kDay, "view");
  EXPECT_EQ(Count(SignalKind::kInactive), 0U);
  EXPECT_EQ(Count(SignalKind::kReactivated), 0U);
}

TEST_F(CustomerStatusTest, WhoWasNeverThereIsNotInactive) {
  model::Interaction staff = At(0, "call");
  staff.kind = model::Kind::kStaff;
  Apply(staff);
  AdvanceTo(1000 * kDay);
  EXPECT_EQ(Count(SignalKind::kInactive), 0U);
  EXPECT_EQ(state_.next_due, base::Timestamp::max());
}

TEST_F(CustomerStatusTest, OnlyCustomersBuyAndLeave) {
  model::Interaction staff = At(0, "order");
  staff.kind = model::Kind::kStaff;
  Apply(staff);
  EXPECT_EQ(Now(), CustomerStatus::kProspect);
  Apply(1, "order");
  staff = At(2, "cancel");
  staff.kind = model::Kind::kSystem;
  Apply(staff);
  EXPECT_EQ(Now(), CustomerStatus::kNew);
}

TEST_F(CustomerStatusTest, LoyaltyIsToldEachTimeItBecomesTrue) {
  Apply(0, "order");
  Apply(100 * kDay, "order");
  EXPECT_EQ(Count(SignalKind::kLoyal), 0U);
  Apply(365 * kDay, "order");
  auto loyal = Signals(SignalKind::kLoyal);
  ASSERT_EQ(loyal.size(), 1U) << "a distance equal to the bound counts";
  EXPECT_EQ(loyal[0].minute, 365 * kDay);
  EXPECT_EQ(loyal[0].evidence, (std::vector<std::string>{"i1", "i2", "i3"}));
  Apply(365 * kDay + 60, "order");
  EXPECT_EQ(Count(SignalKind::kLoyal), 2U) << "the first had fallen out before: true anew";
  Apply(400 * kDay, "order");
  EXPECT_EQ(Count(SignalKind::kLoyal), 2U) << "it was true all along";
  Apply(700 * kDay, "order");
  Apply(800 * kDay, "order");
  EXPECT_EQ(Count(SignalKind::kLoyal), 2U);
  Apply(900 * kDay, "order");
  EXPECT_EQ(Count(SignalKind::kLoyal), 3U);
}

TEST_F(CustomerStatusTest, LoyaltyBeginsAnewForWhoComesBack) {
  Apply(0, "order");
  Apply(kDay, "order");
  Apply(2 * kDay, "cancel");
  Apply(3 * kDay, "order");
  EXPECT_EQ(Count(SignalKind::kLoyal), 0U);
}

TEST_F(CustomerStatusTest, ExistingGoesBeforeInactiveWhereBothAreDue) {
  Use({kShop, "customer: c\nstatus: {buy: {action: order}, existing_after: 30d, "
              "inactive_after: 30d}\n"});
  Apply(0, "order");
  AdvanceTo(30 * kDay + 1);
  EXPECT_EQ(Now(), CustomerStatus::kInactive);
  EXPECT_EQ(state_.customer.status, CustomerStatus::kExisting);
}

}  // namespace
}  // namespace waymark::journey
