#include "journey/correction.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace waymark::journey {

using model::Interaction;
using model::Text;

namespace {

constexpr Text kCorrectAction = "correct";

template <class T>
void Replace(const std::optional<T>& by, std::optional<T>& value) {
  if (by) value = by;
}

void Replace(const model::TextMap& by, model::TextMap& map) {
  for (const model::TextEntry& entry : by) {
    const auto at = std::lower_bound(
        map.begin(), map.end(), entry.key,
        [](const model::TextEntry& known, Text key) { return known.key < key; });
    if (at != map.end() && at->key == entry.key) {
      at->value = entry.value;
    } else {
      map.insert(at, entry);
    }
  }
}

void Replace(const model::Rating& by, model::Rating& rating) {
  Replace(by.satisfaction, rating.satisfaction);
  Replace(by.nps, rating.nps);
  Replace(by.emotion, rating.emotion);
  Replace(by.need_fulfilment, rating.need_fulfilment);
  if (!by.comment.empty()) rating.comment = by.comment;
}

}  // namespace

bool IsAbout(const Interaction& correction, const Interaction& other) {
  if (!correction.refers_to || IsCorrection(other)) return false;
  const model::RefersTo& to = *correction.refers_to;
  if (!to.id.empty()) {
    const Text system = to.source_system.empty() ? correction.source.system : to.source_system;
    return to.id == other.id && system == other.source.system;
  }
  return to.time && to.time == other.time && !to.touchpoint.empty() &&
         to.touchpoint == other.touchpoint;
}

void Correct(const Interaction& correction, Interaction& other) {
  using Field = Text Interaction::*;
  for (const Field field :
       {&Interaction::account, &Interaction::touchpoint, &Interaction::campaign,
        &Interaction::need, &Interaction::impulse, &Interaction::intent, &Interaction::product,
        &Interaction::category, &Interaction::contract, &Interaction::currency,
        &Interaction::check_type}) {
    if (!(correction.*field).empty()) other.*field = correction.*field;
  }
  if (correction.action != kCorrectAction) {
    other.channel = correction.channel;
    other.action = correction.action;
  }
  Replace(correction.value_micros, other.value_micros);
  if (correction.rating) {
    if (!other.rating) other.rating.emplace();
    Replace(*correction.rating, *other.rating);
  }
  Replace(correction.profile, other.profile);
  Replace(correction.attributes, other.attributes);
}

}  // namespace waymark::journey
