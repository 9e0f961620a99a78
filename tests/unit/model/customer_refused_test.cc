#include "unit/model/marked.h"

namespace waymark::model {
namespace {

using ::testing::HasSubstr;

TEST(CustomerRefused, BesideItsName) {
  const std::vector<Case> cases = {
      {"unknown key", "@@sesions: {}\n", "unknown key 'sesions'", "did you mean 'sessions'?"},
      {"a journey's key", "@@stages: []\n", "unknown key 'stages'", ""},
      {"version", "version: @@0\n", "whole number from 1", ""},
      {"session key", "sessions: {@@gap: 1h}\n", "unknown key 'gap'", "gap_by_channel"},
      {"gaps", "sessions: {gap_by_channel: @@[store]}\n", "must be a map, not a list", ""},
      {"gap", "sessions: {gap_by_channel: {store: @@4}}\n", "'store' must be a duration", "30m"},
      {"length", "sessions: {length_max: @@long}\n", "must be a duration", "such as 30m"},
      {"start", "sessions: {start: {@@acton: login}}\n", "unknown field 'acton'", "'action'"},
      {"fact of a journey", "sessions: {end: {@@interactions: 3}}\n", "no journey has begun", ""},
      {"status key", "status: {@@by: {action: order}}\n", "unknown key 'by'", "'buy'"},
      {"no buy", "status: {@@existing_after: 90d}\n", "says nothing without 'buy'", "buy:"},
      {"leave without buy", "status: {@@leave: {action: cancel}}\n", "without 'buy'", ""},
      {"inactive", "status: {inactive_after: @@0d}\n", "must be a duration", ""},
      {"loyal", "status: {buy: always, loyal: @@{purchases: 3}}\n", "needs the key 'within'", ""},
      {"one purchase", "status: {buy: always, loyal: {purchases: @@1, within: 1d}}\n",
       "from 2 to 16", ""},
      {"many purchases", "status: {buy: always, loyal: {purchases: @@17, within: 1d}}\n",
       "from 2 to 16", ""},
      {"wait name", "waits: [@@{when: always, until: always, within: 1d}]\n",
       "a wait needs the key 'name'", ""},
      {"wait until", "waits: [@@{name: a, when: always, within: 1d}]\n", "the key 'until'", ""},
      {"wait within", "waits: [@@{name: a, when: always, until: always}]\n", "key 'within'", ""},
      {"wait kind",
       "waits: [{name: a, kind: @@NEGLECT, when: always, until: always, within: 1d}]\n",
       "unknown signal kind 'NEGLECT'", "'NEGLECTED'"},
      {"own kind",
       "waits: [{name: a, kind: @@ABANDONED, when: always, until: always, within: 1d}]\n",
       "the processor finds it itself", "CUSTOM"},
      {"names twice",
       "waits: [{name: a, when: always, until: always, within: 1d, completed: @@a}]\n",
       "signal 'a' stands twice", ""},
      {"date name twice", "dates: [{name: a, attribute: b}, {name: @@a, attribute: c}]\n",
       "signal 'a' stands twice", ""},
      {"date attribute", "dates: [@@{name: a}]\n", "a date needs the key 'attribute'", ""},
      {"every", "dates: [{name: a, attribute: b, every: @@month}]\n", "unknown period 'month'",
       "known are: year"},
      {"at", "dates: [{name: a, attribute: b, at: @@9}]\n", "must be a time of day", "09:00"},
      {"at midnight", "dates: [{name: a, attribute: b, at: @@24:00}]\n", "a time of day", ""},
      {"before", "dates: [{name: a, attribute: b, before: @@11y}]\n", "at most 10y", ""},
      {"zone", "time_zone: @@Europe/Berln\n", "unknown time zone 'Europe/Berln'",
       "did you mean 'Europe/Berlin'?"},
      {"file for a zone", "time_zone: @@/etc/localtime\n", "unknown time zone", ""},
  };
  for (const Case& c : cases) ExpectCase(c, std::string("customer: c\n") + c.yaml);
}

TEST(CustomerRefused, ItsName) {
  ExpectCase({"bad name", "", "is no name", "write 'the-customer'"}, "customer: @@The Customer\n");
  const std::vector<Fault> both = ExpectPlaces("family: f\nmodel: m\n@@customer: c\n"
                                               "stages: [{name: s}]\n");
  EXPECT_THAT(both.at(0).message, HasSubstr("unknown key 'customer'"));
}

TEST(CustomerRefused, ListsAreBounded) {
  std::string waits = "customer: c\nwaits:\n  @@";
  std::string dates = "customer: c\ndates:\n  @@";
  for (int i = 0; i < 17; ++i) {
    const std::string name = "{name: a" + std::to_string(i);
    waits += (i == 0 ? "- " : "  - ") + name + ", when: always, until: always, within: 1d}\n";
    dates += (i == 0 ? "- " : "  - ") + name + ", attribute: a}\n";
  }
  EXPECT_THAT(ExpectPlaces(waits).at(0).message, HasSubstr("17 entries, 16 at most"));
  EXPECT_THAT(ExpectPlaces(dates).at(0).message, HasSubstr("17 entries, 16 at most"));
}

TEST(CustomerRefused, AllFaultsComeAtOnceInTheirOrder) {
  ExpectPlaces(R"(customer: @@C
sessions: {length_max: @@x, @@gap: 1h}
waits:
  - {name: a, when: @@nothing, until: {@@acton: a}, within: 1d}
time_zone: @@Atlantis
)");
}

}  // namespace
}  // namespace waymark::model
