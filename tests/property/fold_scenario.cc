#include "property/fold_scenario.h"

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <set>
#include <tuple>

#include "base/hash.h"

namespace waymark::test {
namespace {

using model::Condition;
using model::JourneyStatus;

constexpr std::array<std::string_view, kActions> kActionNames = {"view", "ask", "buy", "use",
                                                                 "leave"};
constexpr std::array<JourneyStatus, 3> kClosings = {
    JourneyStatus::kCompleted, JourneyStatus::kSwitched, JourneyStatus::kAbandoned};

}  // namespace

Condition ActionIn(int bits) {
  Condition condition;
  if (bits == 0) return condition;
  condition.kind = Condition::Kind::kIn;
  condition.field = {model::Field::kAction, {}};
  for (int action = 0; action < kActions; ++action) {
    if ((bits >> action & 1) != 0) {
      condition.values.emplace_back(kActionNames[static_cast<size_t>(action)]);
    }
  }
  return condition;
}

namespace {

std::string StageName(int stage) { return "stage-" + std::to_string(stage); }

std::vector<std::string> StagesIn(int bits, int stages) {
  std::vector<std::string> names;
  for (int stage = 0; stage < stages; ++stage) {
    if ((bits >> stage & 1) != 0) names.push_back(StageName(stage));
  }
  return names;
}

std::optional<base::Millis> Slots(int slots) {
  return slots == 0 ? std::nullopt : std::optional<base::Millis>(kSlot * slots);
}

model::JourneyRules RulesOf(const RandomModel& random, int stages) {
  model::JourneyRules rules;
  if (random.has_key) rules.key = model::FieldRef{model::Field::kContract, {}};
  rules.start = ActionIn(random.start);
  if (random.reentry != 0) rules.reentry = ActionIn(random.reentry);
  rules.reentry_from = StagesIn(random.reentry_from, stages);
  if (random.reopen != 0) rules.reopen = ActionIn(random.reopen);
  if (random.end != 0) {
    rules.ends.push_back({ActionIn(random.end), JourneyStatus::kSwitched, {}});
  }
  rules.abandon_after = Slots(random.abandon);
  for (const std::string& stage : StagesIn(random.abandon_from, stages)) {
    rules.abandon_from.push_back({stage, {}});
  }
  rules.lifetime = Slots(random.lifetime);
  rules.retention = Slots(random.retention);
  rules.forward_only = random.forward_only;
  rules.handovers =
      random.signal % 2 == 1 ? model::Handovers::kDepartment : model::Handovers::kOwner;
  return rules;
}

}  // namespace

model::JourneyModel ModelOf(const RandomModel& random, size_t number) {
  model::JourneyModel out;
  out.family = "family-" + std::to_string(number);
  out.name = "random";
  const int stages = static_cast<int>(random.enters.size());
  out.journey = RulesOf(random, stages);
  for (int s = 0; s < stages; ++s) {
    model::Stage& stage = out.stages.emplace_back();
    stage.name = StageName(s);
    stage.enter = ActionIn(random.enters[static_cast<size_t>(s)]);
    stage.from = StagesIn(random.froms[static_cast<size_t>(s)], stages);
    if ((random.closes >> s & 1) != 0) stage.closes = kClosings[static_cast<size_t>(s) % 3];
    if (s == random.target_stage) stage.targets.duration = Slots(random.target);
    stage.dimensions.owner = s % 2 == 0 ? "sales" : "care";
    stage.stations.push_back({"shop", ActionIn(1 << (s % kActions)), {}});
  }
  model::SignalRule& moment = out.signals.emplace_back();
  moment.name = "moment";
  moment.kind = model::SignalKind::kMicroMoment;
  moment.when = ActionIn(random.signal);
  moment.once = random.once;
  out.personal_channels = {"store"};
  AddFindings(random.findings, kSlot, out);
  return out;
}

namespace {

std::optional<Condition> MaybeActionIn(int bits) {
  return bits == 0 ? std::nullopt : std::optional(ActionIn(bits));
}

model::StatusRules StatusOf(const RandomCustomer& random) {
  model::StatusRules rules;
  rules.buy = MaybeActionIn(random.buy);
  rules.leave = MaybeActionIn(random.leave);
  rules.existing_after = Slots(random.existing_after);
  rules.inactive_after = Slots(random.inactive_after);
  if (random.loyal_purchases > 1) {
    rules.loyal = model::LoyaltyRule{random.loyal_purchases, kSlot * random.loyal_within};
  }
  return rules;
}

model::WaitRule WaitOf(const RandomWait& random, size_t number) {
  model::WaitRule rule;
  rule.name = "wait-" + std::to_string(number);
  rule.when = ActionIn(random.when);
  rule.until = ActionIn(random.until);
  if (random.until == 0) {
    rule.until.kind = Condition::Kind::kIn;
    rule.until.field = {model::Field::kKind, {}};
    rule.until.values = {"STAFF"};
  }
  rule.within = kSlot * random.within;
  if (random.completed) rule.completed = "completed-" + std::to_string(number);
  return rule;
}

model::DateRule DateOf(const RandomDate& random, size_t number) {
  constexpr std::array<int, kTimesOfDay> kMinutes = {22 * 60 + 30, 23 * 60, 0, 20};
  model::DateRule rule;
  rule.name = "date-" + std::to_string(number);
  rule.attribute = "d" + std::to_string(number);
  rule.every_year = random.every_year;
  rule.before = kSlot * random.before;
  rule.at = std::chrono::minutes(kMinutes[static_cast<size_t>(random.at)]);
  return rule;
}

// The events lie between 22:13 on the 14th and 00:53 on the 15th.
model::TextEntry AttributeOf(int attribute) {
  constexpr std::array<model::TextEntry, kAttributes> kEntries = {{{"", ""},
                                                                   {"d0", "2023-11-14"},
                                                                   {"d0", "1990-11-15"},
                                                                   {"d0", "--11-14"},
                                                                   {"d1", "2023-11-15"},
                                                                   {"d1", "no date"},
                                                                   {"time_zone", "Etc/GMT+1"},
                                                                   {"time_zone", "Etc/GMT-1"},
                                                                   {"time_zone", "Nowhere"}}};
  return kEntries[static_cast<size_t>(attribute)];
}

constexpr std::array<model::Text, 4> kTouchpoints = {"", "t1", "t2", "t3"};
constexpr std::array<model::Text, 3> kOrders = {"", "o1", "o2"};

// Interactions of all systems, times from before the first event on, touchpoints and orders.
model::RefersTo ReferenceOf(const RandomEvent& event, const std::string& id) {
  constexpr std::array<model::Text, 3> kSystems = {"s0", "s1", "s2"};
  const auto which = static_cast<size_t>(event.which);
  switch (event.about) {
    case 1: return {kSystems[which % 3], id, {}, {}, {}};
    case 2: return {{}, {}, kTouchpoints[1 + which % 3], TimeOf(event.which - 4).ms, {}};
    case 3: return {{}, {}, {}, {}, kOrders[1 + which % 2]};
    case 4: return {{}, {}, kTouchpoints[which % 4], {}, {}};
    default: return {};
  }
}

std::string BytesOf(const RandomEvent& event) {
  const std::string id = "i" + std::to_string(event.id);
  const std::string system = "s" + std::to_string(event.system);
  const std::string contract = event.key == 0 ? "" : "c" + std::to_string(event.key);
  model::Interaction out;
  out.id = id;
  out.time = TimeOf(event.slot).ms;
  if (event.sequence != 0) out.sequence = event.sequence;
  out.source.system = system;
  constexpr std::array<model::Text, 3> kDepartments = {"", "sales", "shop"};
  out.source.department = kDepartments[static_cast<size_t>(event.which) % 3];
  out.kind = static_cast<model::Kind>(event.kind);
  out.channel = event.channel == 0 ? "web" : "store";
  out.action = kActionNames[static_cast<size_t>(event.action)];
  out.contract = contract;
  out.touchpoint = kTouchpoints[static_cast<size_t>(event.touchpoint)];
  const std::string about = "i" + std::to_string(event.which / 3);
  if (event.about != 0) out.refers_to = ReferenceOf(event, about);
  if (event.corrects) out.command = model::Command::kCorrect;
  if (event.order != 0) {
    out.attributes.push_back({"order", kOrders[static_cast<size_t>(event.order)]});
  }
  if (event.value != 0) out.value_micros = event.value;
  if (event.rating != 0) out.rating.emplace().satisfaction = event.rating;
  if (event.attribute != 0) out.profile.push_back(AttributeOf(event.attribute));
  std::string bytes;
  codec::Encode(out, bytes);
  return bytes;
}

void PrintCustomer(const RandomCustomer& c, std::ostream& out) {
  out << "customer gap_web=" << c.gap_web << " gap_store=" << c.gap_store
      << " length_max=" << c.length_max << " start=" << c.session_start << " end=" << c.session_end;
  if (c.has_status) {
    out << " buy=" << c.buy << " leave=" << c.leave << " existing_after=" << c.existing_after
        << " inactive_after=" << c.inactive_after << " loyal=" << c.loyal_purchases << '/'
        << c.loyal_within;
  }
  for (const RandomWait& w : c.waits) {
    out << " wait=" << w.when << '>' << w.until << " within " << w.within << ':' << w.completed;
  }
  for (const RandomDate& d : c.dates) {
    out << " date=" << d.every_year << " before " << d.before << " at " << d.at;
  }
  out << '\n';
}

enum After {
  kGoOn = 0, kEndBatch, kSnapshots, kFlush, kReload, kRaiseHorizon, kCrash, kBareMachine,
  kStoreSome
};

}  // namespace

base::Timestamp TimeOf(int slot) { return base::Timestamp{1'700'000'000'000} + kSlot * slot; }

std::vector<model::JourneyModel> ModelsOf(const Scenario& scenario) {
  std::vector<model::JourneyModel> models;
  for (size_t i = 0; i < scenario.models.size(); ++i) {
    models.push_back(ModelOf(scenario.models[i], i));
  }
  return models;
}

std::optional<model::CustomerModel> CustomerOf(const Scenario& scenario) {
  const RandomCustomer& random = scenario.customer;
  if (!random.present) return std::nullopt;
  model::CustomerModel out;
  out.name = "random";
  if (random.gap_web != 0) out.sessions.gap_by_channel["web"] = kSlot * random.gap_web;
  if (random.gap_store != 0) out.sessions.gap_by_channel["store"] = kSlot * random.gap_store;
  out.sessions.length_max = Slots(random.length_max);
  out.sessions.start = MaybeActionIn(random.session_start);
  out.sessions.end = MaybeActionIn(random.session_end);
  if (random.has_status) out.status = StatusOf(random);
  for (size_t i = 0; i < random.waits.size(); ++i) out.waits.push_back(WaitOf(random.waits[i], i));
  for (size_t i = 0; i < random.dates.size(); ++i) out.dates.push_back(DateOf(random.dates[i], i));
  return out;
}

journey::FoldSettings SettingsOf(const Scenario& scenario) {
  journey::FoldSettings settings;
  settings.limits.runs_closed_max = static_cast<size_t>(scenario.runs_closed);
  settings.limits.runs_open_max = static_cast<size_t>(scenario.runs_open);
  settings.limits.runs_past_max = static_cast<size_t>(scenario.runs_past);
  settings.limits.steps_rateable_max = static_cast<size_t>(scenario.rateable);
  settings.limits.ratings_waiting_max = static_cast<size_t>(scenario.waiting);
  settings.limits.touchpoints_max = 3;
  settings.rating_wait = kSlot * scenario.rating_wait;
  if (scenario.profile_retention > 0) {
    settings.profile_retention = kSlot * scenario.profile_retention;
  }
  return settings;
}

Sent SentOf(const RandomEvent& event) {
  return {"p" + std::to_string(event.profile), BytesOf(event)};
}

base::Timestamp HorizonOf(const Scenario& scenario) {
  int last = 0;
  for (const RandomEvent& event : scenario.events) last = std::max(last, event.slot);
  constexpr int kTwoYears = 2 * 366 * 24 * 6;
  return TimeOf(last + scenario.horizon + (scenario.far ? kTwoYears : 0));
}

std::vector<RandomEvent> Distinct(const std::vector<RandomEvent>& all) {
  const auto identity = [](const RandomEvent& e) { return std::tuple(e.profile, e.system, e.id); };
  const auto claim = [](const RandomEvent& e) {
    return std::tuple(e.slot, e.sequence, base::MakeHash128(BytesOf(e)));
  };
  std::map<std::tuple<int, int, int>, RandomEvent> chosen;
  for (const RandomEvent& event : all) {
    const auto [at, added] = chosen.emplace(identity(event), event);
    if (!added && claim(event) < claim(at->second)) at->second = event;
  }
  std::vector<RandomEvent> events;
  for (const auto& [key, event] : chosen) events.push_back(event);
  std::sort(events.begin(), events.end(), [](const RandomEvent& a, const RandomEvent& b) {
    // The systems' and ids' names sort as texts.
    const auto order = [](const RandomEvent& e) {
      return std::tuple(e.profile, e.slot, e.sequence, std::to_string(e.system),
                        std::to_string(e.id));
    };
    return order(a) < order(b);
  });
  return events;
}

std::vector<RandomEvent> Effective(std::vector<RandomEvent> distinct) {
  const std::vector<RandomEvent> said = distinct;
  for (const RandomEvent& correction : said) {
    if (!correction.corrects) continue;
    for (size_t i = 0; i < said.size(); ++i) {
      const RandomEvent& event = said[i];
      if (event.corrects || event.profile != correction.profile) continue;
      const int which = correction.which;
      const bool by_id =
          correction.about == 1 && event.id == which / 3 && event.system == which % 3;
      const bool by_touchpoint = correction.about == 2 && event.slot == which - 4 &&
                                 event.touchpoint == 1 + which % 3;
      if (!by_id && !by_touchpoint) continue;
      distinct[i].channel = correction.channel;
      distinct[i].action = correction.action;
    }
  }
  return distinct;
}

int64_t CountSessions(const std::vector<RandomEvent>& effective, const RandomCustomer& customer) {
  struct Session {
    bool open = false;
    int start = 0;
    int last = 0;
    int gap = 0;
  };
  const RandomCustomer none;
  const RandomCustomer& rules = customer.present ? customer : none;
  const auto is_in = [](int bits, int action) { return (bits >> action & 1) != 0; };
  int64_t sessions = 0;
  std::map<int, Session> by_profile;
  for (const RandomEvent& event : effective) {
    if (event.kind > 1 || event.corrects) continue;  // only customers have sessions
    Session& session = by_profile[event.profile];
    const bool too_long = rules.length_max != 0 && event.slot - session.start > rules.length_max;
    if (!session.open || event.slot - session.last > session.gap || too_long ||
        is_in(rules.session_start, event.action)) {
      ++sessions;
      session.start = event.slot;
    }
    constexpr int kSetting = 3;  // 30 minutes
    const int gap = event.channel == 0 ? rules.gap_web : rules.gap_store;
    session.open = !is_in(rules.session_end, event.action);
    session.last = event.slot;
    session.gap = gap == 0 ? kSetting : gap;
  }
  return sessions;
}

namespace {
// A copy with another time may come after the first was trimmed, and then counts for itself.
void LeaveOutMovedCopies(std::vector<RandomEvent>& arrivals) {
  std::map<std::tuple<int, int, int>, int> slots;
  std::erase_if(arrivals, [&](const RandomEvent& e) {
    return slots.emplace(std::tuple(e.profile, e.system, e.id), e.slot).first->second != e.slot;
  });
}
}  // namespace

Driven Drive(const Scenario& scenario, TaskDriver& driver,
             const std::function<void()>& between) {
  Driven driven;
  std::vector<RandomEvent> arrivals = scenario.events;
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const RandomEvent& a, const RandomEvent& b) { return a.rank < b.rank; });
  if (scenario.retention > 0) LeaveOutMovedCopies(arrivals);
  const base::Timestamp horizon = HorizonOf(scenario);
  driver.Begin();
  for (const RandomEvent& event : arrivals) {
    if (driver.Accept(SentOf(event))) {
      driven.accepted.push_back(event);
    } else {
      ++driven.refused;
    }
    const auto after = static_cast<After>(event.after);
    if (after == kGoOn) continue;
    // As while an input is drained: the horizon goes on without events, never past the last one.
    driver.End(after == kRaiseHorizon ? std::min(TimeOf(event.slot + 4), horizon)
                                      : base::Timestamp::min());
    if (after == kSnapshots) driver.Snapshots(event.slot % 2 == 0);
    if (after == kFlush) {
      driver.Flush();
      if (event.slot % 2 == 0) driver.FlushStore();
    }
    if (after == kStoreSome) {
      driver.StoreSome(static_cast<size_t>(event.slot % 3));
      if (event.slot % 4 == 0) driver.FlushStore();
    }
    if (after == kReload) driver.Reload();
    if (after == kCrash) {
      if (event.slot % 2 == 0) driver.Flush();
      driver.Crash();
    }
    if (after == kBareMachine) driver.MoveToBareMachine();
    if (between) between();
    driver.Begin();
  }
  driver.End(horizon, horizon);
  driver.FoldPending();
  return driven;
}

