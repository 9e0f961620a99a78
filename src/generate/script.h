#pragma once

#include <cstdint>
#include <span>

#include "generate/place.h"
#include "model/interaction.h"

namespace waymark::generate {

// The six default stages, by which the truth is written.
enum class Stage : uint8_t { kInspiration, kInformation, kComparison, kPurchase, kUse, kAdvocacy };
inline constexpr size_t kStageCount = 6;
model::Text ToString(Stage stage);

// The pause before a step. All but kNow start another session.
enum class Gap : uint8_t {
  kNow,      // seconds to minutes: the same session
  kHours,    // 1.5 to 10 hours
  kDays,     // 1 to 4 days
  kWeeks,    // 6 to 15 days
  kMonths,   // 25 to 40 days
  kSilence,  // 100 to 140 days: long enough to count as gone
};

// What an interaction carries beyond place, action and identifiers: a set of bits.
using Carries = uint32_t;
inline constexpr Carries kNothing = 0;
inline constexpr Carries kCampaign = 1U << 0;
inline constexpr Carries kNeed = 1U << 1;
inline constexpr Carries kImpulse = 1U << 2;
inline constexpr Carries kIntent = 1U << 3;
inline constexpr Carries kProduct = 1U << 4;  // and its category
inline constexpr Carries kContract = 1U << 5;
inline constexpr Carries kValue = 1U << 6;  // and the currency
inline constexpr Carries kOrder = 1U << 7;  // attributes.order
inline constexpr Carries kGoodRating = 1U << 8;
inline constexpr Carries kMixedRating = 1U << 9;
inline constexpr Carries kBadRating = 1U << 10;
inline constexpr Carries kKnown = 1U << 11;        // from here on the customer is known by name
inline constexpr Carries kBirthday = 1U << 12;     // profile.birthday
inline constexpr Carries kPersona = 1U << 13;      // profile.persona, language, time_zone
inline constexpr Carries kTicket = 1U << 14;       // attributes.ticket
inline constexpr Carries kAboutOrder = 1U << 15;   // refers_to.order
inline constexpr Carries kAnchor = 1U << 16;       // a later kAboutAnchor refers to this one
inline constexpr Carries kAboutAnchor = 1U << 17;  // refers_to {source_system, id}
inline constexpr Carries kLessContact = 1U << 18;  // command CONSENT, profile.consent = service
inline constexpr Carries kCompetitor = 1U << 19;   // attributes.competitor
inline constexpr Carries kLocation = 1U << 20;     // attributes.location
inline constexpr Carries kAudit = 1U << 21;        // attributes.question
inline constexpr Carries kAccount = 1U << 22;      // the company of a business contact
inline constexpr Carries kAnniversary = 1U << 23;  // profile.customer_since
inline constexpr Carries kGuide = 1U << 24;        // the category of a guide's page
inline constexpr Carries kSale = kProduct | kValue | kOrder;
inline constexpr Carries kFirstSale = kSale | kKnown | kPersona;

// Signals that the script expects here, a set of bits; their names: truth.cc.
using Marks = uint16_t;
inline constexpr Marks kNoMark = 0;
inline constexpr Marks kMarkFirstTouch = 1U << 0;     // set by the walker, never by a script
inline constexpr Marks kMarkFirstPersonal = 1U << 1;  // set by the walker, never by a script
inline constexpr Marks kMarkAbandoned = 1U << 2;
inline constexpr Marks kMarkSwitched = 1U << 3;
inline constexpr Marks kMarkIrritation = 1U << 4;
inline constexpr Marks kMarkAdvocacy = 1U << 5;
inline constexpr Marks kMarkObjective = 1U << 6;
inline constexpr Marks kMarkExperience = 1U << 7;
inline constexpr Marks kMarkReactivated = 1U << 8;
inline constexpr Marks kMarkLoyal = 1U << 9;
inline constexpr Marks kMarkOnboarded = 1U << 10;
inline constexpr Marks kMarkBirthday = 1U << 11;
inline constexpr Marks kMarkAnniversary = 1U << 12;
inline constexpr Marks kMarkHandover = 1U << 13;
inline constexpr Marks kMarkInactive = 1U << 14;
inline constexpr size_t kMarkCount = 15;

struct Times {
  uint8_t least = 1;
  uint8_t most = 1;
};

// One line of a script. It happens `times` times within one session, then the script goes on.
struct ScriptStep {
  Stage stage = Stage::kInspiration;
  Gap gap = Gap::kNow;
  Place at = Place::kHomePage;
  model::Text action{};
  Times times{};
  uint8_t skip = 0;  // percent: left out
  Carries carries = kNothing;
  Marks marks = kNoMark;       // most on the last of its times only (walker.cc)
  Place other = Place::kSame;  // where a seventh of the customers goes instead
  uint8_t back = 0;            // a fifth of the customers goes back by so many steps
  model::Kind kind = model::Kind::kCustomer;
  model::Text check_type{};
  uint8_t track = 0;  // 1: the second of two journeys that run side by side
};

// How customers are split: business customers draw from other scripts than private ones.
struct Weight {
  uint16_t personal = 0;
  uint16_t business = 0;
};

struct Script {
  model::Text name;  // "E4"
  model::Text family;
  Weight weight;                 // among all scripts of the mix
  bool needs_time = false;       // its silences must not be hurried
  bool ends_in_silence = false;  // nothing follows for long, or the truth does not say ABANDONED
  std::span<const ScriptStep> steps;

  uint8_t tracks() const { return steps.back().track != 0 ? 2 : 1; }
};

// E0 to E21 and S1. E0 is the short anonymous visit: its steps are drawn, not followed.
std::span<const Script> Scripts();
inline constexpr size_t kVisit = 0;

// The parts of the mix, by the file that holds their tables.
std::span<const Script> PurchaseScripts();
std::span<const Script> ServiceScripts();
std::span<const Script> CareScripts();

// Actions that say nothing about the stage.
struct NoiseAction {
  Place at = Place::kImprint;
  model::Text action{};
  bool known_only = false;  // only customers with an account do this
};
std::span<const NoiseAction> NoiseActions();

}  // namespace waymark::generate
