#include <gmock/gmock.h>

#include "codec/protobuf.h"
#include "scenario_runs.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using scenario::Arrival;
using scenario::Row;
using scenario::TestFile;

base::Timestamp Time(std::string_view text) { return *base::ParseRfc3339(text); }

TEST(TestParser, ReadsModelsAndSettings) {
  const TestFile file = ParseGood(R"(models: [a.yaml, ../b]
settings:
  session.gap: 5m
  time: {lateness: 1h, disorder: 0s}
tests: [{name: t, interactions: [{at: 2024-03-01, channel: web, action: view}], duplicates: 0}]
)");
  ASSERT_EQ(file.models.size(), 2u);
  EXPECT_EQ(file.models[1].text, "../b");
  ASSERT_EQ(file.settings.size(), 3u);
  EXPECT_EQ(file.settings[0].text, "session.gap=5m");
  EXPECT_EQ(file.settings[1].text, "time.lateness=1h");
  EXPECT_EQ(file.settings[2].place.line, 4);
}

TEST(TestParser, TimesCountFromTheRowAboveOrFromAnyRow) {
  const TestFile file = ParseGood(R"(tests:
  - name: t
    interactions:
      - {id: v-1, at: 2024-03-01T09:00Z, channel: web, action: view}
      - {at: +1h30m, channel: web, action: view}
      - {at: -10m, channel: web, action: view}
      - {now: v-1+1d}
      - {at: +0s, channel: web, action: view}
      - {at: 2024-03-01T09:00:00.001+01:00, channel: web, action: view}
      - {at: v-1 - 1d, channel: web, action: view}
    now: +1m
    duplicates: 0
)");
  const std::vector<Row>& rows = file.tests[0].rows;
  std::vector<std::string> times;
  for (const Row& row : rows) times.push_back(base::FormatRfc3339(row.time));
  EXPECT_THAT(times,
              ElementsAre("2024-03-01T09:00:00Z", "2024-03-01T10:30:00Z", "2024-03-01T10:20:00Z",
                          "2024-03-02T09:00:00Z", "2024-03-02T09:00:00Z",
                          "2024-03-01T08:00:00.001Z", "2024-02-29T09:00:00Z"));
  EXPECT_EQ(file.tests[0].now, Time("2024-03-02T09:01:00Z"));
  EXPECT_EQ(rows[1].id, "r02");
  EXPECT_TRUE(rows[3].is_moment);
}

TEST(TestParser, ReadsEveryFieldOfAnInteraction) {
  const TestFile file = ParseGood(R"(tests:
  - name: t
    customer: c
    duplicates: 0
    interactions:
      - {id: a, at: 2024-03-01T09:00Z, sequence: -2, channel: web, action: rate, touchpoint: t,
         account: acme, campaign: k, need: n, impulse: i, intent: e, product: P, category: g,
         contract: co, value: 2.5, currency: EUR, kind: STAFF, check_type: store, command: CONSENT,
         rating: {satisfaction: 5, nps: 0, emotion: -2, need_fulfilment: 3, comment: good},
         refers_to: {touchpoint: till, time: a-1h, order: o, source_system: s, id: b},
         source: {system: shop, process: p, department: d},
         profile: {b: two, a: one}, attributes: {k: v},
         identifiers: [crm:47:11, {namespace: email, value: a@example.org}]}
      - {customer: d, at: +1s, channel: web, action: view, value_micros: -7}
)");
  const std::vector<Row>& rows = file.tests[0].rows;
  model::Interaction i;
  ASSERT_TRUE(codec::Decode(rows[0].bytes, i).ok());
  std::string json;
  EXPECT_EQ(rows[0].customer, "c");
  EXPECT_EQ(i.time, Time("2024-03-01T09:00:00Z").ms);
  EXPECT_EQ(i.sequence, -2);
  EXPECT_EQ(i.contract, "co");
  EXPECT_EQ(i.value_micros, 2'500'000);
  EXPECT_EQ(i.kind, model::Kind::kStaff);
  EXPECT_EQ(i.command, model::Command::kConsent);
  EXPECT_EQ(i.rating, (model::Rating{5, 0, -2, 3, "good"}));
  EXPECT_EQ(i.refers_to,
            (model::RefersTo{"s", "b", "till", Time("2024-03-01T08:00:00Z").ms, "o"}));
  EXPECT_EQ(i.source, (model::Source{"shop", "p", "d"}));
  EXPECT_EQ(i.profile, (model::TextMap{{"a", "one"}, {"b", "two"}}));
  EXPECT_EQ(i.attributes, (model::TextMap{{"k", "v"}}));
  EXPECT_THAT(i.identifiers, ElementsAre(model::Identifier{"crm", "47:11"},
                                         model::Identifier{"email", "a@example.org"}));
  ASSERT_TRUE(codec::Decode(rows[1].bytes, i).ok());
  EXPECT_EQ(rows[1].customer, "d");
  EXPECT_EQ(i.value_micros, -7);
}

TEST(TestParser, AListedOrderOfTwoRowsWithOneIdTakesThemInTurn) {
  const TestFile file = ParseGood(R"(tests:
  - name: t
    arrival: [b, a, a]
    interactions:
      - {id: a, at: 2024-03-01, channel: web, action: view}
      - {id: a, at: +1s, channel: web, action: view}
      - {id: b, at: +1s, channel: web, action: view}
    duplicates: 1
)");
  EXPECT_EQ(file.tests[0].arrival.order, Arrival::Order::kListed);
  EXPECT_THAT(file.tests[0].arrival.listed, ElementsAre(2, 0, 1));
}

}  // namespace
}  // namespace waymark::test
