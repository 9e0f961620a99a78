#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "journey/fold.h"
#include "model/interaction.h"

namespace waymark::path {

// A record of the generator's traffic.
struct Record {
  std::string profile_id;
  size_t profile = 0;  // its number among those of the traffic, by their first record
  std::string bytes;   // the interaction as canonical protobuf
};

// Good records in order of arrival.
struct Traffic {
  size_t profiles = 0;
  std::vector<Record> records;
};

// 20,000 interactions of 1,000 customers over a year, in their order and without copies.
const Traffic& OrderedTraffic();
// The same with 2 % of them late by up to two days.
// The same in one day of event time.
const Traffic& DenseTraffic();
const Traffic& DisorderedTraffic();

// The models that interactions are folded by.
const journey::Fold& SixStages();        // config/models, with the customer file
const journey::Fold& TwentyDetectors();  // the same with 20 detectors more
const journey::Fold& CommonJob();        // what the peers of bench/peers do, without signals

// Interactions decoded a batch at a time, so that they are as near as a worker has them.
class DecodedBatch {
 public:
  static constexpr size_t kSize = 500;

  // Those of the traffic from `begin` on; how many there are.
  size_t Decode(const Traffic& traffic, size_t begin);
  const model::Interaction& operator[](size_t i) const { return interactions_[i]; }

 private:
  std::vector<model::Interaction> interactions_{kSize};
};

// The states of all customers of the traffic, before the first record or after the last.
std::vector<journey::State> InitialStates(const journey::Fold& fold, const Traffic& traffic);
std::vector<journey::State> FinalStates(const journey::Fold& fold, const Traffic& traffic);

// Folds an interaction as a task does, where it is in order.
void FoldOne(const journey::Fold& fold, const model::Interaction& interaction,
             journey::State& state, journey::Effects& effects);

}  // namespace waymark::path
