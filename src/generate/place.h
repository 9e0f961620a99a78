#pragma once

#include <cstdint>

#include "model/interaction.h"

namespace waymark::generate {

// A touchpoint of the invented company.
enum class Place : uint8_t {
  kSame,  // no other place
  kNewspaperAd,
  kDisplayAd,
  kSocialFeed,
  kSocialPost,
  kSearchEngine,
  kHomePage,
  kProductPage,
  kGuidePage,
  kDataSheet,
  kNewsletterForm,
  kCompareTool,
  kReviewPortal,
  kBasket,
  kCheckout,
  kCustomerPortal,
  kHelpPage,
  kAppHome,
  kAppProduct,
  kAppCheckout,
  kAppAccount,
  kAppGuide,
  kAppFault,
  kNewsletter,
  kOfferMail,
  kWelcomeMail,
  kSurveyMail,
  kTextMessage,
  kStoreFloor,
  kStoreAdvice,
  kStoreTill,
  kHotline,
  kChat,
  kSalesVisit,
  kQuoteDesk,
  kContractDesk,
  kServiceDesk,
  kRepairVisit,
  kDelivery,
  kInvoice,
  kTradeFair,
  kWordOfMouth,
  kMotorwayExit,
  kFerryTerminal,
  kParkingGuide,
  kCompetitor,
  kImprint,
  kCareers,
  kStoreFinder,
  kBlog,
  kAppSettings,
  kEnd,
};

// By which identifiers a place knows who is there.
enum class Knows : uint8_t { kCookie, kDevice, kEmail, kPhone, kLoyalty, kCrm };

struct PlaceFacts {
  model::Text channel;
  model::Text touchpoint;
  model::Source source;
  Knows knows = Knows::kCookie;
  bool personal = false;  // a person meets the customer
};

const PlaceFacts& FactsOf(Place place);

}  // namespace waymark::generate
