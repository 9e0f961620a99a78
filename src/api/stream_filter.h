#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/signal.h"
#include "serve/http_message.h"

namespace waymark::api {

// What one client of live events wants to hear.
struct StreamFilter {
  bool measures = true;     // that the figures changed
  bool signals = true;      // what was found
  bool retractions = true;  // what was found and does not hold any more
  std::string model;        // of signals; empty: any
  std::string family;
  std::string profile;
  uint64_t kinds = ~uint64_t{0};  // a bit each
  // A sample of signals for people who look on, at most so many a second; 0: all.
  int per_second = 0;

  bool WantsSignals() const { return signals || retractions; }
  bool Wants(const model::Signal& signal) const;
};

// The parameters types, model, family, profile, kind and per_second of a query. Fills either the
// filter or the refusal.
std::optional<serve::Response> ReadFilter(const serve::Request& request, StreamFilter& filter);

}  // namespace waymark::api
