#include "generate/place.h"

#include <array>

namespace waymark::generate {
namespace {
using model::Source;

constexpr Source kAds{"ad-server", "campaign", "Marketing"};
constexpr Source kPrint{"campaign-tool", "campaign", "Marketing"};
constexpr Source kSocial{"social-media", "listening", "Marketing"};
constexpr Source kWeb{"web-analytics", "web", "Marketing"};
constexpr Source kShop{"shop", "order", "Sales"};
constexpr Source kApp{"app-backend", "app", "IT"};
constexpr Source kMailing{"mailing", "newsletter", "Marketing"};
constexpr Source kTill{"pos", "store", "Sales"};
constexpr Source kCrmSales{"crm", "sales", "Sales"};
constexpr Source kTicketing{"ticketing", "support", "Service"};
constexpr Source kLogistics{"logistics", "delivery", "Logistics"};
constexpr Source kBilling{"billing", "invoice", "Finance"};
constexpr Source kSurvey{"survey", "feedback", "Service"};
constexpr Source kBeacons{"beacon-hub", "location", "IT"};

constexpr std::array<PlaceFacts, static_cast<size_t>(Place::kEnd)> kPlaces = {{
    {},
    {"print", "newspaper-ad", kPrint, Knows::kDevice},
    {"ads", "display-ad", kAds, Knows::kCookie},
    {"social", "social-feed", kSocial, Knows::kCookie},
    {"social", "social-post", kSocial, Knows::kEmail},
    {"search", "search-engine", kWeb, Knows::kCookie},
    {"web", "home-page", kWeb, Knows::kCookie},
    {"web", "product-page", kWeb, Knows::kCookie},
    {"web", "guide", kWeb, Knows::kCookie},
    {"web", "data-sheet", kWeb, Knows::kCookie},
    {"web", "newsletter-form", kWeb, Knows::kCookie},
    {"web", "comparison-tool", kWeb, Knows::kCookie},
    {"partner", "review-portal", kWeb, Knows::kCookie},
    {"web", "basket", kShop, Knows::kCookie},
    {"web", "checkout", kShop, Knows::kCookie},
    {"web", "customer-portal", kShop, Knows::kCookie},
    {"web", "help-page", kWeb, Knows::kCookie},
    {"app", "app-home", kApp, Knows::kDevice},
    {"app", "product-page", kApp, Knows::kDevice},
    {"app", "checkout", kApp, Knows::kDevice},
    {"app", "account", kApp, Knows::kDevice},
    {"app", "local-guide", kApp, Knows::kDevice},
    {"app", "fault-report", kApp, Knows::kDevice},
    {"email", "newsletter", kMailing, Knows::kEmail},
    {"email", "offer-mail", kMailing, Knows::kEmail},
    {"email", "welcome-mail", kMailing, Knows::kEmail},
    {"email", "survey", kSurvey, Knows::kEmail},
    {"sms", "text-message", kMailing, Knows::kPhone},
    {"store", "store-floor", kTill, Knows::kLoyalty, true},
    {"store", "sales-talk", kTill, Knows::kLoyalty, true},
    {"store", "till", kTill, Knows::kLoyalty, true},
    {"hotline", "hotline", kTicketing, Knows::kPhone, true},
    {"chat", "chat", kTicketing, Knows::kCookie, true},
    {"sales", "sales-visit", kCrmSales, Knows::kCrm, true},
    {"sales", "quote", kCrmSales, Knows::kCrm, true},
    {"sales", "contract", kCrmSales, Knows::kCrm, true},
    {"service", "service-desk", kTicketing, Knows::kCrm, true},
    {"service", "repair-visit", kTicketing, Knows::kCrm, true},
    {"mail", "delivery", kLogistics, Knows::kCrm},
    {"mail", "invoice", kBilling, Knows::kCrm},
    {"event", "trade-fair", kCrmSales, Knows::kEmail, true},
    {"social", "word-of-mouth", kSocial, Knows::kEmail},
    {"beacon", "motorway-exit", kBeacons, Knows::kDevice},
    {"beacon", "ferry-terminal", kBeacons, Knows::kDevice},
    {"beacon", "parking", kBeacons, Knows::kDevice},
    {"partner", "competitor", kCrmSales, Knows::kPhone},
    {"web", "imprint", kWeb, Knows::kCookie},
    {"web", "careers", kWeb, Knows::kCookie},
    {"web", "store-finder", kWeb, Knows::kCookie},
    {"web", "blog", kWeb, Knows::kCookie},
    {"app", "settings", kApp, Knows::kDevice},
}};
}  // namespace

const PlaceFacts& FactsOf(Place place) {
  return kPlaces[static_cast<size_t>(place)];
}

}  // namespace waymark::generate
