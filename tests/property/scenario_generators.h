#pragma once

#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "property/fold_scenario.h"

namespace waymark::test {

rc::Gen<RandomModel> AnyModel();
rc::Gen<Scenario> AnyScenario();

engine::TaskSettings TaskSettingsOf(const Scenario& scenario);

// The journeys of each profile, without the engine: what its interactions say as corrected, folded
// one after the other.
std::map<std::string, std::string> FoldedPlainly(const journey::Fold& fold,
                                                 const std::vector<RandomEvent>& distinct,
                                                 base::Timestamp horizon);

}  // namespace waymark::test
