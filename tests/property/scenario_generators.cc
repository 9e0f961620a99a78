#include "property/scenario_generators.h"

#include <cstdlib>

#include "codec/protobuf.h"
#include "journey/correction.h"

namespace waymark::test {
namespace {

// RapidCheck reads its parameters from the environment, once, before the first case.
const int kParametersSet = [] {
  const char* const cases = std::getenv("WAYMARK_PROPERTY_CASES");
  const std::string parameters =
      "max_success=" + std::string(cases == nullptr ? "20000" : cases) + " max_size=60";
  return setenv("RC_PARAMS", parameters.c_str(), /*overwrite=*/0);
}();

namespace gen = rc::gen;

template <class T>
rc::Gen<T> Below(int end) {
  return gen::inRange<T>(0, static_cast<T>(end));
}

rc::Gen<RandomEvent> AnyEvent() {
  using E = RandomEvent;
  const auto often_zero = [](int end) {
    return gen::weightedOneOf<int>({{3, gen::just(0)}, {2, Below<int>(end)}});
  };
  return gen::build<E>(
      gen::set(&E::profile, often_zero(3)), gen::set(&E::slot, Below<int>(16)),
      gen::set(&E::sequence, often_zero(3)), gen::set(&E::system, often_zero(3)),
      gen::set(&E::id, Below<int>(24)), gen::set(&E::kind, often_zero(6)),
      gen::set(&E::action, Below<int>(kActions)), gen::set(&E::key, Below<int>(4)),
      gen::set(&E::value, often_zero(9)), gen::set(&E::rating, often_zero(6)),
      gen::set(&E::channel, often_zero(2)), gen::set(&E::attribute, often_zero(kAttributes)),
      gen::set(&E::touchpoint, often_zero(4)), gen::set(&E::order, often_zero(3)),
      gen::set(&E::about, often_zero(5)), gen::set(&E::which, Below<int>(24)),
      gen::set(&E::corrects, gen::weightedElement<bool>({{5, false}, {1, true}})),
      gen::set(&E::rank, Below<int>(100)),
      gen::set(&E::after, Below<int>(kAfterEnd)));
}

rc::Gen<int> Maybe(int end) {
  return gen::oneOf(gen::just(0), Below<int>(end));
}

template <class T>
rc::Gen<std::vector<T>> UpTo(size_t most, rc::Gen<T> any, size_t least = 0) {
  return gen::mapcat(gen::inRange<size_t>(least, most + 1), [any](size_t count) {
    return gen::container<std::vector<T>>(count, any);
  });
}

rc::Gen<RandomDetector> AnyDetector() {
  using D = RandomDetector;
  using P = RandomPart;
  const auto part = gen::build<P>(
      gen::set(&P::actions, gen::inRange(1, 1 << kActions)),
      gen::set(&P::absent, gen::weightedElement<bool>({{3, false}, {1, true}})),
      gen::set(&P::least, gen::weightedElement<int>({{2, 1}, {1, 0}, {2, 2}})),
      gen::set(&P::more, Below<int>(3)), gen::set(&P::follows, Below<int>(3)));
  return gen::build<D>(
      gen::set(&D::kind, gen::weightedOneOf<int>({{1, gen::just(0)}, {1, Below<int>(6)}})),
      gen::set(&D::parts, UpTo(4, part, 1)), gen::set(&D::within, Maybe(9)), gen::set(&D::same),
      gen::set(&D::overlapping), gen::set(&D::duration, gen::inRange(1, 9)),
      gen::set(&D::in, Maybe(1 << kStagesMax)),
      gen::set(&D::actions, gen::inRange(1, 1 << kActions)),
      gen::set(&D::times, gen::inRange(1, 3)), gen::set(&D::to, gen::inRange(1, 3)),
      gen::set(&D::signals, gen::weightedElement<bool>({{3, true}, {1, false}})));
}

rc::Gen<RandomFindings> AnyFindings() {
  using F = RandomFindings;
  return gen::build<F>(
      gen::set(&F::detectors, gen::oneOf(UpTo(3, AnyDetector()), UpTo(3, AnyDetector(), 1))),
      gen::set(&F::asking_stage, gen::inRange(-1, kStagesMax)),
      gen::set(&F::relevant_last, Maybe(4)), gen::set(&F::relevant_within, Maybe(9)),
      gen::set(&F::filter, gen::weightedElement<int>({{4, 0}, {1, 1}, {1, 2}})),
      gen::set(&F::usual, gen::weightedOneOf<int>({{2, gen::just(0)}, {1, Below<int>(6)}})));
}

}  // namespace

rc::Gen<RandomModel> AnyModel() {
  using M = RandomModel;
  const auto maybe = [](int end) {
    return gen::oneOf(gen::just(0), Below<int>(end));
  };
  constexpr int kActionSets = 1 << kActions;
  constexpr int kStageSets = 1 << kStagesMax;
  const auto built = gen::build<M>(
      gen::set(&M::closes, maybe(kStageSets)), gen::set(&M::target_stage, Below<int>(kStagesMax)),
      gen::set(&M::target, maybe(8)), gen::set(&M::has_key),
      gen::set(&M::start, maybe(kActionSets)), gen::set(&M::reentry, maybe(kActionSets)),
      gen::set(&M::reentry_from, maybe(kStageSets)), gen::set(&M::reopen, maybe(kActionSets)),
      gen::set(&M::end, maybe(kActionSets)), gen::set(&M::abandon, maybe(8)),
      gen::set(&M::abandon_from, maybe(kStageSets)), gen::set(&M::lifetime, maybe(12)),
      gen::set(&M::retention, maybe(12)),
      gen::set(&M::forward_only), gen::set(&M::signal, Below<int>(kActionSets)),
      gen::set(&M::once), gen::set(&M::findings, AnyFindings()));
  const auto stages = gen::mapcat(gen::inRange(1, kStagesMax + 1), [maybe](int count) {
    const auto size = static_cast<size_t>(count);
    return gen::pair(gen::container<std::vector<int>>(size, gen::inRange(1, kActionSets)),
                     gen::container<std::vector<int>>(size, maybe(kStageSets)));
  });
  return gen::map(gen::pair(built, stages), [](std::pair<M, std::pair<std::vector<int>,
                                                                      std::vector<int>>> both) {
    both.first.enters = std::move(both.second.first);
    both.first.froms = std::move(both.second.second);
    return both.first;
  });
}

namespace {

rc::Gen<RandomWait> AnyWait() {
  using W = RandomWait;
  return gen::build<W>(gen::set(&W::when, gen::inRange(1, 1 << kActions)),
                       gen::set(&W::until, Maybe(1 << kActions)),
                       gen::set(&W::within, gen::inRange(1, 9)), gen::set(&W::completed));
}

rc::Gen<RandomDate> AnyDate() {
  using D = RandomDate;
  return gen::build<D>(gen::set(&D::every_year), gen::set(&D::before, Maybe(9)),
                       gen::set(&D::at, Below<int>(kTimesOfDay)));
}

rc::Gen<RandomCustomer> AnyCustomer() {
  using C = RandomCustomer;
  constexpr int kActionSets = 1 << kActions;
  const auto few = [](int end) {
    return gen::weightedOneOf<int>({{3, gen::just(0)}, {1, Below<int>(end)}});
  };
  return gen::build<C>(
      gen::set(&C::present), gen::set(&C::gap_web, Maybe(9)), gen::set(&C::gap_store, Maybe(9)),
      gen::set(&C::length_max, Maybe(12)), gen::set(&C::session_start, few(kActionSets)),
      gen::set(&C::session_end, few(kActionSets)), gen::set(&C::has_status),
      gen::set(&C::buy, gen::inRange(1, kActionSets)), gen::set(&C::leave, few(kActionSets)),
      gen::set(&C::existing_after, Maybe(12)), gen::set(&C::inactive_after, Maybe(8)),
      gen::set(&C::loyal_purchases, Below<int>(4)), gen::set(&C::loyal_within, gen::inRange(1, 9)),
      gen::set(&C::waits, UpTo(2, AnyWait())), gen::set(&C::dates, UpTo(2, AnyDate())));
}

// A correction reaches what the timeline still has when it comes.
Scenario WithoutWhatDependsOnTrims(Scenario scenario) {
  if (scenario.retention == 0) return scenario;
  for (RandomEvent& event : scenario.events) event.corrects = false;
  return scenario;
}

}  // namespace

rc::Gen<Scenario> AnyScenario() {
  using S = Scenario;
  return gen::map(gen::build<S>(
      gen::set(&S::models, gen::mapcat(gen::inRange<size_t>(1, 3),
                                       [](size_t count) {
                                         return gen::container<std::vector<RandomModel>>(
                                             count, AnyModel());
                                       })),
      gen::set(&S::events, gen::container<std::vector<RandomEvent>>(AnyEvent())),
      gen::set(&S::customer, AnyCustomer()), gen::set(&S::disorder, Below<int>(4)),
      gen::set(&S::horizon, Below<int>(12)),
      gen::set(&S::far, gen::weightedElement<bool>({{7, false}, {1, true}})),
      gen::set(&S::retention, gen::oneOf(gen::just(0), Below<int>(8))),
      gen::set(&S::profile_retention, Maybe(8)), gen::set(&S::snapshots),
      gen::set(&S::roomy), gen::set(&S::runs_closed, gen::inRange(1, 4)),
      gen::set(&S::runs_open, gen::inRange(1, 4)), gen::set(&S::runs_past, gen::inRange(1, 4)),
      gen::set(&S::refold_depth, gen::inRange(1, 6)),
      gen::set(&S::refold_batch, gen::inRange(1, 30)), gen::set(&S::refold_waiting, Below<int>(3)),
      gen::set(&S::rateable, gen::inRange(1, 12)), gen::set(&S::waiting, gen::inRange(1, 4)),
      gen::set(&S::rating_wait, Below<int>(12))), WithoutWhatDependsOnTrims);
}

engine::TaskSettings TaskSettingsOf(const Scenario& scenario) {
  engine::TaskSettings settings;
  settings.disorder = kSlot * scenario.disorder;
  settings.snapshot_interval = base::Millis(0);
  settings.publish_snapshots = scenario.snapshots;
  settings.lateness = kSlot;
  if (scenario.retention > 0) settings.timeline.retention = kSlot * scenario.retention;
  settings.refold.depth_max = scenario.refold_depth;
  settings.refold.batch_max = scenario.refold_batch;
  settings.refold.queued_max = 2;
  settings.refold.waiting_max = static_cast<size_t>(scenario.refold_waiting);
  settings.measures.enabled = true;
  settings.measures.in_memory_max = 10;
  settings.cache_bytes_max = scenario.roomy ? 64u << 20 : 0;
  return settings;
}

namespace {

// Each interaction as its corrections say, in order.
std::vector<model::Interaction> Corrected(const std::vector<model::Interaction>& interactions) {
  std::vector<model::Interaction> counting = interactions;
  for (model::Interaction& counts : counting) {
    const model::Interaction said = counts;
    for (const model::Interaction& other : interactions) {
      const bool about = journey::IsCorrection(other) && journey::IsAbout(other, said);
      if (about) journey::Correct(other, counts);
    }
  }
  return counting;
}

// From the beginning, and again for what is found to migrate.
journey::State FoldWhole(const journey::Fold& fold, const std::string& profile,
                         const std::vector<model::Interaction>& interactions,
                         base::Timestamp horizon) {
  journey::Effects effects;
  journey::Migrations migrations;
  while (true) {
    journey::State state = fold.Initial(profile);
    state.migrations = migrations;
    for (const model::Interaction& interaction : interactions) {
      effects.Clear();
      fold.Apply(state, interaction, effects);
    }
    effects.Clear();
    fold.AdvanceTo(state, horizon, effects);
    if (!journey::HasWanted(state.migrations)) return state;
    migrations = journey::WithFirstWanted(state.migrations);
  }
}

}  // namespace

std::map<std::string, std::string> FoldedPlainly(const journey::Fold& fold,
                                                 const std::vector<RandomEvent>& distinct,
                                                 base::Timestamp horizon) {
  std::map<std::string, std::vector<std::string>> by_profile;
  for (const RandomEvent& event : distinct) {
    const Sent sent = SentOf(event);
    by_profile[sent.profile].push_back(sent.bytes);
  }
  std::map<std::string, std::string> out;
  for (const auto& [profile, all] : by_profile) {
    std::vector<model::Interaction> interactions(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      TaskDriver::Must(codec::Decode(all[i], interactions[i]));
    }
    const journey::State state = FoldWhole(fold, profile, Corrected(interactions), horizon);
    base::Arena arena;
    model::CustomerJourneys summary;
    journey::Summarize(state, arena, summary);
    codec::EncodeCanonical(summary, out[profile]);
  }
  return out;
}

}  // namespace waymark::test
