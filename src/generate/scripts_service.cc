#include <array>

#include "generate/script.h"

// Service cases and the ways of looking at service: E13 to E15, E17, E19.
namespace waymark::generate {
namespace {
using enum Stage;
using enum Gap;
using P = Place;
using model::Kind;

// Tables read best with one step a line.
// clang-format off

// E13: a holiday on the island; staff repairs what the guest reports.
constexpr ScriptStep kE13[] = {
    {kPurchase, kNow, P::kAppCheckout, "order", {1, 1}, 0,
     kFirstSale},
    {kUse, kWeeks, P::kMotorwayExit, "view", {1, 1}, 0, kLocation},
    {kUse, kNow, P::kTextMessage, "open", {1, 1}, 10, kLocation},
    {kUse, kNow, P::kFerryTerminal, "view", {1, 1}, 15, kLocation},
    {kUse, kNow, P::kParkingGuide, "view", {1, 2}, 20, kLocation},
    {kUse, kHours, P::kAppGuide, "view", {2, 5}, 0, kGuide, kMarkExperience},
    {kUse, kDays, P::kAppGuide, "search", {1, 4}, 20, kGuide},
    {kUse, kNow, P::kAppFault, "complain", {1, 1}, 0, kTicket | kBadRating, kMarkIrritation},
    {kUse, kHours, P::kRepairVisit, "repair", {1, 1}, 0, kTicket, kMarkHandover, P::kSame,
     0, Kind::kStaff},
    {kUse, kNow, P::kAppFault, "support", {1, 1}, 30, kTicket},
    {kUse, kNow, P::kAppGuide, "use", {1, 4}, 0, kNeed},
    {kAdvocacy, kDays, P::kSurveyMail, "rate", {1, 1}, 0, kGoodRating | kAboutOrder, kMarkAdvocacy},
};

// E14: a tester lives the journey against a checklist; not a customer.
constexpr ScriptStep kE14[] = {
    {kInformation, kNow, P::kHotline, "ask", {1, 2}, 0, kAudit | kMixedRating, 0, P::kSame,
     0, Kind::kMysteryCheck, "calling"},
    {kComparison, kDays, P::kStoreAdvice, "consult", {1, 3}, 0, kAudit | kMixedRating, 0, P::kSame,
     0, Kind::kMysteryCheck, "store"},
    {kComparison, kNow, P::kStoreFloor, "view", {1, 2}, 20, kAudit | kMixedRating | kCampaign, 0,
     P::kSame, 0, Kind::kMysteryCheck, "promotion"},
    {kUse, kDays, P::kServiceDesk, "support", {1, 3}, 0, kAudit | kMixedRating, 0, P::kSame,
     0, Kind::kMysteryCheck, "service"},
};

// E15: the same touchpoint, rated by a customer and by a tester.
constexpr ScriptStep kE15[] = {
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct},
    {kComparison, kDays, P::kStoreAdvice, "consult", {1, 2}, 0, kProduct | kAnchor},
    {kPurchase, kNow, P::kStoreTill, "purchase", {1, 1}, 0,
     kFirstSale},
    {kPurchase, kNow, P::kStoreAdvice, "rate", {1, 1}, 0, kAudit | kBadRating, 0, P::kSame,
     0, Kind::kMysteryCheck, "store"},
    {kUse, kDays, P::kSurveyMail, "open", {1, 1}, 0, kNothing},
    {kUse, kNow, P::kSurveyMail, "rate", {1, 1}, 0, kGoodRating | kAboutAnchor},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 0, kProduct},
};

// E17: an accompanied walk, written down step by step.
constexpr ScriptStep kE17[] = {
    {kInspiration, kNow, P::kNewspaperAd, "read", {1, 1}, 0, kAudit, 0, P::kSame,
     0, Kind::kObservedWalk},
    {kInformation, kNow, P::kHomePage, "view", {1, 3}, 0, kAudit, 0, P::kSame, 0,
     Kind::kObservedWalk},
    {kComparison, kNow, P::kStoreAdvice, "consult", {1, 2}, 0, kAudit, 0, P::kSame,
     0, Kind::kObservedWalk},
    {kPurchase, kNow, P::kStoreTill, "purchase", {1, 1}, 0, kAudit | kProduct, 0, P::kSame,
     0, Kind::kObservedWalk},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kAudit, 0, P::kSame, 0, Kind::kObservedWalk},
    {kUse, kNow, P::kHelpPage, "use", {1, 2}, 0, kAudit, 0, P::kSame, 0, Kind::kObservedWalk},
};

// E19: the score for the purchase arrives when the product is long in use.
constexpr ScriptStep kE19[] = {
    {kInspiration, kNow, P::kDisplayAd, "click", {1, 1}, 0, kCampaign},
    {kInformation, kNow, P::kProductPage, "view", {1, 4}, 0, kProduct},
    {kComparison, kHours, P::kCompareTool, "compare", {1, 3}, 20, kProduct},
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0,
     kFirstSale | kAnchor},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 4}, 0, kProduct},
    {kUse, kWeeks, P::kSurveyMail, "rate", {1, 1}, 0, kMixedRating | kAboutAnchor},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 0, kProduct},
};

// S1, beside the examples: the plain service case: report, wait, repair, close.
constexpr ScriptStep kCase[] = {
    {kUse, kNow, P::kHelpPage, "search", {1, 3}, 15, kNeed},
    {kUse, kNow, P::kHotline, "support", {1, 2}, 0, kKnown | kTicket | kProduct, 0, P::kChat},
    {kUse, kHours, P::kServiceDesk, "support", {1, 1}, 30, kTicket, kMarkHandover, P::kSame,
     0, Kind::kStaff},
    {kUse, kDays, P::kRepairVisit, "repair", {1, 1}, 0, kTicket, 0, P::kSame, 0, Kind::kStaff},
    {kUse, kNow, P::kCustomerPortal, "use", {1, 3}, 0, kTicket},
    {kUse, kNow, P::kTextMessage, "open", {1, 1}, 0, kTicket},
};

constexpr std::array<Script, 6> kScripts = {{
    {"E13", "service", {30, 0}, false, false, kE13},
    {"E14", "purchase", {8, 10}, false, false, kE14},
    {"E15", "purchase", {15, 0}, false, false, kE15},
    {"E17", "purchase", {6, 5}, false, false, kE17},
    {"E19", "purchase", {30, 10}, false, false, kE19},
    {"S1", "service", {60, 60}, false, false, kCase},
}};
// clang-format on
}  // namespace

std::span<const Script> ServiceScripts() {
  return kScripts;
}

}  // namespace waymark::generate
