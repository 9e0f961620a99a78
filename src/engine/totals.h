#pragma once

#include <array>
#include <cstdint>

#include "model/dead_letter.h"
#include "model/signal.h"

namespace waymark::engine {

// What became of a task's input, and what it found. Law 4: consumed = steps + duplicates + dead
// letters.
struct Totals {
  int64_t consumed = 0;
  int64_t steps = 0;
  int64_t duplicates = 0;
  std::array<int64_t, model::kDeadLetterReasons> dead_letters{};

  int64_t profiles = 0;
  int64_t forgotten = 0;        // profiles of which nothing is left
  int64_t refolds = 0;
  int64_t late = 0;             // interactions that came behind others of their profile
  int64_t trims = 0;            // timelines shortened
  int64_t steps_revised = 0;    // published again because a re-fold placed them elsewhere
  int64_t snapshots = 0;
  int64_t ids_derived = 0;
  std::array<int64_t, 26> signals{};  // by kind, net of retractions
  int64_t signals_retracted = 0;
  int64_t ratings_resolved = 0;    // about another step that was found, net of re-folds
  int64_t ratings_unresolved = 0;  // those that count for their touchpoint alone

  int64_t dead_letters_total() const {
    int64_t sum = 0;
    for (const int64_t count : dead_letters) sum += count;
    return sum;
  }
  bool AddUp() const { return consumed == steps + duplicates + dead_letters_total(); }
  void Add(const Totals& other);
};

inline void Totals::Add(const Totals& other) {
  consumed += other.consumed;
  steps += other.steps;
  duplicates += other.duplicates;
  for (size_t i = 0; i < dead_letters.size(); ++i) dead_letters[i] += other.dead_letters[i];
  profiles += other.profiles;
  forgotten += other.forgotten;
  refolds += other.refolds;
  late += other.late;
  trims += other.trims;
  steps_revised += other.steps_revised;
  snapshots += other.snapshots;
  ids_derived += other.ids_derived;
  for (size_t i = 0; i < signals.size(); ++i) signals[i] += other.signals[i];
  signals_retracted += other.signals_retracted;
  ratings_resolved += other.ratings_resolved;
  ratings_unresolved += other.ratings_unresolved;
}

}  // namespace waymark::engine
