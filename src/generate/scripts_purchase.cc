#include <array>

#include "generate/script.h"

// The purchase journeys: E0 to E8 and those that vary them (E16, E18, E20).
namespace waymark::generate {
namespace {
using enum Stage;
using enum Gap;
using P = Place;

// Tables read best with one step a line.
// clang-format off

// E0 is drawn: the first line, then any of the others.
constexpr ScriptStep kE0[] = {
    {kInspiration, kNow, P::kDisplayAd, "click", {1, 1}, 0, kCampaign, 0, P::kSocialFeed},
    {kInformation, kNow, P::kHomePage, "view"},
    {kInformation, kNow, P::kProductPage, "view", {1, 1}, 0, kProduct},
    {kInformation, kNow, P::kProductPage, "view", {1, 1}, 0, kProduct, 0, P::kAppProduct},
    {kInformation, kNow, P::kGuidePage, "read", {1, 1}, 0, kProduct},
    {kInformation, kNow, P::kSearchEngine, "search", {1, 1}, 0, kNeed},
};

// E1: telecom, young persona; a contract term of use.
constexpr ScriptStep kE1[] = {
    {kInspiration, kNow, P::kSocialFeed, "view", {1, 3}, 0, kCampaign | kImpulse},
    {kInspiration, kNow, P::kDisplayAd, "click", {1, 1}, 40, kCampaign},
    {kInformation, kNow, P::kProductPage, "view", {2, 4}, 0, kProduct, 0, P::kAppProduct},
    {kInformation, kHours, P::kHomePage, "search", {1, 2}, 30, kNeed},
    {kInformation, kNow, P::kGuidePage, "read", {1, 2}, 20, kProduct},
    {kComparison, kDays, P::kStoreAdvice, "consult", {1, 1}, 0, kProduct | kIntent, 0, P::kChat},
    {kComparison, kNow, P::kCompareTool, "compare", {1, 3}, 20, kProduct, 0, P::kSame, 2},
    {kPurchase, kDays, P::kCheckout, "add_to_cart", {1, 1}, 10, kProduct, 0, P::kAppCheckout},
    {kPurchase, kNow, P::kContractDesk, "sign", {1, 1}, 0,
     kKnown | kProduct | kContract | kValue | kPersona},
    {kUse, kDays, P::kAppAccount, "login", {1, 1}, 0, kContract},
    {kUse, kNow, P::kAppHome, "use", {2, 4}, 0, kProduct},
    {kUse, kMonths, P::kInvoice, "receive", {1, 1}, 0, kContract | kValue},
    {kUse, kNow, P::kAppAccount, "use", {2, 3}, 10, kContract, 0, P::kSame, 2},
    {kUse, kMonths, P::kAppHome, "use", {2, 5}, 0, kContract},
    {kUse, kMonths, P::kInvoice, "pay", {1, 1}, 20, kContract | kValue},
    {kUse, kNow, P::kAppHome, "use", {1, 4}, 0, kContract},
    {kPurchase, kMonths, P::kAppAccount, "renew", {1, 1}, 0, kContract | kValue},
};

// E2: the same tariff and target group, a business persona: another model.
constexpr ScriptStep kE2[] = {
    {kInspiration, kNow, P::kTradeFair, "view", {1, 1}, 20, kCampaign | kAccount},
    {kInspiration, kNow, P::kDisplayAd, "click", {1, 1}, 0, kCampaign | kNeed, 0, P::kSearchEngine},
    {kInformation, kNow, P::kDataSheet, "read", {2, 4}, 0, kProduct},
    {kInformation, kDays, P::kHotline, "ask", {1, 1}, 30, kProduct | kNeed | kAccount},
    {kComparison, kDays, P::kQuoteDesk, "consult", {1, 2}, 0,
     kKnown | kProduct | kAccount | kPersona},
    {kComparison, kNow, P::kQuoteDesk, "quote", {1, 1}, 0, kProduct | kValue | kAccount, 0,
     P::kSame, 1},
    {kComparison, kNow, P::kCompareTool, "compare", {1, 3}, 20, kProduct},
    {kPurchase, kWeeks, P::kContractDesk, "sign", {1, 1}, 0,
     kProduct | kContract | kValue | kAccount, kMarkHandover},
    {kUse, kDays, P::kCustomerPortal, "login", {1, 2}, 0, kContract | kAccount},
    {kUse, kNow, P::kCustomerPortal, "use", {2, 5}, 0, kContract},
    {kUse, kMonths, P::kInvoice, "receive", {1, 1}, 0, kContract | kValue},
    {kUse, kNow, P::kCustomerPortal, "use", {1, 4}, 0, kContract},
};

// E3: industrial supplier; marketing hands over to sales, logistics, service.
constexpr ScriptStep kE3[] = {
    {kInspiration, kNow, P::kSearchEngine, "search", {1, 2}, 0, kNeed},
    {kInformation, kNow, P::kHomePage, "view", {1, 3}, 0, kNothing},
    {kInformation, kNow, P::kDataSheet, "read", {1, 4}, 0, kProduct},
    {kComparison, kWeeks, P::kSalesVisit, "consult", {1, 1}, 0,
     kKnown | kProduct | kAccount | kPersona, kMarkHandover},
    {kComparison, kNow, P::kSalesVisit, "consult", {1, 1}, 40, kAccount, 0, P::kSame, 0,
     model::Kind::kStaff},
    {kComparison, kDays, P::kQuoteDesk, "quote", {1, 2}, 0, kProduct | kValue | kAccount, 0,
     P::kSame, 1},
    {kComparison, kNow, P::kDataSheet, "read", {1, 2}, 30, kProduct},
    {kPurchase, kWeeks, P::kContractDesk, "order", {1, 1}, 0,
     kSale | kAccount | kIntent},
    {kPurchase, kNow, P::kCustomerPortal, "pay", {1, 1}, 30, kOrder | kValue | kAccount},
    {kUse, kWeeks, P::kDelivery, "deliver", {1, 1}, 0, kOrder | kAccount, kMarkHandover, P::kSame,
     0, model::Kind::kStaff},
    {kUse, kNow, P::kDelivery, "receive", {1, 1}, 0, kOrder | kAccount},
    {kUse, kNow, P::kCustomerPortal, "use", {1, 3}, 0, kProduct | kAccount},
    {kUse, kMonths, P::kServiceDesk, "support", {1, 2}, 20, kTicket | kAccount, kMarkHandover},
    {kUse, kNow, P::kCustomerPortal, "use", {1, 3}, 0, kProduct | kAccount},
};

// E4: consumer, from the newspaper to the recommendation.
constexpr ScriptStep kE4[] = {
    {kInspiration, kNow, P::kNewspaperAd, "read", {1, 1}, 0, kCampaign | kImpulse, 0,
     P::kSocialFeed},
    {kInformation, kNow, P::kHomePage, "view", {1, 2}, 0, kNeed},
    {kInformation, kNow, P::kProductPage, "view", {1, 4}, 0, kProduct, 0, P::kAppProduct},
    {kInformation, kNow, P::kNewsletterForm, "subscribe", {1, 1}, 25, kKnown},
    {kInformation, kDays, P::kNewsletter, "open", {1, 1}, 30, kCampaign},
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 20, kProduct},
    {kComparison, kDays, P::kReviewPortal, "read", {1, 3}, 10, kProduct, kMarkObjective},
    {kComparison, kNow, P::kCompareTool, "compare", {1, 3}, 0, kProduct, 0, P::kSame, 2},
    {kPurchase, kDays, P::kStoreFloor, "add_to_cart", {1, 2}, 20, kProduct, 0, P::kBasket},
    {kPurchase, kNow, P::kStoreTill, "purchase", {1, 1}, 0,
     kFirstSale | kIntent, 0, P::kCheckout},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 4}, 10, kProduct, 0, P::kHelpPage},
    {kAdvocacy, kWeeks, P::kReviewPortal, "rate", {1, 1}, 0, kProduct | kGoodRating | kAboutOrder,
     kMarkAdvocacy, P::kSurveyMail},
    {kAdvocacy, kNow, P::kWordOfMouth, "recommend", {1, 2}, 30, kProduct, kMarkAdvocacy},
    {kAdvocacy, kNow, P::kSocialPost, "review", {1, 1}, 0, kProduct | kGoodRating, kMarkAdvocacy},
};

