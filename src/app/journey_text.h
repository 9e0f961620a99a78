#pragma once

#include <optional>
#include <string>

#include "app/state_view.h"
#include "base/time.h"

namespace waymark::app {

// "3d 4h", "12m 5s", "250 ms": the two leading units of a duration, for people.
std::string RoughDuration(base::Millis duration);
// "open", "completed" …
std::string StatusName(model::JourneyStatus status);
std::string TimeText(std::optional<int64_t> ms);

struct TextLimits {
  std::optional<size_t> width;  // of the terminal; nothing: lines may be long
  size_t rows_max = 0;          // newest steps and signals shown; 0: all
};

// A profile's journeys, session, timeline and signals as aligned text.
std::string ProfileText(const ProfileView& view, const TextLimits& limits);

}  // namespace waymark::app
