#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "measure/cell.h"

namespace waymark::measure {

// What a cell says of durations, in milliseconds.
struct Durations {
  int64_t count = 0;
  double mean = 0;       // exact
  double deviation = 0;  // of the population; as exact as the buckets
  double p10 = 0;        // quantiles: within kRelativeError of the exact ones
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};
Durations DurationsOf(const Cell& cell);
int64_t DurationCount(const Cell& cell);
// The duration of a rank, 0 being that of the shortest; 0 where there are none.
double DurationAt(const Cell& cell, int64_t rank);
// The value below which this share of the durations lies; 0 where there are none.
double Quantile(const Cell& cell, double share);

// Answers on a scale.
struct Scores {
  int64_t count = 0;
  double mean = 0;
  std::array<int64_t, 5> distribution{};
};
Scores SatisfactionOf(const Cell& cell);
Scores EmotionOf(const Cell& cell);  // from -2 to 2
Scores NeedFulfilmentOf(const Cell& cell);

// Net promoter score: percent of answers 9 and 10, less percent of 0 to 6.
struct Promoters {
  int64_t count = 0;
  double score = 0;
  int64_t promoters = 0;
  int64_t passives = 0;
  int64_t detractors = 0;
};
Promoters PromotersOf(const Cell& cell);

// Journeys that ended, by how.
struct Ends {
  int64_t completed = 0;
  int64_t abandoned = 0;
  int64_t switched = 0;
  int64_t expired = 0;
  int64_t restarted = 0;

  int64_t all() const { return completed + abandoned + switched + expired + restarted; }
  // Those whose outcome says something: a new version of the model ends nothing for the customer.
  int64_t judged() const { return completed + abandoned + switched + expired; }
  int64_t bad() const { return abandoned + switched; }
};
Ends EndsOf(const Cell& cell);

// Like journeys with and without something, and how many of each ended badly.
struct Stratum {
  int64_t with = 0;
  int64_t with_bad = 0;
  int64_t without = 0;
  int64_t without_bad = 0;
};

// How much likelier a bad end is where something was part of the journey, among like ones: the odds
// ratio of Mantel and Haenszel (1959) over strata, its 95 % interval by the variance of Robins,
// Breslow and Greenland (1986). Where that is not defined, as nobody or everybody ended badly on
// one side, over all strata together with half a journey added to each field (Haldane, Anscombe).
struct Harm {
  double odds_ratio = 1;
  double low = 0;
  double high = 0;
  double risk_with = 0;
  double risk_without = 0;
};
// Nothing where there is nothing to compare with.
std::optional<Harm> HarmOf(std::span<const Stratum> strata);

}  // namespace waymark::measure
