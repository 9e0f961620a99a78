#include "model/interaction.h"

#include <algorithm>
#include <utility>

namespace waymark::model {

void Interaction::Clear() {
  auto kept_identifiers = std::move(identifiers);
  auto kept_profile = std::move(profile);
  auto kept_attributes = std::move(attributes);
  *this = Interaction();
  kept_identifiers.clear();
  kept_profile.clear();
  kept_attributes.clear();
  identifiers = std::move(kept_identifiers);
  profile = std::move(kept_profile);
  attributes = std::move(kept_attributes);
}

Text Find(const TextMap& map, Text key) {
  const auto at = std::lower_bound(map.begin(), map.end(), key,
                                   [](const TextEntry& e, Text k) { return e.key < k; });
  return at != map.end() && at->key == key ? at->value : Text();
}

Text Interaction::Attribute(Text name) const { return Find(attributes, name); }

OrderKey OrderOf(const Interaction& interaction) {
  return {interaction.time.value_or(0), interaction.sequence.value_or(0),
          interaction.source.system, interaction.id};
}

}  // namespace waymark::model
