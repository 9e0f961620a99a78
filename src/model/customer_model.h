#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/condition.h"
#include "model/signal.h"

namespace waymark::model {

// How the customer's interactions are cut into sessions.
struct SessionRules {
  std::map<std::string, base::Millis> gap_by_channel;  // elsewhere the setting session.gap
  std::optional<base::Millis> length_max;              // a session open that long is closed
  std::optional<Condition> start;  // always begins a session
  std::optional<Condition> end;    // its session is closed right after it
};

// So many purchases within so long make a loyal customer.
struct LoyaltyRule {
  int32_t purchases = 0;
  base::Millis within{0};
};
inline constexpr int32_t kLoyalPurchasesMax = 16;

// How customer_status is found.
struct StatusRules {
  std::optional<Condition> buy;                 // absent: everybody stays a prospect
  std::optional<base::Millis> existing_after;   // a new customer is an existing one then
  std::optional<Condition> leave;
  std::optional<base::Millis> inactive_after;   // silence of the customer
  std::optional<LoyaltyRule> loyal;
};

// Absence as a result: an interaction that nothing answers in time.
struct WaitRule {
  std::string name;
  SignalKind kind = SignalKind::kNeglected;
  Condition when;
  Condition until;
  base::Millis within{0};
  std::string completed;  // name of the signal where `until` came in time; empty: none
  Place place;
};
inline constexpr size_t kWaitsMax = 16;

// A day that a profile attribute names.
struct DateRule {
  std::string name;
  std::string attribute;
  bool every_year = false;
  base::Millis before{0};
  base::Millis at{0};  // time of day, in the customer's time zone
  Place place;
};
inline constexpr size_t kDatesMax = 16;

// An audience of the company: several types of customer, each a persona.
struct TargetGroup {
  std::string name;
  std::map<std::string, std::string> titles;
  std::vector<std::string> personas;
  bool important = false;  // it should have a model of its own
  Place place;
};
inline constexpr size_t kTargetGroupsMax = 1'000;

// What holds for a customer whatever the journeys: one such file among the models, or none.
struct CustomerModel {
  std::string name;
  int32_t version = 1;
  std::map<std::string, std::string> titles;  // language → title
  std::string description;
  SessionRules sessions;
  std::optional<StatusRules> status;  // absent: customer_status is left open
  std::vector<WaitRule> waits;
  std::vector<DateRule> dates;
  std::vector<TargetGroup> target_groups;
  std::string time_zone = "UTC";  // where the profile attribute `time_zone` names none
  std::string file;               // for messages
  Place place;                    // of its name
};

}  // namespace waymark::model
