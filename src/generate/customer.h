#pragma once

#include <cstdint>

#include "generate/item.h"
#include "generate/walker.h"

namespace waymark::generate {

// Who a customer is: nothing is stored, all of it follows from seed and number.
class Customer {
 public:
  Customer(uint64_t seed, uint32_t profile) : seed_(seed), profile_(profile) {}

  model::Text Key(TextRoom& room) const { return room.Number("customer-", number(), 6); }
  model::Text Crm(TextRoom& room) const { return room.Number("C", number(), 8); }
  model::Text Loyalty(TextRoom& room) const { return room.Number("L", number(), 9); }
  model::Text Phone(TextRoom& room) const;
  model::Text Email(TextRoom& room) const;
  model::Text Device(TextRoom& room) const;
  // Cookies last for four journeys.
  model::Text Cookie(uint32_t run, TextRoom& room) const;
  model::Text Account(TextRoom& room) const { return room.Number("company-", profile_ / 4 + 1); }
  model::Text Contract(TextRoom& room) const { return room.Number("K", number()); }

  bool is_business() const { return IsBusiness(seed_, profile_); }
  model::Text persona() const;
  model::Text language() const;
  // Midnight UTC of the day of birth, ms since epoch; the day is at most the 28th.
  int64_t born() const;

  uint32_t number() const { return profile_ + 1; }
  uint64_t seed() const { return seed_; }

 private:
  // `salt` tells the draws about one customer apart.
  template <class Salt>
  uint64_t Draw(Salt salt) const {
    return SeedOf(seed_, profile_, 0xc000 + static_cast<uint64_t>(salt));
  }

  uint64_t seed_;
  uint32_t profile_;
};

// The identifiers by which a place knows the customer, anonymous ones until the customer is known.
// `names_customer`: this very interaction tells who it is, so that it links both.
void PutIdentifiers(const Customer& customer, const Event& event, bool names_customer, Item& item);

// Midnight UTC of the next day after `time_ms` with the month and day of `date_ms`.
int64_t NextYearly(int64_t date_ms, int64_t time_ms);

}  // namespace waymark::generate
