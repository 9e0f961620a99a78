#include <gmock/gmock.h>

#include "scenario_runs.h"

namespace waymark::test {
namespace {

using ::testing::HasSubstr;

// A test with these rows and keys; the rows begin in line 4.
std::string Rows(const std::string& rows, const std::string& more = "    duplicates: 0\n") {
  return "tests:\n  - name: t\n    interactions:\n" + rows + more;
}

constexpr const char* kRow = "      - {id: a, at: 2024-03-01, channel: web, action: view}\n";

struct Case {
  const char* name;
  std::string yaml;
  std::string fault;  // begins one of the faults
  std::string hint = {};
};

class Refused : public ::testing::TestWithParam<Case> {};

TEST_P(Refused, WithPlaceAndHint) {
  const std::string faults = FaultsOf(GetParam().yaml);
  EXPECT_THAT(faults, HasSubstr("t.test.yaml:" + GetParam().fault));
  EXPECT_THAT(faults, HasSubstr(GetParam().hint));
}

INSTANTIATE_TEST_SUITE_P(
    Files, Refused,
    ::testing::Values(
        Case{"Empty", "", "1:1: the file is empty"},
        Case{"NoYaml", "tests: [", "1:1: no valid YAML"},
        Case{"NoTests", "models: a\n", "1:1: a test file needs the key 'tests'"},
        Case{"EmptyList", "tests: []\n", "1:8: a test file needs a test"},
        Case{"NoList", "tests: {a: b}\n", "1:8: 'tests' must be a list, not a map"},
        Case{"UnknownKey", "test: []\ntests: []\n", "1:1: unknown key 'test'",
             "did you mean 'tests'?"},
        Case{"Deep", "tests: " + std::string(40, '['), "1:24: nested deeper than 32 levels"},
        Case{"Large", std::string(1024 * 1024 + 1, '#'), "1:1: larger than 1048576 bytes"},
        Case{"SameName", Rows(kRow) + "  - {name: t, duplicates: 0, interactions: [{at: "
                                      "2024-03-01, channel: web, action: view}]}\n",
             "6:12: another test has this name"},
        Case{"Settings", "settings: [a]\n" + Rows(kRow), "1:11: 'settings' must be a map"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Tests, Refused,
    ::testing::Values(
        Case{"NoName", "tests: [{interactions: []}]", "1:9: a test needs the key 'name'"},
        Case{"NoRows", "tests: [{name: t, duplicates: 0}]",
             "1:9: a test needs the key 'interactions'"},
        Case{"EmptyRows", "tests: [{name: t, duplicates: 0, interactions: []}]",
             "1:48: a test needs an interaction"},
        Case{"ExpectsNothing", Rows(kRow, ""), "2:11: this test expects nothing",
             "say what is to come out"},
        Case{"ExpectsEmpty", Rows(kRow, "    customer: c\n    expect: {}\n"),
             "2:11: this test expects nothing"},
        Case{"UnknownKey", Rows(kRow, "    expects: {}\n"), "5:5: unknown key 'expects'",
             "did you mean 'expect'?"},
        Case{"NoCustomer", Rows(kRow, "    expect: {steps: []}\n"),
             "5:13: it is not said of which customer", "name the 'customer'"},
        Case{"Now", Rows(kRow, "    now: soon\n    duplicates: 0\n"), "5:10: 'soon' is neither"},
        Case{"Arrival", Rows(kRow, "    arrival: backwards\n    duplicates: 0\n"),
             "5:14: 'arrival' is 'reversed'"},
        Case{"ArrivalSeed", Rows(kRow, "    arrival: {shuffled: x}\n    duplicates: 0\n"),
             "5:25: 'shuffled' must be a whole number"},
        Case{"ArrivalUnknown", Rows(kRow, "    arrival: [a, b]\n    duplicates: 0\n"),
             "5:18: 'b' is the id of no row"},
        Case{"ArrivalLeavesOut",
             Rows(std::string(kRow) + "      - {id: b, at: +1s, channel: web, action: view}\n",
                  "    arrival: [b]\n    duplicates: 0\n"),
             "6:14: 'arrival' leaves out the row 'a'"},
        Case{"ArrivalWithMoment",
             Rows(std::string(kRow) + "      - {now: +1h}\n",
                  "    arrival: reversed\n    duplicates: 0\n"),
             "6:14: a test with a row 'now' arrives as it is written"},
        Case{"Duplicates", Rows(kRow, "    duplicates: -1\n"),
             "5:17: 'duplicates' must be a whole number"},
        Case{"AnyOrder", Rows(kRow, "    any_order: maybe\n    duplicates: 0\n"),
             "5:16: 'any_order' must be true or false"},
        Case{"Reason", Rows(kRow, "    dead_letters: [{reason: too_big}]\n"),
             "5:29: unknown reason 'too_big'"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rows, Refused,
    ::testing::Values(
        Case{"NoAt", Rows("      - {channel: web, action: view}\n"),
             "4:9: a row needs the key 'at'"},
        Case{"FirstRelative", Rows("      - {at: +1h, channel: web, action: view}\n"),
             "4:14: '+1h' counts from nothing here"},
        Case{"BadTime", Rows("      - {at: 2024-13-01, channel: web, action: view}\n"),
             "4:14: '2024-13-01' is neither a time nor the id of a row"},
        Case{"NoChannel", Rows("      - {at: 2024-03-01, action: view}\n"),
             "4:9: this interaction would be refused: missing_field (channel)"},
        Case{"Rating",
             Rows("      - {at: 2024-03-01, channel: web, action: rate, rating: {nps: 11}}\n"),
             "4:9: this interaction would be refused: bad_value (rating.nps"},
        Case{"UnknownField", Rows("      - {at: 2024-03-01, chanel: web, action: view}\n"),
             "4:26: unknown field 'chanel'", "did you mean 'channel'?"},
        Case{"NestedField",
             Rows("      - {at: 2024-03-01, channel: web, action: rate, rating: {stars: 5}}\n"),
             "4:63: unknown field 'stars'", "satisfaction"},
        Case{"TimeKey", Rows("      - {at: 2024-03-01, time: 5, channel: web, action: view}\n"),
             "4:26: a row has no key 'time'", "write 'at'"},
        Case{"KeyKey", Rows("      - {at: 2024-03-01, key: c, channel: web, action: view}\n"),
             "4:26: a row has no key 'key'", "write 'customer'"},
        Case{"Kind", Rows("      - {at: 2024-03-01, channel: web, action: a, kind: STAF}\n"),
             "4:57: unknown kind 'STAF'", "did you mean 'STAFF'?"},
        Case{"Decimal", Rows("      - {at: 2024-03-01, channel: web, action: a, value: 1,5}\n"),
             "4:60: unknown field '5'"},
        Case{"Value", Rows("      - {at: 2024-03-01, channel: web, action: a, value: much}\n"),
             "4:58: 'value' must be a decimal number"},
        Case{"Integer", Rows("      - {at: 2024-03-01, channel: web, action: a, sequence: x}\n"),
             "4:61: 'sequence' must be a whole number"},
        Case{"Identifier",
             Rows("      - {at: 2024-03-01, channel: web, action: a, identifiers: [4711]}\n"),
             "4:65: an identifier is written namespace:value"},
        Case{"NoMap", Rows("      - view\n"), "4:9: this value must be a map, not text"},
        Case{"MomentKey", Rows(std::string(kRow) + "      - {now: +1h, channel: web}\n"),
             "5:20: unknown key 'channel'"},
        Case{"MomentBehind",
             Rows(std::string(kRow) + "      - {now: +2h}\n",
                  "    now: a+1h\n    duplicates: 0\n"),
             "5:9: this moment lies behind the end of the test"}),
    [](const auto& each) { return each.param.name; });

std::string Expecting(const std::string& body) {
  return Rows(kRow, "    customer: c\n    expect: {" + body + "}\n");
}

INSTANTIATE_TEST_SUITE_P(
    Expectations, Refused,
    ::testing::Values(
        Case{"UnknownKey", Expecting("signal: []"), "6:14: unknown key 'signal'",
             "did you mean 'signals'?"},
        Case{"StepField", Expecting("steps: [{phase: use}]"), "6:23: unknown field 'phase'"},
        Case{"SignalKind", Expecting("signals: [{kind: ABANDONNED}]"),
             "6:31: unknown kind 'ABANDONNED'", "did you mean 'ABANDONED'?"},
        Case{"NoSignalKind", Expecting("no_signals: [SILENCE]"), "6:27: unknown word 'SILENCE'"},
        Case{"Only", Expecting("only: everything"), "6:20: unknown only 'everything'"},
        Case{"Status", Expecting("journeys: [{status: open}]"), "6:34: unknown status 'open'",
             "known are: OPEN"},
        Case{"StageField", Expecting("journeys: [{stages: {use: {visit: 1}}}]"),
             "6:41: unknown field 'stages.use.visit'"},
        Case{"Time", Expecting("signals: [{at: +1h}]"), "6:29: '+1h' counts from nothing here",
             "a row and a distance"},
        Case{"TimeOfNoRow", Expecting("signals: [{at: x+1h}]"), "6:29: 'x+1h' is neither"},
        Case{"Duration", Expecting("signals: [{stage_duration: long}]"),
             "6:41: 'stage_duration' must be a duration"},
        Case{"EmptyRow", Expecting("signals: [{}]"), "6:24: an empty row expects nothing"},
        Case{"NoList", Expecting("steps: {id: a}"), "6:21: 'steps' must be a list"},
        Case{"OpenSession", Expecting("open_session: closed"),
             "6:28: 'open_session' must be a map, not text"}),
    [](const auto& each) { return each.param.name; });

TEST(RefusedTestFile, NamesAllFaultsAtOnce) {
  const std::string faults = FaultsOf(R"(modells: x
tests:
  - name: one
    interactions: [{at: 2024-03-01, chanel: web, action: view}]
    expect: {customer: c, signals: [{kind: NONE}]}
  - name: two
    interactions: [{channel: web, action: view}]
)");
  for (const char* const fault :
       {":1:1: unknown key 'modells'", ":4:37: unknown field 'chanel'",
        ":5:44: unknown kind 'NONE'", ":7:20: a row needs the key 'at'",
        ":6:11: this test expects nothing"}) {
    EXPECT_THAT(faults, HasSubstr(fault));
  }
}

TEST(RefusedTestFile, MoreRowsThanTheBound) {
  std::string rows = kRow;
  for (size_t i = 0; i < scenario::kTestRowsMax; ++i) rows += "      - {now: +1s}\n";
  EXPECT_THAT(FaultsOf(Rows(rows)), HasSubstr("more than 1000 rows in one test"));
}

}  // namespace
}  // namespace waymark::test
