#include "generate/generator.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "generate/bad_record.h"

namespace waymark::generate {
namespace {
constexpr uint64_t kFateSalt = 0xfa7e'0000'0000;
constexpr uint64_t kBadSalt = 0xbad0'0000'0000;
constexpr int64_t kCopyDelayMax = 600'000;  // ten minutes
constexpr uint32_t kLateScales = 8;

// Most lateness is short: each halving of late_max down to 1/128 is as likely as the other.
int64_t DrawLateness(int64_t late_max, Random& random) {
  const int64_t most = std::max<int64_t>(late_max >> random.Below(kLateScales), 1);
  return random.Between(std::max<int64_t>(most / 2, 1), most);
}

const Settings& Checked(const Settings& settings) {
  WAYMARK_CHECK(Check(settings).ok(), "the settings have passed Check()");
  return settings;
}
}  // namespace

bool Generator::Delayed::operator<(const Delayed& other) const {
  const auto order = [](const Delayed& delayed) {
    return std::tuple(delayed.arrival, delayed.event.profile, delayed.event.ordinal,
                      delayed.delivery);
  };
  return order(other) < order(*this);
}

Generator::Generator(const Settings& settings)
    : settings_(Checked(settings)),
      world_(settings),
      composer_(settings.seed),
      schedule_(settings),
      coming_(schedule_.Next()),
      late_(Chance::Share(settings.late_share)),
      duplicate_(Chance::Share(settings.duplicate_share)),
      bad_(Chance::Share(settings.bad_share)) {}

bool Generator::Next(Item& out) {
  for (;;) {
    Awake();
    if (IsDelayedNext()) {
      const Delayed due = delayed_.top();
      delayed_.pop();
      Deliver(due.event, due.delivery, due.arrival, out);
      return true;
    }
    if (queue_.empty()) return false;
    const Event event = walkers_[queue_.top().slot].event();
    AdvanceTop();
    if (!ArrivesNow(event)) continue;
    Deliver(event, Delivery::kOriginal, event.time, out);
    return true;
  }
}

// Lets the customers appear whose first event may be the next of all.
void Generator::Awake() {
  while (coming_ && (queue_.empty() || coming_->from_ms <= queue_.top().time)) {
    const Walker walker(world_, coming_->profile, coming_->quota, coming_->from_ms);
    auto slot = static_cast<uint32_t>(walkers_.size());
    if (free_slots_.empty()) {
      walkers_.push_back(walker);
    } else {
      slot = free_slots_.back();
      free_slots_.pop_back();
      walkers_[slot] = walker;
    }
    queue_.Push({walker.event().time, coming_->profile, slot});
    coming_ = schedule_.Next();
  }
}

bool Generator::IsDelayedNext() const {
  return !delayed_.empty() && (queue_.empty() || delayed_.top().arrival <= queue_.top().time);
}

void Generator::AdvanceTop() {
  const EventQueue::Entry top = queue_.top();
  Walker& walker = walkers_[top.slot];
  if (walker.Advance(world_)) {
    queue_.MoveTop(walker.event().time);
  } else {
    queue_.Pop();
    free_slots_.push_back(top.slot);
  }
}

bool Generator::ArrivesNow(const Event& event) {
  Random fate(SeedOf(settings_.seed, event.profile, kFateSalt + event.ordinal));
  const bool late = fate.Happens(late_);
  int64_t arrival = event.time;
  if (late) {
    arrival += DrawLateness(settings_.late_max.count(), fate);
    ++counts_.late;
    delayed_.push({arrival, Delivery::kOriginal, event});
  }
  if (fate.Happens(duplicate_)) {
    const auto delivery = fate.Below(2) == 0 ? Delivery::kExact : Delivery::kDiffering;
    delayed_.push(
        {arrival + fate.Between(1, kCopyDelayMax >> fate.Below(kLateScales)), delivery, event});
  }
  if (fate.Happens(bad_)) {
    delayed_.push({event.time + fate.Between(1, 1000), Delivery::kBad, event});
  }
  return !late;
}

void Generator::Deliver(const Event& event, Delivery delivery, int64_t arrival, Item& out) {
  const uint64_t record = counts_.items();
  const Copy copy = delivery == Delivery::kExact       ? Copy::kExact
                    : delivery == Delivery::kDiffering ? Copy::kDiffering
                                                       : Copy::kOriginal;
  composer_.Compose(event, copy, out);
  out.arrival = {arrival};
  if (delivery == Delivery::kBad) {
    MakeBad(event, out);
    ++counts_.bad;
  } else if (copy == Copy::kOriginal) {
    ++counts_.interactions;
    if (event.noise != 0) ++counts_.noise;
  } else {
    ++counts_.duplicates;
    if (copy == Copy::kDiffering) ++counts_.differing;
  }
  out.truth.record = record;
}

void Generator::MakeBad(const Event& event, Item& out) {
  Random random(SeedOf(settings_.seed, event.profile, kBadSalt + event.ordinal));
  const BadKind kind = DrawBadKind(settings_.bad_kinds, random);
  const int64_t future = std::max(out.arrival.ms, world_.end_ms());
  WriteBadRecord(kind, out.interaction, future, settings_.record_bytes_max, random, out.bad_bytes);
  out.bad_kind = kind;
  if (kind == BadKind::kNoCustomer) out.key = {};
  out.truth.Clear();
  out.truth.outcome = Outcome::kDeadLetter;
  out.truth.profile = out.key;
  out.truth.reason = ReasonOf(kind);
}

}  // namespace waymark::generate
