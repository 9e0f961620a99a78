#pragma once

#include <string>
#include <vector>

namespace waymark::exports {

// What a case is.
enum class CaseBy { kJourney, kSession, kProfile };

// What an activity is named by.
enum class ActivityPart { kAction, kTouchpoint, kStage, kStation };

// What is exported of the steps.
struct Selection {
  CaseBy case_by = CaseBy::kJourney;
  std::vector<ActivityPart> activity = {ActivityPart::kAction};
  std::string family;                   // the only one whose journeys count; empty: all
  std::vector<std::string> attributes;  // of interactions, told beside the fields
  std::string resource;                 // the attribute that names who did it; empty: none does
};

}  // namespace waymark::exports
