#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/string_map.h"
#include "journey/fold.h"
#include "metrics/metrics.h"
#include "model/signal.h"

namespace waymark::engine {

// What was found about journeys since it was last published, as metrics count it: every signal and
// rating when it is found first. What a later fold takes back is counted as taken back, and lowers
// nothing. Used by one thread at a time.
class SignalCounts {
 public:
  void Count(const model::Signal& signal);
  void CountRetracted(const model::Signal& signal);
  void Count(const journey::Score& score);
  // Adds all to the metrics and starts anew.
  void PublishTo(const metrics::JourneyMetrics& journeys);

 private:
  static constexpr size_t kKinds = 26;
  using ByKind = std::array<int64_t, kKinds>;
  using Ways = base::StringMap<base::StringMap<int64_t>>;  // by from, then by to
  struct OfStage {
    metrics::HistogramBatch stays{metrics::kStayBuckets};  // seconds
    metrics::HistogramBatch satisfaction{metrics::kPointsBuckets};
    int64_t targets_missed = 0;
  };
  struct OfModel {
    ByKind found{};
    ByKind retracted{};
    Ways transitions;  // between stages
    Ways handovers;    // between departments
    base::StringMap<OfStage> stages;
    std::array<int64_t, 3> answers{};  // of detractors, passives, promoters
  };
  OfModel& Of(std::string_view model) { return models_.try_emplace(model).first->second; }

  base::StringMap<OfModel> models_;
};

}  // namespace waymark::engine
