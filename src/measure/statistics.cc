#include "measure/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace waymark::measure {
namespace {

constexpr double kNormal95 = 1.959963984540054;

template <class Visit>
void ForEachBucket(const Cell& cell, Visit visit) {
  const auto& entries = cell.entries();
  auto at = std::ranges::lower_bound(entries, Slot::kHistogram, {}, &Cell::Entry::slot);
  for (; at != entries.end(); ++at) {
    const int32_t bucket =
        static_cast<int32_t>(at->slot) - static_cast<int32_t>(Slot::kHistogram);
    visit(ValueOf(bucket), at->value);
  }
}

Scores ScoresOf(const Cell& cell, Slot first, int32_t least) {
  Scores scores;
  int64_t sum = 0;
  for (int32_t i = 0; i < 5; ++i) {
    const int64_t count = cell.At(first, i);
    scores.distribution[static_cast<size_t>(i)] = count;
    scores.count += count;
    sum += count * (least + i);
  }
  if (scores.count > 0) scores.mean = static_cast<double>(sum) / static_cast<double>(scores.count);
  return scores;
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// a: bad with, b: good with, c: bad without, d: good without.
struct Table {
  double a, b, c, d;
  double n() const { return a + b + c + d; }
};

Table TableOf(const Stratum& s) {
  return {static_cast<double>(s.with_bad), static_cast<double>(s.with - s.with_bad),
          static_cast<double>(s.without_bad), static_cast<double>(s.without - s.without_bad)};
}

void SetInterval(double log_ratio, double variance, Harm& harm) {
  const double half = kNormal95 * std::sqrt(variance);
  harm.odds_ratio = std::exp(log_ratio);
  harm.low = std::exp(log_ratio - half);
  harm.high = std::exp(log_ratio + half);
}

bool SetStratified(std::span<const Stratum> strata, Harm& harm) {
  double r = 0, s = 0, pr = 0, ps_qr = 0, qs = 0;
  for (const Stratum& stratum : strata) {
    const Table t = TableOf(stratum);
    if (t.a + t.b == 0 || t.c + t.d == 0) continue;
    const double ri = t.a * t.d / t.n();
    const double si = t.b * t.c / t.n();
    const double pi = (t.a + t.d) / t.n();
    const double qi = (t.b + t.c) / t.n();
    r += ri;
    s += si;
    pr += pi * ri;
    ps_qr += pi * si + qi * ri;
    qs += qi * si;
  }
  if (r == 0 || s == 0) return false;
  SetInterval(std::log(r / s), pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s), harm);
  return true;
}

void SetPooled(const Stratum& all, Harm& harm) {
  Table t = TableOf(all);
  t = {t.a + 0.5, t.b + 0.5, t.c + 0.5, t.d + 0.5};
  SetInterval(std::log(t.a * t.d / (t.b * t.c)), 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d, harm);
}

}  // namespace

int64_t DurationCount(const Cell& cell) {
  int64_t count = 0;
  ForEachBucket(cell, [&](double, int64_t times) { count += times; });
  return count;
}

double Quantile(const Cell& cell, double share) {
  const int64_t count = DurationCount(cell);
  if (count == 0) return 0;
  // The rank as that of a sorted list: floor(share × (count − 1)).
  return DurationAt(cell, static_cast<int64_t>(share * static_cast<double>(count - 1)));
}

double DurationAt(const Cell& cell, int64_t rank) {
  int64_t before = 0;
  double found = 0;
  ForEachBucket(cell, [&](double value, int64_t times) {
    if (before <= rank) found = value;
    before += times;
  });
  return found;
}

Durations DurationsOf(const Cell& cell) {
  Durations durations;
  double squares = 0;
  double sum = 0;
  ForEachBucket(cell, [&](double value, int64_t times) {
    durations.count += times;
    sum += value * static_cast<double>(times);
    squares += value * value * static_cast<double>(times);
  });
  if (durations.count == 0) return durations;
  const auto count = static_cast<double>(durations.count);
  durations.mean = static_cast<double>(cell.At(Slot::kSum)) / count;
  durations.deviation = std::sqrt(std::max(0.0, squares / count - (sum / count) * (sum / count)));
  durations.p10 = Quantile(cell, 0.1);
  durations.p50 = Quantile(cell, 0.5);
  durations.p90 = Quantile(cell, 0.9);
  durations.p99 = Quantile(cell, 0.99);
  return durations;
}

Scores SatisfactionOf(const Cell& cell) {
  return ScoresOf(cell, SlotOf(Slot::kSatisfaction, 1), 1);
}
Scores EmotionOf(const Cell& cell) { return ScoresOf(cell, Slot::kEmotion, -2); }
Scores NeedFulfilmentOf(const Cell& cell) {
  return ScoresOf(cell, SlotOf(Slot::kNeedFulfilment, 1), 1);
}

Promoters PromotersOf(const Cell& cell) {
  Promoters found;
  for (int32_t answer = 0; answer <= 10; ++answer) {
    const int64_t times = cell.At(Slot::kNps, answer);
    found.count += times;
    (answer >= 9 ? found.promoters : answer >= 7 ? found.passives : found.detractors) += times;
  }
  if (found.count > 0) found.score = 100 * Share(found.promoters - found.detractors, found.count);
  return found;
}

Ends EndsOf(const Cell& cell) {
  return {cell.At(Slot::kEnded, 2), cell.At(Slot::kEnded, 3), cell.At(Slot::kEnded, 4),
          cell.At(Slot::kEnded, 5), cell.At(Slot::kEnded, 6)};
}

std::optional<Harm> HarmOf(std::span<const Stratum> strata) {
  Stratum all;
  for (const Stratum& stratum : strata) {
    all.with += stratum.with;
    all.with_bad += stratum.with_bad;
    all.without += stratum.without;
    all.without_bad += stratum.without_bad;
  }
  if (all.with == 0 || all.without == 0) return std::nullopt;
  Harm harm;
  harm.risk_with = Share(all.with_bad, all.with);
  harm.risk_without = Share(all.without_bad, all.without);
  if (!SetStratified(strata, harm)) SetPooled(all, harm);
  return harm;
}

}  // namespace waymark::measure
