#pragma once

#include "metrics/registry.h"

namespace waymark::metrics {

// How far event time has come.
struct TimeMetrics {
  Registry& registry;
  Family<Gauge, 1> watermark = registry.AddGauges<1>(
      {.name = "waymark_watermark_timestamp_seconds",
       .unit = "seconds",
       .help = "Watermark of a partition in event time, seconds since 1970: of the slowest input "
               "that is not idle.",
       .labels = {"partition"}});
  Family<Gauge, 1> horizon = registry.AddGauges<1>(
      {.name = "waymark_horizon_timestamp_seconds",
       .unit = "seconds",
       .help = "Horizon of a partition in event time, seconds since 1970: timers due before it "
               "have fired.",
       .labels = {"partition"}});
  Family<Gauge, 1> watermark_lag = registry.AddGauges<1>(
      {.name = "waymark_watermark_lag_seconds",
       .unit = "seconds",
       .help = "Present time less the horizon of a partition; an input that is read to its end "
               "does not add to it.",
       .labels = {"partition"}});
  Family<Gauge, 1> watermark_stuck = registry.AddGauges<1>(
      {.name = "waymark_watermark_stuck",
       .unit = "1",
       .help = "1 while event time of a partition stands still although interactions come in, or "
               "while one input holds it far behind (time.stuck_after); alert on this one.",
       .labels = {"partition"}});
  Family<Gauge, 1> idle_inputs = registry.AddGauges<1>(
      {.name = "waymark_idle_inputs",
       .unit = "inputs",
       .help = "Inputs of a partition that hold its watermark no longer: silent, or read to their "
               "end.",
       .labels = {"partition"}});
  Family<Counter, 1> quarantined = registry.AddCounters<1>(
      {.name = "waymark_quarantined_total",
       .unit = "interactions",
       .help = "Interactions set aside because their time can't be right, counted at commit: "
               "time_in_future or time_out_of_range.",
       .labels = {"reason"}});
};

}  // namespace waymark::metrics
