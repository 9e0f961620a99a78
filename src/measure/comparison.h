#pragma once

#include <cstdint>
#include <optional>

#include "measure/cell.h"
#include "measure/statistics.h"

namespace waymark::measure {

// What is after less what is before, and its 95 % confidence interval. Pure; both samples are taken
// for independent ones.
struct Difference {
  double value = 0;
  double low = 0;
  double high = 0;
};

struct Proportion {
  int64_t part = 0;
  int64_t whole = 0;
};
// Of two proportions: the hybrid of two score intervals, method 10 of Newcombe, "Interval
// estimation for the difference between independent proportions: comparison of eleven methods",
// Statistics in Medicine 17 (1998) 873–890. Nothing where either is a share of none.
std::optional<Difference> DifferenceOf(const Proportion& before, const Proportion& after);

struct Sample {
  int64_t count = 0;
  double mean = 0;
  double variance = 0;  // with count − 1
};
Sample SampleOf(const Scores& scores, int32_t least);  // `least`: the first answer of the scale
// Of two means whose variances may differ: Welch, "The generalization of 'Student's' problem when
// several different population variances are involved", Biometrika 34 (1947) 28–35. Nothing where
// either has fewer than two.
std::optional<Difference> DifferenceOf(const Sample& before, const Sample& after);

struct Median {
  int64_t count = 0;
  double value = 0;     // the lower one of two in the middle
  double variance = 0;  // of the median, by two order statistics
};
// Of the durations of a cell, in milliseconds; nothing where there are fewer than two.
std::optional<Median> MedianOf(const Cell& cell);
// Of two medians, free of a distribution: Price and Bonett, "Distribution-free confidence intervals
// for difference and ratio of medians", Journal of Statistical Computation and Simulation 72
// (2002) 119–124; the interval is wider by as much as buckets may be beside the durations
// (kRelativeError).
Difference DifferenceOf(const Median& before, const Median& after);

}  // namespace waymark::measure
