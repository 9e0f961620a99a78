#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "journey/compiled_model.h"

namespace waymark::journey {

// That a journey goes over to a version with Fate::kMigrate. Which journeys do so is found by
// folding up to that version's `effective_from`; then the profile is folded again with what was
// found, so that the journey was under the new version from its start on. Like corrections these
// are a profile's as a whole, not of one place in its timeline.
//
// Of several migrations the one that takes effect first is done first, since what it changes may
// decide about the others. So the outcome is a function of the set of interactions.
struct Migration {
  const CompiledModel* to = nullptr;
  std::string key;        // of the journey
  base::Timestamp since;  // its start
  bool wanted = false;    // found, but the profile was not folded again yet

  // Of the version, in event time.
  base::Timestamp takes_effect() const { return to->definition.effective_from; }
  friend bool operator==(const Migration&, const Migration&) = default;
};
using Migrations = std::vector<Migration>;

bool HasWanted(const Migrations& migrations);

// True: an interaction at this time may decide about one that is done.
bool Decides(const Migrations& migrations, base::Timestamp time);
// What stands though the profile's interactions may be other ones from this time on: no more than
// what was done, and found before.
Migrations Standing(const Migrations& migrations, base::Timestamp changed_from);
// What the profile is to be folded with next: what stands, and those of the wanted ones that take
// effect first.
Migrations WithFirstWanted(const Migrations& migrations);
// Of a fold at some place of a profile: what is done for the profile, and what is wanted there.
Migrations DoneAndWanted(const Migrations& profile, const Migrations& there);
// From this time on folds with one and with the other may differ; max(): they are alike.
base::Timestamp FirstDifference(const Migrations& before, const Migrations& after);

}  // namespace waymark::journey
