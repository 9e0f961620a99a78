#include <array>

#include "generate/script.h"

// What comes after the purchase: E9 to E12 and E21.
namespace waymark::generate {
namespace {
using enum Stage;
using enum Gap;
using P = Place;

// Tables read best with one step a line.
// clang-format off

// E9: the welcome steps, all of them done.
constexpr ScriptStep kE9[] = {
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0,
     kFirstSale, 0, P::kAppCheckout},
    {kUse, kHours, P::kWelcomeMail, "open", {1, 1}, 0, kNothing},
    {kUse, kNow, P::kAppAccount, "login", {1, 1}, 0, kNothing},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 0, kProduct},
    {kUse, kDays, P::kHelpPage, "read", {1, 3}, 30, kProduct},
    {kUse, kNow, P::kAppAccount, "use", {1, 2}, 0, kProduct},
    {kUse, kDays, P::kAppHome, "use", {2, 4}, 0, kProduct, kMarkOnboarded},
};

// E9, stalled: the welcome is never finished.
constexpr ScriptStep kE9Stalled[] = {
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0,
     kFirstSale},
    {kUse, kHours, P::kWelcomeMail, "open", {1, 2}, 0, kNothing},
    {kUse, kNow, P::kAppAccount, "login", {1, 2}, 0, kNothing, kMarkAbandoned},
};

// E10: active, long silence, outreach, contact.
constexpr ScriptStep kE10[] = {
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct},
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0, kFirstSale},
    {kUse, kDays, P::kAppHome, "use", {2, 5}, 0, kProduct, kMarkInactive},
    {kInspiration, kSilence, P::kOfferMail, "view", {1, 1}, 0, kCampaign, 0, P::kSame, 0,
     model::Kind::kSystem},
    {kInspiration, kHours, P::kOfferMail, "open", {1, 1}, 0, kCampaign, kMarkReactivated},
    {kInformation, kNow, P::kProductPage, "view", {1, 4}, 0, kProduct},
    {kPurchase, kDays, P::kCheckout, "order", {1, 1}, 0, kSale},
    {kUse, kDays, P::kAppHome, "use", {1, 3}, 0, kProduct},
};

// E11: purchase after purchase, then special communication.
constexpr ScriptStep kE11[] = {
    {kInformation, kNow, P::kHomePage, "view", {1, 3}, 0, kNothing},
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0,
     kFirstSale, 0, P::kStoreTill},
    {kUse, kDays, P::kAppHome, "use", {1, 4}, 0, kProduct},
    {kPurchase, kWeeks, P::kCheckout, "order", {1, 1}, 0, kSale, 0, P::kStoreTill},
    {kUse, kDays, P::kAppHome, "use", {1, 4}, 0, kProduct},
    {kPurchase, kWeeks, P::kCheckout, "order", {1, 1}, 0, kSale, kMarkLoyal,
     P::kStoreTill},
    {kUse, kDays, P::kAppHome, "use", {1, 3}, 0, kProduct},
    {kUse, kNow, P::kOfferMail, "open", {1, 1}, 20, kCampaign},
    {kAdvocacy, kNow, P::kWordOfMouth, "recommend", {1, 2}, 0, kProduct, kMarkAdvocacy},
};

// E12: dates in the profile that come due without any event.
constexpr ScriptStep kE12[] = {
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct},
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0,
     kFirstSale | kBirthday | kAnniversary,
     kMarkBirthday | kMarkAnniversary},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 4}, 0, kProduct},
};

// E21: the customer wants less contact.
constexpr ScriptStep kE21[] = {
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct},
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0, kFirstSale},
    {kUse, kDays, P::kNewsletter, "open", {1, 2}, 0, kCampaign},
    {kUse, kNow, P::kOfferMail, "open", {1, 2}, 30, kCampaign},
    {kUse, kNow, P::kCustomerPortal, "opt_out", {1, 1}, 0, kLessContact},
    {kUse, kWeeks, P::kAppHome, "use", {1, 4}, 0, kProduct},
};

constexpr std::array<Script, 6> kScripts = {{
    {"E9", "onboarding", {40, 20}, false, false, kE9},
    {"E9", "onboarding", {15, 10}, false, true, kE9Stalled},
    {"E10", "purchase", {35, 20}, true, false, kE10},
    {"E11", "purchase", {40, 30}, false, false, kE11},
    {"E12", "purchase", {30, 5}, false, false, kE12},
    {"E21", "purchase", {25, 10}, false, false, kE21},
}};
// clang-format on
}  // namespace

std::span<const Script> CareScripts() {
  return kScripts;
}

}  // namespace waymark::generate
