#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/journey_model.h"

namespace waymark::model {

struct Marked {
  std::string text;
  std::vector<Place> places;
};

// Takes the marks '@@' out of a text; each stands before a place where a fault is expected.
inline Marked TakeMarks(std::string_view text) {
  Marked out;
  Place at{1, 1};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "@@") {
      out.places.push_back(at);
      ++i;
      continue;
    }
    out.text += text[i];
    at = text[i] == '\n' ? Place{at.line + 1, 1} : Place{at.line, at.column + 1};
  }
  return out;
}

struct Case {
  const char* name;
  const char* yaml;
  const char* message;
  const char* hint;
};

inline std::vector<Fault> ExpectPlaces(const std::string& yaml) {
  const Marked marked = TakeMarks(yaml);
  const ModelSet set = ParseModel(marked.text, "m.yaml");
  EXPECT_TRUE(set.models.empty() && !set.customer);
  EXPECT_EQ(set.faults.size(), marked.places.size()) << yaml;
  for (size_t i = 0; i < std::min(set.faults.size(), marked.places.size()); ++i) {
    EXPECT_EQ(set.faults[i].file, "m.yaml");
    EXPECT_FALSE(set.faults[i].hint.empty()) << set.faults[i].text();
    EXPECT_EQ(set.faults[i].place.line, marked.places[i].line) << set.faults[i].text();
    EXPECT_EQ(set.faults[i].place.column, marked.places[i].column) << set.faults[i].text();
  }
  return set.faults;
}

inline void ExpectCase(const Case& c, const std::string& yaml) {
  SCOPED_TRACE(c.name);
  const std::vector<Fault> faults = ExpectPlaces(yaml);
  ASSERT_FALSE(faults.empty());
  EXPECT_THAT(faults.front().message, ::testing::HasSubstr(c.message));
  EXPECT_THAT(faults.front().hint, ::testing::HasSubstr(c.hint));
}

}  // namespace waymark::model
