#include "generate/generator.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "unit/generate/stream.h"

namespace waymark::generate {
namespace {
using model::SignalKind;

Settings Company() {
  Settings settings;
  settings.profiles = 2500;
  settings.interactions = 60'000;
  return settings;
}

double Share(uint64_t part, uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

TEST(Generator, CountsAreExactAndRatesWithinTolerance) {
  Settings settings = Company();
  settings.late_share = 0.05;
  settings.duplicate_share = 0.04;
  settings.bad_share = 0.03;
  std::set<std::string> profiles;
  std::set<std::string> ids;
  uint64_t items = 0;
  uint64_t late = 0;
  const Counts counts = ForEach(settings, [&](const Item& item) {
    EXPECT_EQ(item.truth.record, items++);
    if (item.is_bad() || item.copy != Copy::kOriginal) return;
    profiles.emplace(item.key);
    ids.insert(std::string(item.truth.source_system) + ' ' + std::string(item.truth.id));
    if (item.arrival.ms > item.truth.time) ++late;
  });
  EXPECT_EQ(counts.interactions, settings.interactions);
  EXPECT_EQ(ids.size(), settings.interactions);
  EXPECT_EQ(profiles.size(), settings.profiles);
  EXPECT_EQ(items, counts.items());
  EXPECT_EQ(late, counts.late);
  EXPECT_NEAR(Share(counts.late, settings.interactions), 0.05, 0.005);
  EXPECT_NEAR(Share(counts.duplicates, settings.interactions), 0.04, 0.005);
  EXPECT_NEAR(Share(counts.differing, counts.duplicates), 0.5, 0.05);
  EXPECT_NEAR(Share(counts.bad, settings.interactions), 0.03, 0.005);
  EXPECT_NEAR(Share(counts.noise, settings.interactions), 0.2, 0.02);
}

TEST(Generator, SharesOfZeroMeanNone) {
  Settings settings = Company();
  settings.noise_share = settings.late_share = settings.duplicate_share = settings.bad_share = 0;
  const Counts counts = ForEach(settings, [](const Item&) {});
  EXPECT_EQ(counts.interactions, counts.items());
  EXPECT_EQ(counts.noise + counts.late, 0U);
}

TEST(Generator, ArrivesInOrderAndLateUpToTheMost) {
  const Settings settings = Company();
  int64_t before = 0;
  int64_t latest = 0;
  ForEach(settings, [&](const Item& item) {
    ASSERT_GE(item.arrival.ms, before);
    before = item.arrival.ms;
    if (item.is_bad() || item.copy != Copy::kOriginal) return;
    ASSERT_GE(item.arrival.ms, item.truth.time);
    latest = std::max(latest, item.arrival.ms - item.truth.time);
  });
  EXPECT_LE(latest, settings.late_max.count());
  EXPECT_GT(latest, settings.late_max.count() / 2);
}

void CheckRatings(const model::Rating& rating) {
  EXPECT_TRUE(!rating.satisfaction || (*rating.satisfaction >= 1 && *rating.satisfaction <= 5));
  EXPECT_TRUE(!rating.nps || (*rating.nps >= 0 && *rating.nps <= 10));
  EXPECT_TRUE(!rating.emotion || (*rating.emotion >= -2 && *rating.emotion <= 2));
  EXPECT_TRUE(!rating.need_fulfilment ||
              (*rating.need_fulfilment >= 1 && *rating.need_fulfilment <= 5));
}

void CheckMap(const model::TextMap& map) {
  for (size_t i = 1; i < map.size(); ++i) EXPECT_LT(map[i - 1].key, map[i].key);
}

TEST(Generator, EveryInteractionKeepsTheContract) {
  const Settings settings = Company();
  const int64_t end = settings.start.ms + SpanOf(settings).count();
  uint64_t after_end = 0;
  ForEach(settings, [&](const Item& item) {
    if (item.is_bad()) return;
    const model::Interaction& value = item.interaction;
    ASSERT_TRUE(value.time.has_value());
    ASSERT_GE(*value.time, settings.start.ms);
    if (*value.time > end) ++after_end;
    ASSERT_FALSE(value.id.empty() || value.channel.empty() || value.action.empty() ||
                 value.source.system.empty());
    ASSERT_EQ(value.key, item.key);
    ASSERT_FALSE(value.identifiers.empty());
    for (const auto& identifier : value.identifiers) {
      ASSERT_FALSE(identifier.name_space.empty() || identifier.value.empty());
    }
    ASSERT_EQ(value.value_micros.has_value(), !value.currency.empty());
    if (value.rating) CheckRatings(*value.rating);
    CheckMap(value.profile);
    CheckMap(value.attributes);
    ASSERT_EQ(value.kind == model::Kind::kMysteryCheck, !value.check_type.empty());
    if (value.refers_to) {
      ASSERT_NE(value.refers_to->order.empty(), value.refers_to->id.empty());
    }
  });
  EXPECT_LT(Share(after_end, settings.interactions), 0.05);
}

TEST(Generator, EveryScriptAndSignalOfTheTruthAppears) {
  std::set<std::string> scripts;
  std::set<std::string> stages;
  std::set<SignalKind> kinds;
  std::set<std::string> channels;
  ForEach(Company(), [&](const Item& item) {
    if (item.is_bad()) return;
    scripts.emplace(item.truth.script);
    stages.emplace(item.truth.stage);
    channels.emplace(item.interaction.channel);
    for (const auto& signal : item.truth.signals) kinds.insert(signal.kind);
  });
  for (const Script& script : Scripts()) EXPECT_TRUE(scripts.contains(std::string(script.name)));
  EXPECT_EQ(stages.size(), kStageCount);
  EXPECT_EQ(kinds.size(), 12U);
  EXPECT_GE(channels.size(), 14U);
}

TEST(Generator, ReferencesPointToEarlierInteractions) {
  std::set<std::string> ids;
  std::set<std::string> orders;
  int references = 0;
  Settings settings = Company();
  settings.late_share = 0;
  ForEach(settings, [&](const Item& item) {
    if (item.is_bad() || item.copy != Copy::kOriginal) return;
    const auto& value = item.interaction;
    ids.insert(std::string(value.source.system) + ' ' + std::string(value.id));
    if (value.value_micros) orders.emplace(value.Attribute("order"));
    if (!value.refers_to) return;
    ++references;
    const auto& to = *value.refers_to;
    if (to.order.empty()) {
      EXPECT_TRUE(ids.contains(std::string(to.source_system) + ' ' + std::string(to.id)));
      EXPECT_FALSE(item.truth.rated_stage.empty());
    } else {
      EXPECT_TRUE(orders.contains(std::string(to.order))) << item.truth.script;
    }
  });
  EXPECT_GT(references, 100);
}

// A copy has the key of an original that came before it; an exact one also all of its content.
TEST(Generator, DuplicatesFollowTheirOriginal) {
  Settings settings = Company();
  settings.duplicate_share = 0.1;
  std::map<std::string, std::string> originals;
  uint64_t differing_times = 0;
  ForEach(settings, [&](const Item& item) {
    if (item.is_bad()) return;
    const std::string id = std::string(item.truth.source_system) + ' ' + std::string(item.truth.id);
    std::string said = std::to_string(*item.interaction.time);
    for (const auto& entry : item.interaction.attributes)
      said.append(entry.key).append(entry.value);
    if (item.copy == Copy::kOriginal) {
      originals.emplace(id, said);
      return;
    }
    EXPECT_EQ(item.truth.outcome, Outcome::kDuplicate);
    ASSERT_TRUE(originals.contains(id));
    EXPECT_EQ(originals[id] == said, item.copy == Copy::kExact);
    if (*item.interaction.time != item.truth.time) ++differing_times;
  });
  EXPECT_GT(differing_times, 0U);
}

TEST(Generator, SessionsHoldThreeToFiveInteractions) {
  std::map<std::string, int64_t> last;
  uint64_t sessions = 0;
  Settings settings = Company();
  settings.late_share = 0;
  ForEach(settings, [&](const Item& item) {
    if (item.is_bad() || item.copy != Copy::kOriginal) return;
    const auto [at, is_new] = last.try_emplace(std::string(item.key), item.truth.time);
    if (is_new || item.truth.time - at->second > 30 * 60'000) ++sessions;
    at->second = item.truth.time;
  });
  const double share = Share(sessions, settings.interactions);
  EXPECT_GE(share, 0.2);
  EXPECT_LE(share, 0.35);
}

TEST(Generator, AnonymousFirstThenKnown) {
  std::map<std::string, bool> known;
  uint64_t became_known = 0;
  Settings settings = Company();
  settings.late_share = settings.duplicate_share = 0;
  ForEach(settings, [&](const Item& item) {
    if (item.is_bad()) return;
    bool named = false;
    bool anonymous = false;
    for (const auto& identifier : item.interaction.identifiers) {
      named |= identifier.name_space == "crm";
      anonymous |= identifier.name_space == "cookie" || identifier.name_space == "device";
    }
    auto [at, is_new] = known.try_emplace(std::string(item.key), named);
    if (!is_new && named && !at->second && anonymous) ++became_known;
    at->second |= named;
  });
  EXPECT_GT(became_known, 200U);
}

TEST(Generator, HoldsOnlyTheCustomersUnderWay) {
  Settings settings;
  settings.profiles = 50'000;
  settings.interactions = 150'000;
  Generator generator(settings);
  Item item;
  size_t walkers = 0;
  size_t delayed = 0;
  while (generator.Next(item)) {
    walkers = std::max(walkers, generator.walkers());
    delayed = std::max(delayed, generator.delayed());
  }
  EXPECT_LT(walkers, settings.profiles / 8);
  EXPECT_LT(delayed, 2000U);
  EXPECT_EQ(generator.walkers() + generator.delayed(), 0U);
}

}  // namespace
}  // namespace waymark::generate
