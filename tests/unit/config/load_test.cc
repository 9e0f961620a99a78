#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Configuration FromYaml(std::string yaml, Environment environment = {}) {
  return Load({"w.yaml", std::move(yaml), std::move(environment), {}});
}

std::vector<std::string> Texts(const Configuration& configuration) {
  std::vector<std::string> out;
  for (const Fault& fault : configuration.faults) out.push_back(fault.text());
  return out;
}

EffectiveValue Value(const Configuration& configuration, std::string_view name) {
  for (const EffectiveValue& value : configuration.effective) {
    if (value.name == name) return value;
  }
  return {};
}

TEST(Load, NothingGivesTheDefaults) {
  const Configuration got = Load({});
  EXPECT_THAT(got.faults, IsEmpty());
  EXPECT_THAT(got.warnings, IsEmpty());
  EXPECT_TRUE(got.status().ok());
  EXPECT_EQ(got.effective.size(), Declarations().size());
  EXPECT_EQ(Value(got, "session.gap").origin.text(), "default");
}

TEST(Load, NestedAndDottedKeysMeanTheSame) {
  EXPECT_EQ(FromYaml("session: {gap: 45m}").settings.session.gap, std::chrono::minutes(45));
  EXPECT_EQ(FromYaml("session.gap: 45m").settings.session.gap, std::chrono::minutes(45));
  EXPECT_EQ(FromYaml("session:\n  gap: 45m\n").settings.session.gap, std::chrono::minutes(45));
}

TEST(Load, LaterSourcesWinAndAreRemembered) {
  Sources sources;
  sources.file = "w.yaml";
  sources.yaml = "session: {gap: 1m}\nhttp: {port: 1}\ncache: {bytes_max: 2MiB}";
  sources.environment = {{"WAYMARK_SESSION_GAP", "2m"}, {"WAYMARK_HTTP_PORT", "2"}};
  sources.assignments = {"session.gap=3m"};
  const Configuration got = Load(sources);
  EXPECT_THAT(Texts(got), IsEmpty());
  EXPECT_EQ(got.settings.session.gap, std::chrono::minutes(3));
  EXPECT_EQ(Value(got, "session.gap").origin.text(), "command line");
  EXPECT_EQ(got.settings.http.port, 2);
  EXPECT_EQ(Value(got, "http.port").origin.text(), "environment WAYMARK_HTTP_PORT");
  EXPECT_EQ(got.settings.cache.bytes_max, 2 << 20);
  EXPECT_EQ(Value(got, "cache.bytes_max").text, "2MiB");
  EXPECT_EQ(Value(got, "cache.bytes_max").origin.text(), "w.yaml:3:9");
}

TEST(Load, TellsEveryFaultWithItsPlaceAndAHint) {
  const Configuration got = FromYaml(
      "sesion:\n"
      "  gap: 30m\n"
      "http:\n"
      "  port: many\n"
      "state.block_cache_bytes: 1\n");
  EXPECT_THAT(Texts(got),
              ElementsAre("w.yaml:2:3: there is no setting sesion.gap (hint: did you mean "
                          "session.gap?)",
                          "w.yaml:4:3: http.port: 'many' is no integer (hint: write it like 1000)",
                          "w.yaml:5:1: state.block_cache_bytes: '1' is too small (hint: at least "
                          "1MiB)"));
  EXPECT_EQ(got.status().code(), base::StatusCode::kConfig);
  EXPECT_THAT(got.status().message(), HasSubstr("sesion.gap"));
  EXPECT_THAT(got.status().message(), HasSubstr("state.block_cache_bytes"));
}

TEST(Load, FaultsOfTheOtherSourcesNameThem) {
  Sources sources;
  sources.environment = {{"WAYMARK_HTTP_PORT", "x"}};
  sources.assignments = {"session.gab=1m", "nonsense", "http.port=1", "http.port=2"};
  EXPECT_THAT(Texts(Load(sources)),
              ElementsAre(HasSubstr("environment WAYMARK_HTTP_PORT: http.port: 'x' is no integer"),
                          HasSubstr("command line: there is no setting session.gab (hint: did you "
                                    "mean session.gap?)"),
                          HasSubstr("'nonsense' is no assignment"),
                          HasSubstr("http.port is given twice")));
}

