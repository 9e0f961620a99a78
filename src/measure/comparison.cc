#include "measure/comparison.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "measure/log_buckets.h"

namespace waymark::measure {
namespace {

constexpr double kTail = 0.975;
constexpr double kNormal95 = 1.959963984540054;
// Beyond it the binomial distribution is normal to all digits that are shown.
constexpr int64_t kExactMax = 1'000'000;
constexpr double kWholeMs = 1;  // durations are counted in whole milliseconds

struct Interval {
  double low = 0;
  double high = 0;
};

// Wilson's score interval of one proportion.
Interval ScoreInterval(const Proportion& p) {
  const auto n = static_cast<double>(p.whole);
  const double share = static_cast<double>(p.part) / n;
  const double z2 = kNormal95 * kNormal95;
  const double middle = share + z2 / (2 * n);
  const double half = kNormal95 * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  const double scale = 1 + z2 / n;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

// How many standard errors of the median lie between the c-th of n values from either end.
double WidthOf(int64_t c, int64_t n) {
  if (n > kExactMax) return 2 * 2.0;
  const boost::math::binomial outside(static_cast<double>(n), 0.5);
  const double tail = boost::math::cdf(outside, static_cast<double>(c - 1));
  return 2 * boost::math::quantile(boost::math::complement(boost::math::normal(), tail));
}

}  // namespace

std::optional<Difference> DifferenceOf(const Proportion& before, const Proportion& after) {
  if (before.whole <= 0 || after.whole <= 0) return std::nullopt;
  const double p1 = static_cast<double>(after.part) / static_cast<double>(after.whole);
  const double p2 = static_cast<double>(before.part) / static_cast<double>(before.whole);
  const Interval i1 = ScoreInterval(after);
  const Interval i2 = ScoreInterval(before);
  const double difference = p1 - p2;
  return Difference{difference, difference - std::hypot(p1 - i1.low, i2.high - p2),
                    difference + std::hypot(i1.high - p1, p2 - i2.low)};
}

Sample SampleOf(const Scores& scores, int32_t least) {
  Sample sample{scores.count, scores.mean, 0};
  if (scores.count < 2) return sample;
  for (size_t i = 0; i < scores.distribution.size(); ++i) {
    const double off = static_cast<double>(least) + static_cast<double>(i) - scores.mean;
    sample.variance += off * off * static_cast<double>(scores.distribution[i]);
  }
  sample.variance /= static_cast<double>(scores.count - 1);
  return sample;
}

std::optional<Difference> DifferenceOf(const Sample& before, const Sample& after) {
  if (before.count < 2 || after.count < 2) return std::nullopt;
  const double difference = after.mean - before.mean;
  const auto n1 = static_cast<double>(before.count);
  const auto n2 = static_cast<double>(after.count);
  const double v1 = before.variance / n1;
  const double v2 = after.variance / n2;
  // All answers of either side are the same.
  if (v1 + v2 <= 0) return Difference{difference, difference, difference};
  const double freedom = (v1 + v2) * (v1 + v2) / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1));
  const double t = boost::math::quantile(boost::math::students_t(freedom), kTail);
  const double half = t * std::sqrt(v1 + v2);
  return Difference{difference, difference - half, difference + half};
}

std::optional<Median> MedianOf(const Cell& cell) {
  const int64_t n = DurationCount(cell);
  if (n < 2) return std::nullopt;
  const double place = static_cast<double>(n + 1) / 2 - std::sqrt(static_cast<double>(n));
  const int64_t c = std::max<int64_t>(1, std::llround(place));
  const double apart = DurationAt(cell, n - c) - DurationAt(cell, c - 1);
  const double error = apart / WidthOf(c, n);
  return Median{n, DurationAt(cell, (n - 1) / 2), error * error};
}

Difference DifferenceOf(const Median& before, const Median& after) {
  const double difference = after.value - before.value;
  const double half = kNormal95 * std::sqrt(before.variance + after.variance) +
                      kRelativeError * (before.value + after.value) + kWholeMs;
  return {difference, difference - half, difference + half};
}

}  // namespace waymark::measure