// E5: digital first, anonymous for long, then named and met in person.
constexpr ScriptStep kE5[] = {
    {kInspiration, kNow, P::kDisplayAd, "click", {1, 1}, 0, kCampaign, 0, P::kSearchEngine},
    {kInformation, kNow, P::kProductPage, "view", {2, 5}, 0, kProduct},
    {kInformation, kHours, P::kAppProduct, "view", {1, 4}, 10, kProduct, 0, P::kProductPage},
    {kInformation, kDays, P::kGuidePage, "read", {1, 3}, 10, kNeed},
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct, 0, P::kSame, 1},
    {kInformation, kNow, P::kNewsletterForm, "subscribe", {1, 1}, 0, kKnown},
    {kComparison, kDays, P::kCompareTool, "compare", {2, 4}, 0, kProduct | kIntent, kMarkObjective},
    {kComparison, kDays, P::kStoreAdvice, "consult", {1, 2}, 0, kProduct, 0, P::kQuoteDesk},
    {kPurchase, kNow, P::kStoreTill, "purchase", {1, 1}, 0, kSale | kPersona},
    {kUse, kDays, P::kAppHome, "use", {2, 4}, 0, kProduct},
};

// E6: no person anywhere, a small irritation, silence.
constexpr ScriptStep kE6[] = {
    {kInspiration, kNow, P::kDisplayAd, "click", {1, 1}, 0, kCampaign | kImpulse, 0,
     P::kSocialFeed},
    {kInformation, kNow, P::kProductPage, "view", {2, 5}, 0, kProduct},
    {kInformation, kDays, P::kGuidePage, "read", {1, 2}, 30, kNeed},
    {kComparison, kNow, P::kCompareTool, "compare", {1, 3}, 20, kProduct},
    {kPurchase, kDays, P::kBasket, "add_to_cart", {1, 2}, 0, kProduct},
    {kPurchase, kNow, P::kCheckout, "checkout", {1, 3}, 0, kProduct | kBadRating,
     kMarkIrritation | kMarkAbandoned},
};

