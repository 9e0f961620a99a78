#pragma once

#include <string>

#include "generate/generator.h"

namespace waymark::generate {

// Calls `visit` with every item of the stream and returns what the generator counted.
template <class Visit>
Counts ForEach(const Settings& settings, Visit visit) {
  Generator generator(settings);
  Item item;
  while (generator.Next(item)) visit(item);
  return generator.counts();
}

// Everything that the item says, so that a difference anywhere shows.
std::string Describe(const Item& item);
// One hash of the whole stream.
uint64_t Fingerprint(const Settings& settings);

inline Settings SmallCompany() {
  Settings settings;
  settings.profiles = 1000;
  settings.interactions = 30'000;
  return settings;
}

}  // namespace waymark::generate
