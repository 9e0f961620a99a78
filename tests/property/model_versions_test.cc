// Law 1 with models that change: what readers see at last is a function of the set of interactions,
// the list of versions and the horizon, not of when a task learnt of a version.
//
// Each case drives a task as fold_order_test.cc does, and adds random versions between its batches:
// for the past and the future, of known models and of new families, with each fate. It is compared
// with one batch in order under the final list.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ostream>

#include "property/fold_scenario.h"
#include "property/scenario_generators.h"

namespace waymark::test {
namespace {

namespace gen = rc::gen;

// A version that is added, as small numbers.
struct RandomVersion {
  RandomModel model;
  int family = 0;  // 0 and 1 are those of the scenario's models; others are new
  int from = 0;    // the slot at which it takes effect
  model::Fate fate = model::Fate::kPin;
  int batches = 0;  // after so many more it is added
};

struct Versions {
  Scenario scenario;
  std::vector<RandomVersion> added;
};

std::ostream& operator<<(std::ostream& out, const Versions& v) {
  out << v.scenario;
  for (const RandomVersion& version : v.added) {
    Scenario shown;
    shown.models = {version.model};
    out << "version of " << version.family << " from=" << version.from
        << " fate=" << model::ToString(version.fate) << " batches=" << version.batches << ": "
        << shown << '\n';
  }
  return out;
}

rc::Gen<Versions> AnyVersions() {
  using V = RandomVersion;
  const auto version = gen::build<V>(
      gen::set(&V::model, AnyModel()), gen::set(&V::family, gen::inRange(0, 4)),
      gen::set(&V::from, gen::inRange(-2, 20)),
      gen::set(&V::fate, gen::element(model::Fate::kPin, model::Fate::kRestart,
                                      model::Fate::kMigrate)),
      gen::set(&V::batches, gen::inRange(0, 6)));
  const auto without_trims = gen::map(AnyScenario(), [](Scenario scenario) {
    scenario.retention = 0;
    return scenario;
  });
  return gen::build<Versions>(
      gen::set(&Versions::scenario, without_trims),
      gen::set(&Versions::added, gen::mapcat(gen::inRange<size_t>(1, 4), [version](size_t count) {
                 return gen::container<std::vector<V>>(count, version);
               })));
}

// Versions agree on their key: only so are journeys the same that may migrate.
bool HasKey(const Versions& versions, size_t family) {
  const std::vector<RandomModel>& models = versions.scenario.models;
  if (family < models.size()) return models[family].has_key;
  return family % 2 == 0;
}

model::JourneyModel VersionOf(const Versions& versions, size_t number) {
  const RandomVersion& random = versions.added[number];
  const auto family = static_cast<size_t>(random.family);
  RandomModel made = random.model;
  made.has_key = HasKey(versions, family);
  model::JourneyModel out = ModelOf(made, family);
  out.version = static_cast<int32_t>(number) + 2;
  // No two at the same time.
  out.effective_from = TimeOf(random.from) + base::Millis(static_cast<int64_t>(number));
  out.fate = random.fate;
  if (out.fate == model::Fate::kMigrate) {
    out.stage_mapping = {{"stage-1", "stage-0", {}}, {"stage-2", "stage-1", {}}};
  }
  return out;
}

// A fold for each epoch.
std::vector<std::shared_ptr<const journey::Fold>> FoldsOf(const Versions& versions) {
  const journey::FoldSettings settings = SettingsOf(versions.scenario);
  journey::CompiledModels models(ModelsOf(versions.scenario), CustomerOf(versions.scenario));
  std::vector<std::shared_ptr<const journey::Fold>> folds;
  const auto add = [&] {
    auto shared = std::make_shared<const journey::CompiledModels>(models);
    folds.push_back(std::make_shared<const journey::Fold>(std::move(shared), settings));
  };
  add();
  for (size_t i = 0; i < versions.added.size(); ++i) {
    models = models.With(VersionOf(versions, i));
    add();
  }
  return folds;
}

RC_GTEST_PROP(ModelVersions, WhenAVersionBecameKnownNeverShows, ()) {
  const Versions versions = *AnyVersions();
  const Scenario& scenario = versions.scenario;
  const auto folds = FoldsOf(versions);

  store::MemoryStore store;
  TaskDriver driver(*folds.front(), store, TaskSettingsOf(scenario));
  size_t epoch = 0;
  int batches = 0;
  const auto between = [&] {
    while (epoch < versions.added.size() && batches >= versions.added[epoch].batches) {
      driver.SetModels(folds[++epoch]);
      batches = 0;
    }
    ++batches;
  };
  const Driven driven = Drive(scenario, driver, between);
  // What came too late for them comes at the end.
  if (epoch != versions.added.size()) driver.SetModels(folds.back());
  driver.FoldPending();
  const std::vector<RandomEvent> distinct = Distinct(driven.accepted);

  store::MemoryStore expected_store;
  engine::TaskSettings settings = TaskSettingsOf(scenario);
  settings.refold = {};
  TaskDriver expected(*folds.back(), expected_store, settings);
  expected.Begin();
  for (const RandomEvent& event : distinct) expected.Accept(SentOf(event));
  expected.End(HorizonOf(scenario), HorizonOf(scenario));
  expected.FoldPending();

  const View want = expected.Look();
  const View have = driver.Look();
  RC_ASSERT(have.steps == want.steps);
  RC_ASSERT(have.signals == want.signals);
  RC_ASSERT(have.timeline == want.timeline);
  RC_ASSERT(have.summaries == want.summaries);
  RC_ASSERT(want.summaries == FoldedPlainly(*folds.back(), distinct, HorizonOf(scenario)));
  const engine::Totals& totals = driver.totals();
  RC_ASSERT(totals.AddUp());
  RC_ASSERT(driver.output().steps_repeated == 0);
  RC_ASSERT(totals.steps == static_cast<int64_t>(distinct.size()));
  RC_ASSERT(driver.task().swept() == static_cast<int64_t>(versions.added.size()));
  driver.CheckCounts();
  if (scenario.snapshots) {
    driver.Snapshots(true);
    RC_ASSERT(driver.output().journeys == want.summaries);
  }
}

}  // namespace
}  // namespace waymark::test
