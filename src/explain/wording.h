#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/interaction.h"
#include "model/signal.h"

// How interactions, times and durations are told in a sentence, in English.
namespace waymark::explain {

// "the customer put X1 in the cart on the website, at 'basket'"; conventional actions and channels
// have words of their own, others are named.
std::string Told(const model::Interaction& interaction);

// What a rule found, by the kind and name of its signal: "was neglected ('unanswered')".
std::string Found(model::SignalKind kind, std::string_view name);

// "on 3 May 2024 at 14:12 UTC"; seconds only where they are not zero.
std::string OnDay(int64_t ms);

// "3 days and 4 hours": the two leading units; whole years as "2 years".
std::string Spelled(base::Millis duration);

// "3d4h5m": as a model file may say it, all units that are not zero.
std::string ByUnits(base::Millis duration);

// "a, b and c".
std::string Listed(const std::vector<std::string>& texts);

std::string Quoted(std::string_view text);

// A number given in thousandths, without needless digits: "3", "4.25".
std::string InThousandths(int64_t thousandths);

}  // namespace waymark::explain
