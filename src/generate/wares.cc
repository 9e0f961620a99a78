#include "generate/wares.h"

#include <array>

#include "generate/customer.h"

namespace waymark::generate {
namespace {
using model::Text;

struct Category {
  Text name;
  Text need;
  Text product_prefix;
};
constexpr std::array<Category, 8> kCategories = {{{"mobile", "stay reachable", "mobile-"},
                                                  {"internet", "fast connection", "internet-"},
                                                  {"furniture", "new home", "furniture-"},
                                                  {"garden", "work outside", "garden-"},
                                                  {"travel", "time away", "travel-"},
                                                  {"kitchen", "cook better", "kitchen-"},
                                                  {"tools", "repair at home", "tools-"},
                                                  {"sports", "get fit", "sports-"}}};
constexpr std::array<Text, 6> kCampaigns = {"spring-sale",  "new-home", "summer-trip",
                                            "back-to-work", "advent",   "loyal-friends"};
constexpr std::array<Text, 5> kImpulses = {"moving", "broken device", "friend's advice",
                                           "advertisement", "payday"};
constexpr std::array<Text, 4> kIntents = {"buy now", "find the best price", "replace", "gift"};
constexpr std::array<Text, 4> kGuides = {"culture", "food", "shops", "doctors"};
constexpr std::array<Text, 3> kLocations = {"exit-12", "pier-3", "parking-north"};
constexpr std::array<Text, 4> kGood = {"sehr schön, gerne wieder", "quick and friendly",
                                       "très bien", "exactly what I needed"};
constexpr std::array<Text, 4> kBad = {"the form lost my entries", "zu lange gewartet",
                                      "nobody could help me", "arrived broken"};
constexpr std::array<Text, 3> kMixed = {"it is fine", "ganz in Ordnung", "could be faster"};
constexpr std::array<Text, 3> kQuestions = {"greeted within a minute", "needs were asked for",
                                            "signs were easy to find"};
constexpr uint64_t kRunSalt = 0xd000'0000;
constexpr uint64_t kEventSalt = 0xe000'0000'0000;
constexpr int64_t kMicrosPerCent = 10'000;

template <class Table>
Text Pick(const Table& table, uint64_t number) {
  return table[number % table.size()];
}

// Successive runs differ in their category, so that two journeys side by side have different needs.
const Category& CategoryOf(const Event& event, uint64_t seed) {
  const uint64_t first = SeedOf(seed, event.profile, kRunSalt);
  return kCategories[(first + event.run) % kCategories.size()];
}

void PutProduct(const Event& event, const ScriptStep& step, uint64_t run, Random& random,
                uint64_t seed, model::Interaction& value, TextRoom& room) {
  const Category& category = CategoryOf(event, seed);
  // While comparing, several products are in the relevant set; else it is the one of the journey.
  const uint64_t among = step.action == "compare" ? random.Below(4) : 0;
  value.product = room.Number(category.product_prefix, (run + among) % 40 + 1);
  value.category = category.name;
}

model::Rating MakeRating(Carries carries, Random& random) {
  model::Rating rating;
  int64_t satisfaction = 0;
  if ((carries & kGoodRating) != 0) {
    satisfaction = random.Between(4, 5);
    rating.nps = static_cast<int32_t>(random.Between(9, 10));
    rating.emotion = static_cast<int32_t>(random.Between(1, 2));
    rating.comment = Pick(kGood, random.Next());
  } else if ((carries & kBadRating) != 0) {
    satisfaction = random.Between(1, 2);
    rating.nps = static_cast<int32_t>(random.Between(0, 5));
    rating.emotion = static_cast<int32_t>(random.Between(-2, -1));
    rating.comment = Pick(kBad, random.Next());
  } else {
    satisfaction = random.Between(2, 5);
    rating.emotion = static_cast<int32_t>(random.Between(-1, 1));
    rating.comment = Pick(kMixed, random.Next());
  }
  rating.satisfaction = static_cast<int32_t>(satisfaction);
  if (random.Below(2) == 0) rating.need_fulfilment = static_cast<int32_t>(satisfaction);
  return rating;
}

Text OrderOf(const Event& event, TextRoom& room) {
  return room.Pair("O", uint64_t{event.profile} + 1, event.order);
}

void PutReference(const Event& event, const ScriptStep& step, Item& item) {
  model::RefersTo reference;
  if ((step.carries & kAboutOrder) != 0) {
    reference.order = OrderOf(event, item.room);
  } else {
    const ScriptStep& anchor = Scripts()[event.script].steps[event.anchor_step];
    reference.source_system = FactsOf(anchor.at).source.system;
    reference.id = item.room.Pair("i", uint64_t{event.profile} + 1, event.anchor);
  }
  item.interaction.refers_to = reference;
}

// Sorted by key, as maps are.
void PutAttributes(const Event& event, Carries carries, Random& random, Item& item) {
  model::TextMap& map = item.interaction.attributes;
  if ((carries & kCompetitor) != 0) map.push_back({"competitor", "other-provider"});
  if ((carries & kLocation) != 0) map.push_back({"location", Pick(kLocations, random.Next())});
  if ((carries & kOrder) != 0) map.push_back({"order", OrderOf(event, item.room)});
  if ((carries & kAudit) != 0) map.push_back({"question", Pick(kQuestions, random.Next())});
  if ((carries & kTicket) != 0) {
    map.push_back({"ticket", item.room.Pair("T", uint64_t{event.profile} + 1, event.run)});
  }
}

void PutProfile(const Customer& customer, const Event& event, Carries carries, Item& item) {
  model::TextMap& map = item.interaction.profile;
  if ((carries & kBirthday) != 0) map.push_back({"birthday", item.room.Date(customer.born())});
  if ((carries & kLessContact) != 0) {
    item.interaction.command = model::Command::kConsent;
    map.push_back({"consent", "service"});
  }
  if ((carries & kAnniversary) != 0) {
    map.push_back({"customer_since", item.room.Date(event.time)});
  }
  if ((carries & kPersona) != 0) {
    map.push_back({"language", customer.language()});
    map.push_back({"persona", customer.persona()});
    map.push_back({"time_zone", "Europe/Berlin"});
  }
}
}  // namespace

void PutWares(const Event& event, const ScriptStep& step, uint64_t seed, Item& item) {
  const Carries carries = step.carries;
  const Customer customer(seed, event.profile);
  const uint64_t run = SeedOf(seed, event.profile, kRunSalt + event.run);
  Random random(SeedOf(seed, event.profile, kEventSalt + event.ordinal));
  model::Interaction& value = item.interaction;
  if ((carries & kCampaign) != 0) value.campaign = Pick(kCampaigns, run >> 8);
  if ((carries & kNeed) != 0) value.need = CategoryOf(event, seed).need;
  if ((carries & kImpulse) != 0) value.impulse = Pick(kImpulses, (run >> 16) + event.run);
  if ((carries & kIntent) != 0) value.intent = Pick(kIntents, run >> 24);
  if ((carries & kProduct) != 0) PutProduct(event, step, run, random, seed, value, item.room);
  if ((carries & kGuide) != 0) value.category = Pick(kGuides, random.Next());
  if ((carries & kContract) != 0) value.contract = customer.Contract(item.room);
  if ((carries & kAccount) != 0) value.account = customer.Account(item.room);
  if ((carries & kValue) != 0) {
    value.value_micros = Random(run).Between(990, 149'900) * kMicrosPerCent;
    value.currency = "EUR";
  }
  if ((carries & (kGoodRating | kMixedRating | kBadRating)) != 0) {
    value.rating = MakeRating(carries, random);
  }
  if ((carries & (kAboutOrder | kAboutAnchor)) != 0) PutReference(event, step, item);
  PutAttributes(event, carries, random, item);
  PutProfile(customer, event, carries, item);
}

}  // namespace waymark::generate
