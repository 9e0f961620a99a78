#include "generate/walker.h"

#include <algorithm>

namespace waymark::generate {
namespace {
constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kSilenceMin = 100 * kDay;
constexpr int64_t kSilenceMax = 140 * kDay;
// Above the usual session gap of 30 minutes, so that a hurried pause still parts two sessions.
constexpr int64_t kPauseMin = 40 * kMinute;
constexpr uint16_t kFullPace = 1024;
constexpr int64_t kPaceMin = 4;
constexpr uint32_t kVisitEventsMax = 7;
constexpr uint32_t kDraws = 4;  // scripts looked at before a visit is made
constexpr uint8_t kLoopsMax = 2;
constexpr uint64_t kNoiseThresholdMax = 3'650'722'201;  // 0.85 of 2^32
// Marks of each time that a step happens; the others stand at the last of its times.
constexpr Marks kMarksOfEach = kMarkAdvocacy | kMarkObjective | kMarkExperience;
constexpr uint64_t kBusinessSalt = 0xb0;
constexpr uint32_t kBusinessPercent = 8;
constexpr Chance kElsewhere = Chance::Percent(14);
constexpr Chance kGoBack = Chance::Percent(20);
constexpr Chance kLongPause = Chance::Percent(4);
constexpr Chance kReturnToVisit = Chance::Percent(9);

// The hours at which people start something (UTC); evenings most.
constexpr std::array<uint8_t, 32> kHours = {7,  8,  8,  9,  9,  10, 10, 11, 11, 12, 12,
                                            13, 13, 14, 15, 15, 16, 16, 17, 17, 18, 18,
                                            19, 19, 19, 20, 20, 20, 21, 21, 22, 23};

struct Range {
  int64_t low;
  int64_t high;
};
constexpr std::array<Range, 6> kPauses = {{{4000, 30'000},
                                           {90 * kMinute, 10 * kHour},
                                           {kDay, 4 * kDay},
                                           {6 * kDay, 15 * kDay},
                                           {25 * kDay, 40 * kDay},
                                           {kSilenceMin, kSilenceMax}}};

// What a step means whatever the script marks: who states an intent or compares has an objective,
// who is met by an impulse or at a place has an experience, who rates badly is irritated.
Marks MarksOf(const ScriptStep& step) {
  Marks marks = kNoMark;
  if (step.kind != model::Kind::kCustomer) return marks;
  const bool is_aimed = (step.carries & kIntent) != 0 || step.stage == Stage::kComparison;
  if (is_aimed) marks |= kMarkObjective;
  if ((step.carries & kBadRating) != 0) marks |= kMarkIrritation;
  if ((step.carries & (kImpulse | kLocation)) != 0) marks |= kMarkExperience;
  return marks;
}

// The time of day moved to an hour of `random`'s choice, but not before `earliest`.
int64_t AtUsualHour(int64_t time, int64_t earliest, Random& random) {
  const int64_t hour = kHours[random.Below(kHours.size())] * kHour;
  const int64_t of_day = hour + random.Between(0, kHour - 1);
  const int64_t day = time >= 0 ? time / kDay : -((kDay - 1 - time) / kDay);
  const int64_t moved = day * kDay + of_day;
  return moved < earliest ? moved + kDay : moved;
}
}  // namespace

bool IsBusiness(uint64_t seed, uint32_t profile) {
  return SeedOf(seed, profile, kBusinessSalt) % 100 < kBusinessPercent;
}

World::World(const Settings& settings)
    : seed_(settings.seed),
      end_ms_(settings.start.ms + SpanOf(settings).count()),
      noise_threshold_(Chance::Share(settings.noise_share).threshold) {
  uint32_t personal = 0;
  uint32_t business = 0;
  for (const Script& script : Scripts()) {
    weights_[0].push_back(personal += script.weight.personal);
    weights_[1].push_back(business += script.weight.business);
  }
}

uint8_t World::DrawScript(Random& random, bool business) const {
  const auto& weights = weights_[business ? 1 : 0];
  const uint32_t at = random.Below(weights.back());
  const auto found = std::upper_bound(weights.begin(), weights.end(), at);
  return static_cast<uint8_t>(found - weights.begin());
}

Walker::Walker(const World& world, uint32_t profile, uint32_t quota, int64_t from_ms)
    : random_(SeedOf(world.seed(), profile)),
      quota_left_(quota - 1),
      business_(IsBusiness(world.seed(), profile)) {
  event_.profile = profile;
  run_base_ = 1;
  StartRun(world, AtUsualHour(from_ms, from_ms, random_));
}

bool Walker::Advance(const World& world) {
  if (quota_left_ == 0) return false;
  const bool silent = Scripts()[event_.script].ends_in_silence && KeepsSilence(world);
  --quota_left_;
  ++event_.ordinal;
  if (StepInRun(world)) {
    MarkEvent(world);
    return true;
  }
  run_base_ += Scripts()[event_.script].tracks();
  event_.time += DrawPause(silent ? Gap::kSilence : Gap::kWeeks);
  StartRun(world, event_.time);
  return true;
}

void Walker::StartRun(const World& world, int64_t from_ms) {
  pace_ = kFullPace;
  bool taken = false;
  for (uint32_t i = 0; i < kDraws && !taken; ++i) {
    taken = TakeScript(world, world.DrawScript(random_, business_), from_ms);
  }
  if (!taken) {
    EnterRun(kVisit, from_ms);
    TakeVisit(world, from_ms);
  }
  MarkEvent(world);
}

// Takes the script where its whole run fits into what is left of the quota.
bool Walker::TakeScript(const World& world, uint8_t script, int64_t from_ms) {
  const Walker before = *this;
  EnterRun(script, from_ms);
  const Plan plan = MakePlan(world, from_ms);
  const int64_t left = world.end_ms() - from_ms;
  const bool fits = plan.events <= quota_left_ + 1;
  if (!fits || (Scripts()[script].needs_time && plan.duration_ms > left)) {
    const Random drawn = random_;
    *this = before;
    random_ = drawn;
    return false;
  }
  if (!Scripts()[script].needs_time) SetPace(world, plan, from_ms);
  return true;
}

void Walker::TakeVisit(const World& world, int64_t from_ms) {
  const uint32_t events = std::min(quota_left_ + 1, 1 + random_.Below(kVisitEventsMax));
  visit_left_ = events - 1;
  SetPace(world, {events, kDay}, from_ms);
}

// Hurries so that what the quota still holds, in runs like this one, ends with the span.
void Walker::SetPace(const World& world, Plan plan, int64_t from_ms) {
  const int64_t runs = (int64_t{quota_left_} + plan.events) / plan.events;
  const int64_t needed = runs * (plan.duration_ms + 14 * kDay);
  const int64_t left = std::max<int64_t>(world.end_ms() - from_ms, 0);
  const int64_t pace = left / (needed / kFullPace + 1);
  pace_ = static_cast<uint16_t>(std::clamp<int64_t>(pace, kPaceMin, kFullPace));
}

void Walker::EnterRun(uint8_t script, int64_t from_ms) {
  event_.script = script;
  event_.time = from_ms;
  event_.noise = 0;
  visit_left_ = 0;
  loops_ = 0;
  touched_ = 0;
  met_ = 0;
  const auto steps = Scripts()[script].steps;
  size_t first = 0;
  while (random_.Below(100) < steps[first].skip) ++first;
  EnterStep(first);
}

// Walks a copy to the end of the run to learn its size; the walker then takes the very same way.
Walker::Plan Walker::MakePlan(const World& world, int64_t from_ms) const {
  Walker scout = *this;
  Plan plan{1, 0};
  for (++scout.event_.ordinal; scout.StepInRun(world); ++scout.event_.ordinal) ++plan.events;
  plan.duration_ms = scout.event_.time - from_ms;
  return plan;
}

bool Walker::StepInRun(const World& world) {
  event_.marks = kNoMark;
  if (event_.script == kVisit) {
    if (visit_left_ == 0) return false;
    --visit_left_;
    return (visit_left_ > 0 && DrawNoise(world)) || StepInVisit();
  }
  const auto steps = Scripts()[event_.script].steps;
  const bool is_last = event_.step + size_t{1} == steps.size();
  if (is_last && repeats_left_ == 0) return false;
  if (DrawNoise(world)) return true;
  if (repeats_left_ > 0) {
    --repeats_left_;
    event_.time += DrawPause(Gap::kNow);
    GoTo(steps[event_.step]);
    return true;
  }
  size_t next = event_.step + size_t{1};
  const uint8_t back = steps[event_.step].back;
  if (back > 0 && loops_ < kLoopsMax && random_.Happens(kGoBack)) {
    ++loops_;
    next = event_.step - size_t{back};
  }
  while (random_.Below(100) < steps[next].skip) ++next;
  event_.time += DrawPause(steps[next].gap);
  EnterStep(next);
  return true;
}

bool Walker::StepInVisit() {
  event_.noise = 0;
  const auto steps = Scripts()[kVisit].steps;
  event_.time += DrawPause(random_.Happens(kReturnToVisit) ? Gap::kHours : Gap::kNow);
  EnterStep(1 + random_.Below(static_cast<uint32_t>(steps.size() - 1)));
  return true;
}

// Noise follows an event of the script within its session; a run neither begins nor ends with it.
// Its chance rises where the customer has had too little so far, and in visits, of which it can
// only take the middle.
bool Walker::DrawNoise(const World& world) {
  event_.noise = 0;
  const auto share = static_cast<int64_t>(world.noise_threshold());
  const int64_t missing = share * (int64_t{event_.ordinal} + 2) - (int64_t{noise_count_} << 32);
  const int64_t wanted = share + missing / (event_.script == kVisit ? 1 : 4);
  const auto threshold = std::clamp<int64_t>(wanted, 0, static_cast<int64_t>(kNoiseThresholdMax));
  if (share == 0 || !random_.Happens({static_cast<uint64_t>(threshold)})) return false;
  const auto actions = NoiseActions();
  uint32_t at = random_.Below(static_cast<uint32_t>(actions.size()));
  while (actions[at].known_only && !event_.known) {
    at = random_.Below(static_cast<uint32_t>(actions.size()));
  }
  ++noise_count_;
  event_.noise = static_cast<uint8_t>(at + 1);
  event_.place = actions[at].at;
  event_.time += DrawPause(Gap::kNow);
  return true;
}

void Walker::EnterStep(size_t step) {
  const ScriptStep& taken = Scripts()[event_.script].steps[step];
  event_.step = static_cast<uint8_t>(step);
  event_.run = run_base_ + taken.track;
  repeats_left_ = static_cast<uint8_t>(random_.Between(taken.times.least, taken.times.most) - 1);
  GoTo(taken);
}

void Walker::GoTo(const ScriptStep& step) {
  const bool elsewhere = step.other != Place::kSame && random_.Happens(kElsewhere);
  event_.place = elsewhere ? step.other : step.at;
  event_.known = event_.known || (step.carries & kKnown) != 0;
  if ((step.carries & kSale) == kSale) event_.order = event_.ordinal;
  if ((step.carries & kAnchor) != 0) {
    event_.anchor = event_.ordinal;
    event_.anchor_step = event_.step;
  }
}

void Walker::MarkEvent(const World& world) {
  event_.marks = kNoMark;
  if (event_.noise != 0) return;
  const Script& script = Scripts()[event_.script];
  const ScriptStep& step = script.steps[event_.step];
  if (event_.script == kVisit) {
    if (visit_left_ == 0) event_.marks = kMarkAbandoned;
  } else {
    event_.marks = MarksOf(step);
    event_.marks |= repeats_left_ == 0 ? step.marks : static_cast<Marks>(step.marks & kMarksOfEach);
  }
  if (!KeepsSilence(world)) event_.marks &= static_cast<Marks>(~kMarkAbandoned);
  MarkFirsts(step);
}

void Walker::MarkFirsts(const ScriptStep& step) {
  if (step.kind != model::Kind::kCustomer) return;
  const auto track = static_cast<uint8_t>(1U << step.track);
  if ((touched_ & track) == 0) event_.marks |= kMarkFirstTouch;
  touched_ |= track;
  if (!FactsOf(event_.place).personal) return;
  if ((met_ & track) == 0) event_.marks |= kMarkFirstPersonal;
  met_ |= track;
}

// Whether a silence that begins now stays one, because it is the customer's end or because there is
// time enough for it.
bool Walker::KeepsSilence(const World& world) const {
  return quota_left_ == 0 || event_.time + kSilenceMax + 14 * kDay <= world.end_ms();
}

int64_t Walker::DrawPause(Gap gap) {
  const Range range = kPauses[static_cast<size_t>(gap)];
  int64_t pause = random_.Between(range.low, range.high);
  if (gap == Gap::kNow) return random_.Below(4) == 0 ? pause * 8 : pause;
  const bool is_long = random_.Happens(kLongPause);
  if (gap == Gap::kSilence) return pause;
  if (is_long) pause *= 3;
  Random hour(random_.Next());
  pause = pause * pace_ / kFullPace;
  if (pause < kDay) return std::max(pause, kPauseMin + hour.Between(0, 20 * kMinute));
  const int64_t now = event_.time;
  return AtUsualHour(now + pause, now + kPauseMin, hour) - now;
}

}  // namespace waymark::generate