std::ostream& operator<<(std::ostream& out, const Scenario& s) {
  for (const RandomModel& m : s.models) {
    out << "model enters=";
    for (const int bits : m.enters) out << bits << ',';
    out << " froms=";
    for (const int bits : m.froms) out << bits << ',';
    out << " closes=" << m.closes << " target=" << m.target_stage << ':' << m.target
        << " key=" << m.has_key << " start=" << m.start << " reentry=" << m.reentry
        << " reentry_from=" << m.reentry_from << " reopen=" << m.reopen << " end=" << m.end
        << " abandon=" << m.abandon << " abandon_from=" << m.abandon_from
        << " lifetime=" << m.lifetime << " retention=" << m.retention
        << " forward=" << m.forward_only << " signal=" << m.signal << " once=" << m.once << '\n'
        << m.findings;
  }
  for (const RandomEvent& e : s.events) {
    out << "event p" << e.profile << " slot=" << e.slot << " seq=" << e.sequence << " s" << e.system
        << " i" << e.id << " kind=" << e.kind << " action=" << e.action << " key=" << e.key
        << " value=" << e.value << " rating=" << e.rating << " channel=" << e.channel
        << " attribute=" << e.attribute << " touchpoint=" << e.touchpoint << " order=" << e.order
        << " about=" << e.about << '/' << e.which << " corrects=" << e.corrects
        << " rank=" << e.rank << " after=" << e.after
        << '\n';
  }
  if (s.customer.present) PrintCustomer(s.customer, out);
  return out << "disorder=" << s.disorder << " horizon=" << s.horizon << " far=" << s.far
             << " snapshots=" << s.snapshots << " roomy=" << s.roomy << " closed=" << s.runs_closed
             << " retention=" << s.retention << '/' << s.profile_retention
             << " open=" << s.runs_open
             << " past=" << s.runs_past << " refold=" << s.refold_depth << '/' << s.refold_batch
             << '/' << s.refold_waiting
             << " rateable=" << s.rateable
             << " waiting=" << s.waiting << " rating_wait=" << s.rating_wait << '\n';
}

}  // namespace waymark::test
