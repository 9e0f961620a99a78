#pragma once

#include <string>

namespace waymark::app {

// The first field in which two JSON objects differ, in the order of the first: where it stands
// ("placements[1].stage") and what each has there; "(absent)" where one does not have it.
struct FieldDifference {
  std::string path;
  std::string a;
  std::string b;
};
FieldDifference FirstDifference(const std::string& json_a, const std::string& json_b);

}  // namespace waymark::app
