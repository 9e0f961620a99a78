#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "generate/random.h"
#include "generate/script.h"
#include "generate/settings.h"

namespace waymark::generate {

// What happens at one moment to one customer, still without its texts. Small, because late ones
// wait in memory.
struct Event {
  int64_t time = 0;  // ms since epoch
  uint32_t profile = 0;
  uint32_t ordinal = 0;  // of the profile's interactions, from 0
  uint32_t run = 0;      // of the profile's journeys, from 1; the track is counted in
  uint32_t anchor = 0;   // ordinal of the interaction that kAboutAnchor refers to
  uint32_t order = 0;    // ordinal of the last order
  Marks marks = kNoMark;
  uint8_t script = 0;  // index into Scripts()
  uint8_t step = 0;
  uint8_t noise = 0;  // 0: none; else index into NoiseActions() plus 1
  uint8_t anchor_step = 0;
  Place place = Place::kSame;  // of the noise, where it is noise
  bool known = false;          // the customer is known by name
};

// What all walkers share; immutable.
class World {
 public:
  explicit World(const Settings& settings);

  uint64_t seed() const { return seed_; }
  int64_t end_ms() const { return end_ms_; }
  uint64_t noise_threshold() const { return noise_threshold_; }  // of 2^32
  uint8_t DrawScript(Random& random, bool business) const;

 private:
  uint64_t seed_;
  int64_t end_ms_;
  uint64_t noise_threshold_;
  std::array<std::vector<uint32_t>, 2> weights_;  // cumulative: private, business
};

bool IsBusiness(uint64_t seed, uint32_t profile);

// One customer walking through scripts: an independent process of exactly `quota` events in rising
// time. Holds only where it stands (under 100 bytes), so millions can be under way.
class Walker {
 public:
  // quota > 0. The first event is at or after `from_ms`.
  Walker(const World& world, uint32_t profile, uint32_t quota, int64_t from_ms);

  const Event& event() const { return event_; }
  // Moves to the next event; false where the quota is used up.
  bool Advance(const World& world);

 private:
  struct Plan {
    uint32_t events = 0;
    int64_t duration_ms = 0;  // unhurried
  };

  void StartRun(const World& world, int64_t from_ms);
  bool TakeScript(const World& world, uint8_t script, int64_t from_ms);
  void TakeVisit(const World& world, int64_t from_ms);
  void SetPace(const World& world, Plan plan, int64_t from_ms);
  void EnterRun(uint8_t script, int64_t from_ms);
  Plan MakePlan(const World& world, int64_t from_ms) const;
  bool StepInRun(const World& world);
  bool StepInVisit();
  bool DrawNoise(const World& world);
  void EnterStep(size_t step);
  void GoTo(const ScriptStep& step);
  void MarkEvent(const World& world);
  void MarkFirsts(const ScriptStep& step);
  bool KeepsSilence(const World& world) const;
  int64_t DrawPause(Gap gap);

  Random random_;
  Event event_;
  uint32_t quota_left_;  // events after the present one
  uint32_t noise_count_ = 0;
  uint32_t run_base_ = 0;  // ordinal of the present run's first track
  uint32_t visit_left_ = 0;
  uint16_t pace_ = 1024;  // of 1024: how much of each longer pause is kept
  uint8_t repeats_left_ = 0;
  uint8_t loops_ = 0;
  uint8_t touched_ = 0;  // by track: the first touch was seen
  uint8_t met_ = 0;      // by track: a person was met
  bool business_;
};

}  // namespace waymark::generate
