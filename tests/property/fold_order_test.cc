// Law 1: a journey is a fold of the set of a profile's interactions; arrival order never shows.
//
// Each case sends a random set of interactions in a random order, cut into random batches, with
// snapshots, flushes, evictions and reloads in between, and compares what readers then see with
// one batch in order of the distinct interactions. Crashes and moves to a bare machine restore by
// the real path. Seen red, within 200 cases each, with these faults planted: retractions not
// written, `fired_until` not looked at by IsInOrder, tombstones of replaced copies left out, the
// first of copies at the same time kept, a queued timer not moved when it becomes earlier, the old
// set advanced beyond what was published, a timeline that outlived its profile taken for the
// state's. Of the customer file: its timers leave `fired_until` as it is; a session's gap, the
// beginning of a wait, what was bought in the session or when a run was closed not stored; a
// session too short.
//
// WAYMARK_PROPERTY_CASES states how many cases; RC_PARAMS="seed=… max_success=…" repeats a run.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "codec/protobuf.h"
#include "property/fold_scenario.h"
#include "property/scenario_generators.h"

namespace waymark::test {
namespace {

void CheckTotals(const Scenario& scenario, const Driven& driven,
                 const std::vector<RandomEvent>& distinct, TaskDriver& driver) {
  const engine::Totals& totals = driver.totals();
  RC_ASSERT(totals.AddUp());
  RC_ASSERT(driver.output().steps_repeated == 0);
  RC_ASSERT(totals.consumed == static_cast<int64_t>(driven.accepted.size()) + driven.refused);
  RC_ASSERT(totals.dead_letters_total() == driven.refused);
  RC_ASSERT(totals.steps == static_cast<int64_t>(distinct.size()));
  const auto by_kind = driver.output().SignalsByKind();
  RC_ASSERT(driver.SignalTotals() == by_kind);
  RC_ASSERT(by_kind[static_cast<size_t>(model::SignalKind::kSessionStarted)] ==
            CountSessions(Effective(distinct), scenario.customer));
}

// The rows that no store may have dropped by then.
std::vector<std::string> RowsSince(const std::vector<std::string>& rows, base::Timestamp from) {
  std::vector<std::string> since;
  for (const std::string& row : rows) {
    model::Step step;
    TaskDriver::Must(codec::Decode(row, step));
    if (step.interaction.timestamp() >= from) since.push_back(row);
  }
  return since;
}

// Of the states of a task that forgets nothing, those that are not to be forgotten.
std::map<std::string, std::string> Remembered(const Scenario& scenario, const View& view,
                                              TaskDriver& driver) {
  const engine::TimelineSettings timeline = TaskSettingsOf(scenario).timeline;
  std::map<std::string, std::string> remembered = view.summaries;
  driver.ForEachStored([&](const engine::Profile& profile) {
    const base::Timestamp due = profile.state.lapses_at + timeline.ForgetAfter();
    if (due < HorizonOf(scenario)) remembered.erase(profile.state.profile_id);
  });
  return remembered;
}

RC_GTEST_PROP(FoldOrder, ArrivalOrderNeverShows, ()) {
  const Scenario scenario = *AnyScenario();
  const journey::CompiledModels models(ModelsOf(scenario), CustomerOf(scenario));
  const journey::Fold fold(models, SettingsOf(scenario));

  store::MemoryStore store;
  TaskDriver driver(fold, store, TaskSettingsOf(scenario));
  const Driven driven = Drive(scenario, driver);
  const std::vector<RandomEvent> distinct = Distinct(driven.accepted);

  store::MemoryStore expected_store;
  engine::TaskSettings unlimited = TaskSettingsOf(scenario);
  unlimited.timeline = {};
  unlimited.refold = {};
  TaskDriver expected(fold, expected_store, unlimited);
  expected.Begin();
  for (const RandomEvent& event : distinct) expected.Accept(SentOf(event));
  expected.End(HorizonOf(scenario), HorizonOf(scenario));

  const View want = expected.Look();
  const View have = driver.Look();
  RC_ASSERT(have.steps == want.steps);
  RC_ASSERT(have.signals == want.signals);
  RC_ASSERT(have.measures == want.measures);
  const base::Timestamp kept_from =
      TaskSettingsOf(scenario).timeline.AcceptedFrom(HorizonOf(scenario));
  RC_ASSERT(RowsSince(have.timeline, kept_from) == RowsSince(want.timeline, kept_from));
  const auto summaries = Remembered(scenario, want, expected);
  RC_ASSERT(have.summaries == summaries);
  RC_ASSERT(want.summaries == FoldedPlainly(fold, distinct, HorizonOf(scenario)));
  RC_ASSERT(driver.totals().profiles == static_cast<int64_t>(summaries.size()));
  CheckTotals(scenario, driven, distinct, driver);
  driver.CheckCounts();
  if (scenario.snapshots) {
    driver.Snapshots(true);
    RC_ASSERT(driver.output().journeys == summaries);
  }
}

}  // namespace
}  // namespace waymark::test
