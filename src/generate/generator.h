#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "base/status.h"
#include "generate/composer.h"
#include "generate/event_queue.h"
#include "generate/item.h"
#include "generate/schedule.h"
#include "generate/settings.h"
#include "generate/walker.h"

namespace waymark::generate {

// What went out so far.
struct Counts {
  uint64_t interactions = 0;  // good and distinct
  uint64_t noise = 0;         // among them
  uint64_t late = 0;          // among them
  uint64_t duplicates = 0;
  uint64_t differing = 0;  // among the duplicates
  uint64_t bad = 0;
  uint64_t items() const { return interactions + duplicates + bad; }
};

// Makes the stream, item after item in order of arrival. Holds the customers under way (about 100
// bytes each) and what arrives later, never the whole. One thread.
class Generator {
 public:
  // The settings have passed Check().
  explicit Generator(const Settings& settings);

  // The next item of the stream; false at its end. Every text of `out` dies with the next call on
  // it.
  bool Next(Item& out);

  const Counts& counts() const { return counts_; }
  size_t walkers() const { return queue_.size(); }    // customers under way
  size_t delayed() const { return delayed_.size(); }  // items that wait for their arrival

 private:
  enum class Delivery : uint8_t { kOriginal, kExact, kDiffering, kBad };
  struct Delayed {
    int64_t arrival = 0;
    Delivery delivery = Delivery::kOriginal;
    Event event;
    // Whether this one comes after the other: the earliest is on top.
    bool operator<(const Delayed& other) const;
  };

  void Awake();
  bool IsDelayedNext() const;
  void Deliver(const Event& event, Delivery delivery, int64_t arrival, Item& out);
  void MakeBad(const Event& event, Item& out);
  // Decides what becomes of an event: true where it arrives at once; copies and bad records that
  // come with it are queued.
  bool ArrivesNow(const Event& event);
  void AdvanceTop();

  Settings settings_;
  World world_;
  Composer composer_;
  Schedule schedule_;
  std::optional<Schedule::Entry> coming_;  // the next customer to appear
  EventQueue queue_;
  std::vector<Walker> walkers_;  // by slot
  std::vector<uint32_t> free_slots_;
  std::priority_queue<Delayed> delayed_;
  Chance late_;
  Chance duplicate_;
  Chance bad_;
  Counts counts_;
};

}  // namespace waymark::generate
