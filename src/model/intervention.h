#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/condition.h"

namespace waymark::model {

struct JourneyModel;

// What an improvement is to bring.
enum class Aim : uint8_t { kAcquisition, kCare, kRetention, kSatisfaction };
std::string_view ToString(Aim aim);  // "acquisition"

// Something that the organisation did to improve the journey of a model. It is known to no fold:
// figures before and after it are compared (measure/course.h).
struct Intervention {
  std::string id;
  std::map<std::string, std::string> what;  // language → text; "": of no language
  base::Timestamp at;                       // when it took effect
  Aim aim = Aim::kSatisfaction;
  // Where: in a stage or at a touchpoint, one of which is empty; the channel, unless it is empty,
  // narrows either.
  std::string stage;
  std::string touchpoint;
  std::string channel;
  std::string owner;  // department; may be empty
  Place place;
};

// Of a file, and of all versions of a model together.
inline constexpr size_t kInterventionsMax = 50;

// Those of one model, by time.
struct ModelInterventions {
  std::vector<Intervention> list;
  size_t left_out = 0;  // the oldest, where there are more than kInterventionsMax
};
// By the model's name.
using Interventions = std::map<std::string, ModelInterventions, std::less<>>;

// What all versions of each model say; an id that several versions have is taken from the newest.
Interventions CollectInterventions(std::span<const JourneyModel> models);

}  // namespace waymark::model
