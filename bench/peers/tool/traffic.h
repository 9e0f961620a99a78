#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"
#include "waymark/v1/interaction.pb.h"

namespace waymark::peers {

// Numbers from a seed, the same on every machine.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 7919 + 1) {}
  uint64_t Next();
  double Share() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>(Share() * static_cast<double>(bound));
  }

 private:
  uint64_t state_;
};

// Who comes next, and when. Shapes:
//   zipf     customers at random, some far more often (exponent 0.6)
//   uniform  customers at random, all alike
//   bursts   a fiftieth of them is active; each comes one to eight times a minute apart, then rests
//            until all others have been
//   rounds   all in turn, again and again: each visit is a cold one
// One customer never has two interactions in one millisecond, so that their order is their time's.
class Visits {
 public:
  Visits(const std::string& shape, int64_t customers, double after_hours);
  struct Visit {
    int64_t customer;
    int64_t time_ms;
  };
  Visit Next(Dice& dice);
  // The same at a time given; it never goes back.
  Visit NextAt(Dice& dice, int64_t time_ms);

 private:
  struct Active {
    int64_t customer = 0;
    int64_t left = 0;
  };
  int64_t Draw(Dice& dice);
  int64_t DrawActive(Dice& dice);
  int64_t NextInTurn();

  std::string shape_;
  int64_t customers_;
  double step_ms_ = 0;
  double clock_ms_ = 0;
  int64_t now_ms_ = 0;
  int64_t turn_ = 0;
  std::vector<int64_t> within_now_;
  std::vector<Active> active_;
};

// A record of the input topic.
struct Arrival {
  std::string key;
  std::string value;
};

// Interactions of about 200 bytes.
class Traffic {
 public:
  // Reads customers=, shape=, duplicates=, disorder=, after_hours= and seed=.
  explicit Traffic(Options& options);
  // A new interaction; or again one of the last sixty, byte for byte. Valid until the next call.
  const Arrival& Next();
  // A new interaction at this time.
  const Arrival& NextAt(int64_t time_ms);

 private:
  void Write(const Visits::Visit& visit, Arrival& out);
  void Fill(const Visits::Visit& visit, const std::string& customer);

  Dice dice_;
  double duplicates_;
  double disorder_;
  Visits visits_;
  v1::Interaction interaction_;
  std::vector<Arrival> latest_;
  int64_t made_ = 0;
};

}  // namespace waymark::peers
