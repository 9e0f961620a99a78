#include "generate/customer.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace waymark::generate {
namespace {
enum class Salt : uint64_t { kDevice, kCookie, kBorn, kPersona, kLanguage };

constexpr std::array<model::Text, 4> kPersonas = {"young", "family", "careful", "curious"};
constexpr std::array<model::Text, 8> kLanguages = {"de", "de", "de", "de", "en", "en", "fr", "it"};
constexpr uint32_t kRunsPerCookie = 4;

std::chrono::year_month_day DateOf(int64_t time_ms) {
  using namespace std::chrono;
  return floor<days>(sys_time<milliseconds>(milliseconds(time_ms)));
}

int64_t MidnightOf(std::chrono::year year, std::chrono::month month, unsigned day) {
  using namespace std::chrono;
  const sys_days date(year / month / std::chrono::day(std::min(day, 28U)));
  return duration_cast<milliseconds>(date.time_since_epoch()).count();
}
}  // namespace

model::Text Customer::Phone(TextRoom& room) const {
  // 999 is no country's code, so nobody has this number.
  return room.Number("+999", number(), 10);
}

model::Text Customer::Email(TextRoom& room) const {
  return room.Number("c", number(), 1, "@mail.example");
}

model::Text Customer::Device(TextRoom& room) const {
  return room.Hex("dv-", Draw(Salt::kDevice));
}

model::Text Customer::Cookie(uint32_t run, TextRoom& room) const {
  return room.Hex("ck-", base::Mix64(Draw(Salt::kCookie) + run / kRunsPerCookie));
}

model::Text Customer::persona() const {
  return is_business() ? "business" : kPersonas[Draw(Salt::kPersona) % kPersonas.size()];
}

model::Text Customer::language() const {
  return kLanguages[Draw(Salt::kLanguage) % kLanguages.size()];
}

int64_t Customer::born() const {
  using namespace std::chrono;
  Random random(Draw(Salt::kBorn));
  const year born_in(static_cast<int>(random.Between(1945, 2005)));
  const month in_month(1 + random.Below(12));
  return MidnightOf(born_in, in_month, 1 + random.Below(28));
}

void PutIdentifiers(const Customer& customer, const Event& event, bool names_customer, Item& item) {
  auto& identifiers = item.interaction.identifiers;
  TextRoom& room = item.room;
  const Knows knows = FactsOf(event.place).knows;
  const bool known = event.known;
  if (knows == Knows::kCookie || (knows == Knows::kEmail && !known)) {
    identifiers.push_back({"cookie", customer.Cookie(event.run, room)});
  }
  if (knows == Knows::kDevice || (knows == Knows::kLoyalty && !known)) {
    identifiers.push_back({"device", customer.Device(room)});
  }
  if (knows == Knows::kPhone || (knows == Knows::kCrm && !known)) {
    identifiers.push_back({"phone", customer.Phone(room)});
  }
  if (knows == Knows::kLoyalty && known) {
    identifiers.push_back({"loyalty", customer.Loyalty(room)});
  }
  if ((knows == Knows::kEmail && known) || names_customer) {
    identifiers.push_back({"email", customer.Email(room)});
  }
  const bool uses_crm = knows == Knows::kCrm || knows == Knows::kPhone || knows == Knows::kDevice;
  if ((known && uses_crm) || names_customer) {
    identifiers.push_back({"crm", customer.Crm(room)});
  }
}

int64_t NextYearly(int64_t date_ms, int64_t time_ms) {
  const auto date = DateOf(date_ms);
  const auto now = DateOf(time_ms);
  const int64_t this_year = MidnightOf(now.year(), date.month(), static_cast<unsigned>(date.day()));
  if (this_year > time_ms) return this_year;
  return MidnightOf(now.year() + std::chrono::years(1), date.month(),
                    static_cast<unsigned>(date.day()));
}

}  // namespace waymark::generate
