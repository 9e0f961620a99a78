#include "generate/composer.h"

#include <algorithm>

#include "generate/customer.h"
#include "generate/wares.h"

namespace waymark::generate {
namespace {
constexpr uint64_t kCopySalt = 0xf000'0000'0000;

const ScriptStep& StepOf(const Event& event) {
  return Scripts()[event.script].steps[event.step];
}

// The same interaction told a second time by its source: marked, and every third with a later time.
void MakeDiffer(const Event& event, uint64_t seed, model::Interaction& value) {
  Random random(SeedOf(seed, event.profile, kCopySalt + event.ordinal));
  auto& map = value.attributes;
  const auto at = std::find_if(map.begin(), map.end(),
                               [](const model::TextEntry& entry) { return entry.key > "attempt"; });
  map.insert(at, {"attempt", "2"});
  if (random.Below(3) == 0) *value.time += random.Between(1, 900);
}
}  // namespace

void Composer::Compose(const Event& event, Copy copy, Item& item) const {
  item.room.Clear();
  item.interaction.Clear();
  item.truth.Clear();
  item.copy = copy;

  const Customer customer(seed_, event.profile);
  const PlaceFacts& place = FactsOf(event.place);
  model::Interaction& value = item.interaction;
  item.key = customer.Key(item.room);
  value.key = item.key;
  value.id = item.room.Pair("i", customer.number(), event.ordinal);
  value.time = event.time;
  value.channel = place.channel;
  value.touchpoint = place.touchpoint;
  value.source = place.source;
  if (event.noise != 0) {
    value.action = NoiseActions()[event.noise - size_t{1}].action;
    PutIdentifiers(customer, event, false, item);
  } else {
    const ScriptStep& step = StepOf(event);
    value.action = step.action;
    if (step.kind != model::Kind::kCustomer) value.kind = step.kind;
    value.check_type = step.check_type;
    PutIdentifiers(customer, event, (step.carries & kKnown) != 0, item);
    PutWares(event, step, seed_, item);
  }
  PutTruth(event, item);
  if (copy == Copy::kDiffering) MakeDiffer(event, seed_, value);
}

void Composer::PutTruth(const Event& event, Item& item) const {
  const Script& script = Scripts()[event.script];
  const ScriptStep& step = StepOf(event);
  Truth& truth = item.truth;
  truth.outcome = item.copy == Copy::kOriginal ? Outcome::kStep : Outcome::kDuplicate;
  truth.profile = item.key;
  truth.source_system = item.interaction.source.system;
  truth.id = item.interaction.id;
  truth.time = event.time;
  truth.script = script.name;
  truth.family = script.family;
  truth.run = event.run;
  truth.stage = ToString(step.stage);
  truth.noise = event.noise != 0;
  if (truth.noise) return;
  if ((step.carries & kAboutAnchor) != 0) {
    truth.rated_stage = ToString(script.steps[event.anchor_step].stage);
  }
  SignalDates dates;
  if ((event.marks & (kMarkBirthday | kMarkAnniversary)) != 0) {
    dates.birthday = NextYearly(Customer(seed_, event.profile).born(), event.time);
    dates.anniversary = NextYearly(event.time, event.time);
  }
  AddSignals(event.marks, dates, truth.signals);
}

}  // namespace waymark::generate
