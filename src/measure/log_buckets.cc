#include "measure/log_buckets.h"

#include <algorithm>
#include <cmath>

namespace waymark::measure {
namespace {

constexpr double kGrowth = (1 + kRelativeError) / (1 - kRelativeError);
const double kLogGrowth = std::log(kGrowth);

}  // namespace

int32_t BucketOf(int64_t value) {
  if (value < 1) return 0;
  const double bucket = std::ceil(std::log(static_cast<double>(value)) / kLogGrowth);
  return std::min(static_cast<int32_t>(bucket) + 1, kBucketsMax - 1);
}

// The middle of (growth^(i-1), growth^i] by relative distance.
double ValueOf(int32_t bucket) {
  if (bucket <= 0) return 0;
  return 2 * std::exp(kLogGrowth * (bucket - 1)) / (kGrowth + 1);
}

}  // namespace waymark::measure
