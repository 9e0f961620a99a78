// The engine under faults, seed by seed: 500 of them, 10,000 with WAYMARK_TEST_FULL, or as many as
// WAYMARK_SIMULATION_SEEDS says; WAYMARK_SIMULATION_SEED is the one to repeat.
#include "simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/log.h"
#include "support/interactions.h"

namespace waymark::test {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t fallback) {
  const char* const text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

model::ModelSet Shipped() {
  const char* const source = std::getenv("WAYMARK_SOURCE");
  return model::LoadModels(std::string(source == nullptr ? "." : source) + "/config/models");
}

// Whether references are resolved is one thing for all that write the same topics: only where no
// older format is in use.
const journey::Fold& SixStages(bool resolves_references) {
  static const journey::CompiledModels models = [] {
    const model::ModelSet set = Shipped();
    return journey::CompiledModels(set.models, set.customer);
  }();
  static const journey::Fold resolving(models, journey::FoldSettings{});
  static const journey::Fold older(models, [] {
    journey::FoldSettings settings;
    settings.resolves_references = false;
    return settings;
  }());
  return resolves_references ? resolving : older;
}

// Between any two stages some hours, give or take half an hour.
model::TemporalProfile SomeHours(const model::JourneyModel& model) {
  model::TemporalProfile profile;
  for (const model::Stage& from : model.stages) {
    for (const model::Stage& to : model.stages) {
      if (&from == &to || profile.pairs.size() == model::kTemporalPairsMax) continue;
      profile.pairs.push_back(
          {from.name, to.name, std::chrono::hours(3), std::chrono::minutes(30), {}});
    }
  }
  return profile;
}

// The same where everything ends within a day, and who is silent then is forgotten; journeys that
// take unusually long or short are flagged.
const journey::Fold& Hasty(bool resolves_references) {
  static const journey::CompiledModels models = [] {
    model::ModelSet set = Shipped();
    for (auto& model : set.models) {
      model.journey.abandon_after = std::chrono::hours(5);
      model.journey.abandon_from.clear();
      model.journey.lifetime = std::chrono::hours(18);
      model.temporal_profile = SomeHours(model);
    }
    set.customer->status->existing_after = std::chrono::hours(12);
    set.customer->status->inactive_after = std::chrono::hours(12);
    for (auto& wait : set.customer->waits) {
      wait.within = std::min<base::Millis>(wait.within, std::chrono::hours(8));
    }
    return journey::CompiledModels(set.models, set.customer);
  }();
  const auto fold_of = [](bool resolves) {
    journey::FoldSettings settings;
    settings.profile_retention = std::chrono::hours(9);
    settings.resolves_references = resolves;
    return journey::Fold(models, settings);
  };
  static const journey::Fold resolving = fold_of(true);
  static const journey::Fold older = fold_of(false);
  return resolves_references ? resolving : older;
}

// Runs one seed; its events are added up.
void RunSeed(const SimulationSettings& settings, std::map<std::string, int>& events) {
  const bool resolves = settings.seed % 2 == 0;
  const bool hasty = settings.seed / 2 % 2 == 1;
  Simulation simulation(hasty ? Hasty(resolves) : SixStages(resolves), settings);
  try {
    simulation.Run();
  } catch (const std::exception& fault) {
    ADD_FAILURE() << "seed " << settings.seed << ", crash point '" << settings.crash_point
                  << "': " << fault.what();
  }
  for (const auto& [what, count] : simulation.events()) events[what] += count;
}

TEST(Simulation, WhateverHappensTheOracleIsRight) {
  std::map<std::string, int> events;
  const uint64_t one = FromEnvironment("WAYMARK_SIMULATION_SEED", 0);
  const uint64_t usual = std::getenv("WAYMARK_TEST_FULL") == nullptr ? 500 : 10'000;
  const uint64_t seeds = FromEnvironment("WAYMARK_SIMULATION_SEEDS", usual);
  for (uint64_t seed = one == 0 ? 1 : one; seed <= (one == 0 ? seeds : one); ++seed) {
    RunSeed({.seed = seed, .crash_point = {}}, events);
    if (HasFailure()) break;
  }
  for (const auto& [what, count] : events) std::printf("  %7d  %s\n", count, what.c_str());
}

class CrashPoint : public ::testing::TestWithParam<const char*> {};

TEST_P(CrashPoint, IsSurvived) {
  constexpr uint64_t kSeeds = 25;
  std::map<std::string, int> events;
  for (uint64_t seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    RunSeed({.seed = 1'000 + seed, .crash_point = GetParam(), .rounds = 250}, events);
  }
  EXPECT_GE(events["crash at " + std::string(GetParam())], static_cast<int>(kSeeds) / 5);
}

INSTANTIATE_TEST_SUITE_P(
    Points, CrashPoint,
    ::testing::Values("consumer.poll", "consumer.committed", "reader.open", "reader.next",
                      "producer.init", "producer.begin", "producer.send", "producer.flush",
                      "producer.send_offsets", "producer.commit", "producer.committed",
                      "producer.abort", "producer.aborted", "store.get", "store.ingest",
                      "store.ingested", "store.write", "store.written", "store.flush",
                      "store.flushed", "store.erase"),
    [](const auto& point) {
      std::string name = point.param;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

}  // namespace
}  // namespace waymark::test
