#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "journey/state.h"

namespace waymark::engine {

// What a profile adds to the counts of its task: a place for each thing of it that is open, its
// journeys in their order. Up to seven cost no allocation.
using OpenPart = std::u16string;

// How many journeys of a task's profiles are open in which stage, and how many sessions. Each
// profile's part follows from its state alone: where that changes, by whatever is late or by other
// models too, the part before is taken back. Beside the counts of the profiles as they are it keeps
// those of the profiles as they are stored, which go into the store with them.
//
// Used by one thread at a time.
class OpenJourneys {
 public:
  struct Place {
    std::string family;
    std::string model;
    std::string stage;  // empty: a journey in none
    friend bool operator==(const Place&, const Place&) = default;
  };
  static constexpr uint16_t kSessions = 0;    // the place of sessions, which has no names
  static constexpr size_t kPlacesMax = 1000;  // further ones are counted as kOther
  static constexpr uint16_t kOther = 1;

  OpenJourneys();

  // What is counted of a profile becomes what its state says.
  void Count(const journey::State& state, OpenPart& counted);
  // What is counted of a profile is stored.
  void Store(const OpenPart& counted, OpenPart& stored);
  // A profile was read from the store; it is among the counts already.
  void Take(const journey::State& state, OpenPart& counted, OpenPart& stored);
  // The store holds one profile more.
  void AddStored(const journey::State& state);

  // Of the profiles as they are stored.
  void WriteStored(std::string& out) const;
  // Adds what the store held before this object came to it. False: the row is malformed, and adds
  // nothing.
  bool ReadStored(std::string_view row);

  // By their number; they only become more.
  const std::vector<Place>& places() const { return places_; }
  // Of the profiles as they are, by place.
  std::span<const int64_t> counts() const { return counts_; }

 private:
  const OpenPart& PartOf(const journey::State& state);
  uint16_t PlaceOf(const journey::Run& run);
  uint16_t PlaceOf(std::string_view family, std::string_view model, std::string_view stage);

  std::vector<Place> places_;
  std::vector<int64_t> counts_;
  std::vector<int64_t> stored_;
  // Of each model by stage, from that of no stage on.
  absl::flat_hash_map<const journey::CompiledModel*, std::vector<uint16_t>> by_model_;
  OpenPart part_;
};

}  // namespace waymark::engine