TEST(Load, AKeyMayStandOnlyOnce) {
  EXPECT_THAT(Texts(FromYaml("session: {gap: 1m}\nsession.gap: 2m\n")),
              ElementsAre(HasSubstr("w.yaml:2:1: session.gap is given twice (hint: the first time "
                                    "on line 1)")));
}

TEST(Load, EmptySectionsAreFineEmptySettingsAndUnknownSectionsAreNot) {
  EXPECT_THAT(FromYaml("session:\nlibrdkafka: {}\n").faults, IsEmpty());
  EXPECT_THAT(FromYaml("# nothing\n").faults, IsEmpty());
  EXPECT_THAT(Texts(FromYaml("session: {gap: }")), ElementsAre(HasSubstr("has no value")));
  EXPECT_THAT(Texts(FromYaml("surprise:\n")), ElementsAre(HasSubstr("no setting surprise")));
}

TEST(Load, RefusesWhatIsNoYamlOrNoMap) {
  EXPECT_THAT(Texts(FromYaml("session: {gap: 1m")), ElementsAre(HasSubstr("not readable as YAML")));
  EXPECT_THAT(Texts(FromYaml("- a\n- b\n")), ElementsAre(HasSubstr("holds no settings")));
  EXPECT_THAT(Texts(FromYaml("---\nhttp.port: 1\n---\nhttp.port: 2\n")),
              ElementsAre(HasSubstr("second document")));
  EXPECT_THAT(Texts(FromYaml("a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}")),
              ElementsAre(HasSubstr("nested too deeply")));
  EXPECT_THAT(FromYaml("[" + std::string(100'000, '[')).faults, SizeIs(1));
  EXPECT_THAT(Texts(FromYaml(std::string((1 << 20) + 1, '#'))),
              ElementsAre(HasSubstr("over 1 MiB")));
}

TEST(Load, InterpolatesLeavesOfTheFileOnly) {
  const Environment environment = {{"B", "a:1,b:2"}, {"EVIL", "x:1}\nsession.gap: 1m"}};
  const Configuration got = FromYaml("kafka: {brokers: '${B}', group: 'g${NO:-1}'}", environment);
  EXPECT_THAT(Texts(got), IsEmpty());
  EXPECT_THAT(got.settings.kafka.brokers, ElementsAre("a:1", "b:2"));
  EXPECT_EQ(got.settings.kafka.group, "g1");
  const Configuration evil = FromYaml("kafka: {group: '${EVIL}'}", environment);
  EXPECT_EQ(evil.settings.session.gap, std::chrono::minutes(30));
  EXPECT_EQ(evil.settings.kafka.group, environment.at("EVIL"));
  EXPECT_THAT(Texts(FromYaml("kafka: {group: '${NO}'}")),
              ElementsAre("w.yaml:1:9: kafka.group: the environment variable NO is not set (hint: "
                          "set it, or write ${NO:-default})"));
}

TEST(Load, PassesLibrarySettingsThrough) {
  const Configuration got = FromYaml(
      "librdkafka:\n  security.protocol: SASL_SSL\n  sasl: {mechanism: PLAIN}\n"
      "rocksdb.max_open_files: 100\n");
  EXPECT_THAT(Texts(got), IsEmpty());
  EXPECT_EQ(got.settings.librdkafka.at("security.protocol"), "SASL_SSL");
  EXPECT_EQ(got.settings.librdkafka.at("sasl.mechanism"), "PLAIN");
  EXPECT_EQ(got.settings.rocksdb.at("max_open_files"), "100");
  EXPECT_EQ(Value(got, "rocksdb.max_open_files").origin.text(), "w.yaml:4:1");
}

TEST(Load, KeepsWhatExactlyOnceRestsOn) {
  EXPECT_THAT(Texts(FromYaml("librdkafka: {enable.idempotence: false, group.id: x}")),
              ElementsAre(HasSubstr("exactly-once rests on it"), HasSubstr("use kafka.group")));
}

TEST(Load, SecretsAreResolvedAndNeverShown) {
  const Environment environment = {{"PASS", "hunter2"}};
  const Configuration got = FromYaml("librdkafka: {sasl.password: 'env:PASS'}", environment);
  EXPECT_EQ(got.settings.librdkafka.at("sasl.password"), "hunter2");
  EXPECT_EQ(Value(got, "librdkafka.sasl.password").text, "(secret)");
  EXPECT_THAT(got.warnings, IsEmpty());
  EXPECT_THAT(Texts(FromYaml("librdkafka: {sasl.password: 'env:NONE'}")),
              ElementsAre(HasSubstr("NONE is not set")));
  EXPECT_THAT(FromYaml("librdkafka: {sasl.password: open}").warnings,
              ElementsAre(HasSubstr("written in the open")));
}

TEST(Load, DeclaredSecretsAreHiddenInValuesAndFaults) {
  const Declaration secret{
      .name = "http.token",
      .slot = Member<std::string>([](Settings& s) -> std::string& { return s.http.address; }),
      .check = [](std::string_view text) -> std::string_view {
        return text == "bad" ? "is bad" : "";
      },
      .secret = true};
  Sources sources{"w.yaml", "http: {token: 'env:T'}", {{"T", "abc"}}, {}};
  const Configuration got = Load(sources, {&secret, 1});
  EXPECT_EQ(got.settings.http.address, "abc");
  EXPECT_THAT(got.effective, SizeIs(1));
  EXPECT_EQ(got.effective[0].text, "(secret)");
  sources.environment["T"] = "bad";
  EXPECT_THAT(Texts(Load(sources, {&secret, 1})),
              ElementsAre("w.yaml:1:8: http.token: the value is bad"));
}

TEST(Load, UnknownVariablesAreWarnedOfUnlessKubernetesSetsThem) {
  Sources sources;
  sources.environment = {{"WAYMARK_SESION_GAP", "1m"},
                         {"WAYMARK_SERVICE_HOST", "10.0.0.1"},
                         {"WAYMARK_PORT_8080_TCP", "x"},
                         {"OTHER", "y"}};
  const Configuration got = Load(sources);
  EXPECT_THAT(got.faults, IsEmpty());
  EXPECT_THAT(got.warnings, ElementsAre("the environment variable WAYMARK_SESION_GAP sets nothing "
                                        "(hint: did you mean WAYMARK_SESSION_GAP?)"));
}

TEST(Load, ChecksSettingsAgainstEachOther) {
  EXPECT_THAT(Texts(FromYaml("commit.interval: 10s\nkafka.transaction_timeout: 5s\n")),
              ElementsAre(HasSubstr("w.yaml:1:1: commit.interval is too large for "
                                    "kafka.transaction_timeout")));
  EXPECT_THAT(Texts(FromYaml("kafka.transaction_timeout: 2m\nworkers.stall_timeout: 1m\n")),
              SizeIs(1));
  EXPECT_THAT(Texts(FromYaml("interaction.bytes_max: 2MiB\ninflight.bytes_max: 1MiB\n")),
              SizeIs(1));
  EXPECT_THAT(Texts(FromYaml("timeline.retention: 1d\ntime.lateness: 2d\nsession.gap: 2d\n")),
              SizeIs(2));
  EXPECT_THAT(Texts(FromYaml("timeline.retention: 1x\ntime.lateness: 600d\n")), SizeIs(2))
      << "what is unreadable is not compared; 600d is over the bound of its own";
}

TEST(ReadSources, FailsOnAFileThatIsNotThere) {
  const auto none = ReadSources("no/such/file.yaml", {});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.status().code(), base::StatusCode::kConfig);
  EXPECT_FALSE(ReadSources("/", {}).ok());
}

TEST(ReadSources, TakesTheEnvironmentOfTheProcess) {
  const auto sources = ReadSources("", {"a=b"});
  ASSERT_TRUE(sources.ok());
  EXPECT_TRUE(sources->environment.contains("PATH"));
  EXPECT_THAT(sources->assignments, ElementsAre("a=b"));
  EXPECT_EQ(sources->yaml, "");
}

}  // namespace
}  // namespace waymark::config
