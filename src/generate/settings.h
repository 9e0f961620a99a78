#pragma once

#include <cstdint>

#include "base/status.h"
#include "base/time.h"
#include "generate/bad_kind.h"

namespace waymark::generate {

// What traffic to make. Equal settings make equal streams, on every machine.
struct Settings {
  // Customers. Where `interactions` >= `profiles`, every one of them appears.
  uint64_t profiles = 10'000;
  // Good, distinct interactions, exactly so many: noise and late ones are among them, duplicates
  // and bad records come on top.
  uint64_t interactions = 100'000;
  uint64_t seed = 1;
  base::Timestamp start{1'704'067'200'000};  // 2024-01-01T00:00:00Z
  // The time in which customers appear and most of their journeys run. Journeys that would run over
  // its end hurry; what cannot (silences, very short spans) comes after the end.
  base::Millis span = std::chrono::hours(24 * 365);
  // Interactions per second of event time; above 0 it decides the span (interactions / rate).
  double rate = 0;

  double noise_share = 0.2;  // of the interactions: actions that say nothing about the stage
  double late_share = 0.03;  // of the interactions: arrive up to late_max after their time
  base::Millis late_max = std::chrono::hours(48);
  double duplicate_share = 0.01;  // copies per interaction, half of them differing
  double bad_share = 0.002;       // bad records per interaction
  BadKinds bad_kinds = kAllBadKinds;
  uint64_t record_bytes_max = 256 * 1024;  // the limit that an oversized record exceeds
};

// Shares lie in [0, 0.9], counts are positive; the fault names the setting.
base::Status Check(const Settings& settings);

// The span that counts: of the settings, or what `rate` makes of it; at least a minute.
base::Millis SpanOf(const Settings& settings);

}  // namespace waymark::generate
