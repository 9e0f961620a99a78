#pragma once

#include <cstdint>

namespace waymark::measure {

// Buckets whose ends grow by a fixed factor, so that any value is known to within 1 % of itself
// whatever its size: the mapping of DDSketch (Masson, Rim, Lee, "DDSketch: a fast and
// fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019). Counts of buckets
// can be added and taken back, which sketches that compress can not.

// Of a bucket's value, to whatever lies in it.
inline constexpr double kRelativeError = 0.01;
// The last bucket holds all from 10 years of milliseconds on.
inline constexpr int32_t kBucketsMax = 1'400;

// 0 for values below 1, else from 1 on.
int32_t BucketOf(int64_t value);
// What stands for all values of a bucket; 0 for bucket 0.
double ValueOf(int32_t bucket);

}  // namespace waymark::measure