// E6, the variant: the competitor's request arrives.
constexpr ScriptStep kE6Switch[] = {
    {kInspiration, kNow, P::kSearchEngine, "search", {1, 1}, 0, kNeed},
    {kInformation, kNow, P::kProductPage, "view", {2, 5}, 0, kProduct},
    {kComparison, kDays, P::kCompareTool, "compare", {1, 4}, 0, kProduct},
    {kPurchase, kNow, P::kCheckout, "checkout", {1, 2}, 0, kProduct | kKnown},
    {kPurchase, kHours, P::kHelpPage, "complain", {1, 1}, 0, kBadRating, kMarkIrritation},
    {kPurchase, kNow, P::kHelpPage, "search", {1, 2}, 0, kNeed},
    {kPurchase, kWeeks, P::kCompetitor, "switch", {1, 1}, 0, kCompetitor, kMarkSwitched, P::kSame,
     0, model::Kind::kSystem},
};

// E7: micro-moments; the relevant set shrinks to one product.
constexpr ScriptStep kE7[] = {
    {kInspiration, kNow, P::kSocialFeed, "view", {1, 3}, 0, kImpulse | kProduct, kMarkExperience},
    {kInformation, kNow, P::kGuidePage, "read", {1, 2}, 10, kNeed},
    {kInformation, kDays, P::kProductPage, "search", {1, 2}, 0, kIntent | kNeed, kMarkObjective},
    {kInformation, kNow, P::kProductPage, "view", {2, 4}, 0, kProduct},
    {kComparison, kDays, P::kCompareTool, "compare", {3, 5}, 0, kProduct},
    {kComparison, kHours, P::kCompareTool, "compare", {2, 3}, 0, kProduct, 0, P::kSame, 1},
    {kComparison, kNow, P::kReviewPortal, "read", {1, 3}, 0, kProduct},
    {kPurchase, kNow, P::kCheckout, "order", {1, 1}, 0,
     kFirstSale, kMarkObjective, P::kAppCheckout},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 20, kProduct},
    {kUse, kNow, P::kHelpPage, "use", {1, 1}, 0, kProduct},
};

// E8: the whole range: online, store, hotline, then a second product.
constexpr ScriptStep kE8[] = {
    {kInspiration, kNow, P::kSearchEngine, "search", {1, 1}, 0, kNeed | kImpulse, 0,
     P::kSocialFeed},
    {kInformation, kNow, P::kProductPage, "view", {2, 4}, 0, kProduct, 0, P::kAppProduct},
    {kInformation, kHours, P::kGuidePage, "read", {1, 3}, 30, kProduct},
    {kComparison, kDays, P::kCompareTool, "compare", {1, 3}, 15, kProduct, 0, P::kChat},
    {kPurchase, kDays, P::kStoreAdvice, "consult", {1, 1}, 40, kProduct},
    {kPurchase, kNow, P::kStoreTill, "purchase", {1, 1}, 0,
     kFirstSale, 0, P::kCheckout},
    {kUse, kDays, P::kAppHome, "use", {1, 3}, 10, kProduct},
    {kUse, kDays, P::kHotline, "support", {1, 2}, 0, kTicket | kProduct, 0, P::kChat},
    {kUse, kNow, P::kHelpPage, "read", {1, 2}, 20, kTicket},
    {kUse, kNow, P::kSurveyMail, "use", {1, 1}, 40, kMixedRating | kTicket},
    {kInformation, kMonths, P::kOfferMail, "open", {1, 1}, 20, kCampaign},
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct},
    {kPurchase, kDays, P::kCheckout, "order", {1, 1}, 0, kSale, 0, P::kStoreTill},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 0, kProduct},
};

