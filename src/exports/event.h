#pragma once

#include <string>
#include <vector>

#include "exports/selection.h"
#include "model/step.h"

namespace waymark::exports {

// A step as an event. Everything points into the step.
struct Event {
  const model::Step* step = nullptr;
  const model::Interaction* interaction = nullptr;  // as it counts: corrections are made
  const model::Placement* placement = nullptr;      // in the journey told of; null: in none
};

// An event of the step where its placement is that of this number, from 0; negative: of none.
Event MakeEvent(const model::Step& step, int placement);

// False for mystery checks, observed walks and corrections.
bool IsEvent(const model::Step& step);
// The first placement of the family, or of any where none is named; negative: there is none.
int FirstPlacement(const model::Step& step, const std::string& family);

// "view"; of several parts "home-page+view", as classifiers of XES join them. An absent part is
// left out; where all are absent: "(no touchpoint)".
void AppendActivity(const Event& event, const std::vector<ActivityPart>& parts, std::string& out);

// "PROFILE/SYSTEM/ID", unique among all steps.
void AppendEventId(const model::Step& step, std::string& out);

}  // namespace waymark::exports
