#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::base {

// A noun of the kind that takes an "s", for so many: "step", "steps".
template <class Number>
std::string NounFor(Number number, std::string_view one) {
  return std::string(one) + (number == 1 ? "" : "s");
}

// "1 step", "2 steps".
template <class Number>
std::string Counted(Number number, std::string_view one) {
  return std::to_string(number) + " " + NounFor(number, one);
}

}  // namespace waymark::base