// E16: one person, two journeys side by side, of different need and impulse.
constexpr ScriptStep kE16[] = {
    {kInspiration, kNow, P::kSocialFeed, "view", {1, 2}, 0, kNeed | kImpulse | kProduct},
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kNeed | kProduct},
    {.stage = kInspiration, .gap = kHours, .at = P::kSearchEngine, .action = "search",
     .carries = kNeed | kImpulse | kProduct, .track = 1},
    {.stage = kInformation, .at = P::kGuidePage, .action = "read", .times = {1, 3},
     .carries = kNeed | kProduct, .track = 1},
    {kComparison, kDays, P::kCompareTool, "compare", {1, 3}, 0, kNeed | kProduct},
    {.stage = kComparison, .gap = kNow, .at = P::kReviewPortal, .action = "read", .times = {1, 3},
     .carries = kNeed | kProduct, .track = 1},
    {kPurchase, kDays, P::kCheckout, "order", {1, 1}, 0,
     kKnown | kNeed | kSale | kPersona},
    {.stage = kComparison, .gap = kNow, .at = P::kCompareTool, .action = "compare", .times = {1, 2},
     .carries = kNeed | kProduct, .track = 1},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kNeed | kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 0, kNeed | kProduct},
    {.stage = kPurchase, .gap = kDays, .at = P::kCheckout, .action = "order",
     .carries = kNeed | kSale, .track = 1},
    {.stage = kUse, .gap = kDays, .at = P::kDelivery, .action = "receive",
     .carries = kNeed | kOrder, .track = 1},
    {.stage = kUse, .at = P::kAppHome, .action = "use", .times = {1, 4},
     .carries = kNeed | kProduct, .track = 1},
};

// E18: a chain of campaign contacts decides which model the journey follows.
constexpr ScriptStep kE18[] = {
    {kInspiration, kNow, P::kNewspaperAd, "read", {1, 1}, 20, kCampaign},
    {kInspiration, kDays, P::kDisplayAd, "view", {1, 3}, 0, kCampaign | kImpulse},
    {kInspiration, kNow, P::kSocialFeed, "click", {1, 1}, 0, kCampaign | kImpulse},
    {kInformation, kNow, P::kProductPage, "view", {1, 4}, 0, kCampaign | kProduct},
    {kInformation, kDays, P::kOfferMail, "click", {1, 1}, 0, kCampaign | kKnown},
    {kInformation, kNow, P::kProductPage, "view", {1, 3}, 0, kProduct},
    {kComparison, kNow, P::kCompareTool, "compare", {1, 3}, 20, kProduct},
    {kPurchase, kHours, P::kCheckout, "order", {1, 1}, 0, kSale | kPersona, 0,
     P::kAppCheckout},
    {kUse, kDays, P::kDelivery, "receive", {1, 1}, 0, kOrder},
    {kUse, kNow, P::kAppHome, "use", {1, 3}, 0, kProduct},
};

// E20: a touchpoint that few ever meet comes before bad experiences.
constexpr ScriptStep kE20[] = {
    {kInspiration, kNow, P::kSearchEngine, "search", {1, 1}, 0, kNeed},
    {kInformation, kNow, P::kProductPage, "view", {1, 4}, 0, kProduct},
    {kPurchase, kDays, P::kStoreTill, "purchase", {1, 1}, 0, kKnown | kSale},
    {kUse, kDays, P::kParkingGuide, "view", {1, 1}, 0, kLocation},
    {kUse, kNow, P::kStoreFloor, "return", {1, 1}, 30, kOrder},
    {kUse, kNow, P::kServiceDesk, "complain", {1, 2}, 0, kTicket | kBadRating, kMarkIrritation},
    {kUse, kDays, P::kSurveyMail, "use", {1, 1}, 20, kBadRating | kAboutOrder},
    {kUse, kNow, P::kHelpPage, "read", {1, 2}, 0, kTicket},
};

constexpr std::array<Script, 13> kScripts = {{
    {"E0", "purchase", {0, 0}, false, true, kE0},
    {"E1", "purchase", {50, 0}, false, false, kE1},
    {"E2", "purchase", {0, 250}, false, false, kE2},
    {"E3", "purchase", {0, 450}, false, false, kE3},
    {"E4", "purchase", {420, 40}, false, false, kE4},
    {"E5", "purchase", {60, 40}, false, false, kE5},
    {"E6", "purchase", {70, 40}, false, true, kE6},
    {"E6", "purchase", {25, 15}, false, false, kE6Switch},
    {"E7", "purchase", {50, 10}, false, false, kE7},
    {"E8", "purchase", {340, 40}, false, false, kE8},
    {"E16", "purchase", {35, 10}, false, false, kE16},
    {"E18", "purchase", {35, 15}, false, false, kE18},
    {"E20", "purchase", {20, 10}, false, false, kE20},
}};
// clang-format on
}  // namespace

std::span<const Script> PurchaseScripts() {
  return kScripts;
}

}  // namespace waymark::generate
