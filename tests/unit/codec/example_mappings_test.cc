#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "codec/csv.h"

// The mappings of config/examples on the whole of their data sets. The data are no part of the
// repository: they lie where WAYMARK_DATA says, or in ../shared/data beside it.
namespace waymark::codec {
namespace {

namespace fs = std::filesystem;

std::string ReadGz(const fs::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  if (file == nullptr) return text;
  std::vector<char> buffer(1 << 18);
  int count = 0;
  while ((count = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    text.append(buffer.data(), static_cast<size_t>(count));
  }
  EXPECT_EQ(count, 0) << path;
  gzclose(file);
  return text;
}

// What a test looks at, summed over all rows.
struct Totals {
  size_t rows = 0;
  size_t refused = 0;
  size_t without_key = 0;
  std::map<std::string, std::vector<int64_t>> times;   // by customer
  std::set<std::tuple<std::string, std::string>> ids;  // customer and id
  std::map<std::string, size_t> actions;
  std::map<std::string, size_t> channels;
  std::map<std::string, size_t> attributes;
  size_t values = 0;
  int64_t value_micros = 0;

  // Sessions started at a gap in milliseconds; a distance equal to the gap stays in the session.
  size_t Sessions(int64_t gap) {
    size_t sessions = 0;
    for (auto& [key, of_customer] : times) {
      std::ranges::sort(of_customer);
      for (size_t i = 0; i < of_customer.size(); ++i) {
        if (i == 0 || of_customer[i] - of_customer[i - 1] > gap) ++sessions;
      }
    }
    return sessions;
  }
};

constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 24 * 60 * kMinute;

class ExampleMappings : public testing::Test {
 protected:
  void SetUp() override {
    const char* source = std::getenv("WAYMARK_SOURCE");
    ASSERT_NE(source, nullptr) << "run by ctest";
    source_ = source;
    const char* data = std::getenv("WAYMARK_DATA");
    data_ = data != nullptr ? fs::path(data) : source_ / "../shared/data";
    if (!fs::exists(data_)) {
      GTEST_SKIP() << "THE REAL DATA ARE NOT HERE: set WAYMARK_DATA or put them at " << data_;
    }
  }

  Totals Decode(const std::string& mapping_file, const std::string& input) {
    Totals totals;
    std::ifstream stream(source_ / "config/examples" / mapping_file);
    std::stringstream yaml;
    yaml << stream.rdbuf();
    std::vector<model::Fault> faults;
    auto mapping = CsvMapping::Parse(yaml.str(), mapping_file, faults);
    for (const auto& fault : faults) ADD_FAILURE() << fault.place.line << ": " << fault.message;
    if (mapping == nullptr) return totals;
    const fs::path path = data_ / input;
    const std::vector<std::string> joins = mapping->joins();
    for (size_t i = 0; i < joins.size(); ++i) {
      const base::Status status = mapping->LoadJoin(i, ReadGz(path.parent_path() / joins[i]));
      EXPECT_TRUE(status.ok()) << status.text();
    }
    const std::string text = ReadGz(path);
    std::string_view rest = text;
    const base::Status status = mapping->ReadHeader(mapping->NextRow(rest));
    EXPECT_TRUE(status.ok()) << status.text();
    model::Interaction value;
    for (auto row = mapping->NextRow(rest); !row.empty(); row = mapping->NextRow(rest)) {
      ++totals.rows;
      const auto refusal = mapping->Decode(row, value);
      if (refusal || CheckInteraction(value, InputLimits{})) {
        ++totals.refused;
      } else {
        Add(value, totals);
      }
    }
    return totals;
  }

  static void Add(const model::Interaction& value, Totals& totals) {
    ++totals.actions[std::string(value.action)];
    ++totals.channels[std::string(value.channel)];
    for (const auto& entry : value.attributes) ++totals.attributes[std::string(entry.key)];
    if (value.value_micros) ++totals.values;
    totals.value_micros += value.value_micros.value_or(0);
    if (value.key.empty()) {
      EXPECT_TRUE(value.identifiers.empty());
      ++totals.without_key;
      return;
    }
    totals.times[std::string(value.key)].push_back(*value.time);
    totals.ids.emplace(value.key, value.id);
  }

  fs::path source_;
  fs::path data_;
};

TEST_F(ExampleMappings, Incidents) {
  Totals totals =
      Decode("incidents/mapping.yaml", "support-incidents-2016/incident_event_log.csv.gz");
  EXPECT_EQ(totals.rows, 141'712U);
  EXPECT_EQ(totals.refused, 0U);
  EXPECT_EQ(totals.without_key, 29U);
  EXPECT_EQ(totals.times.size(), 5'244U);
  EXPECT_EQ(totals.ids.size(), 141'712U - 29U) << "no id repeats";
  EXPECT_EQ(totals.Sessions(30 * kMinute), 90'140U);
  EXPECT_EQ(totals.Sessions(60 * kMinute), 82'852U);
  EXPECT_EQ(totals.Sessions(kDay), 45'769U);
  EXPECT_EQ(totals.actions["closed"], 24'985U);
  EXPECT_EQ(totals.actions["awaiting_user_info"], 14'642U);
  EXPECT_EQ(totals.actions["unknown"], 5U);
  EXPECT_EQ(totals.channels["hotline"], 140'462U + 18U);
  EXPECT_EQ(totals.channels["web"], 995U);
}

TEST_F(ExampleMappings, BankCalls) {
  Totals totals = Decode("bank-calls/mapping.yaml", "bank-calls-1999-02/calls.tsv.gz");
  EXPECT_EQ(totals.rows, 33'344U);
  EXPECT_EQ(totals.refused, 0U);
  EXPECT_EQ(totals.without_key, 19'558U);
  EXPECT_EQ(totals.times.size(), 4'081U);
  EXPECT_EQ(totals.ids.size(), 13'786U);
  EXPECT_EQ(totals.Sessions(30 * kMinute), 11'918U);
  EXPECT_EQ(totals.Sessions(kDay), 7'861U);
  EXPECT_EQ(totals.actions["consult"], 27'162U);
  EXPECT_EQ(totals.actions["hang_up"], 5'904U);
  EXPECT_EQ(totals.actions["phantom"], 278U);
}

TEST_F(ExampleMappings, BankCallsByServiceLine) {
  Totals totals = Decode("bank-calls/by-service-line.yaml", "bank-calls-1999-02/calls.tsv.gz");
  EXPECT_EQ(totals.refused, 0U);
  EXPECT_EQ(totals.without_key, 0U);
  EXPECT_EQ(totals.times.size(), 6U);
  EXPECT_EQ(totals.times["PS"].size(), 21'460U);
  EXPECT_EQ(totals.attributes["customer"], 13'786U);
}

TEST_F(ExampleMappings, Loans) {
  Totals totals = Decode("loans/mapping.yaml", "loan-applications-bpi2012/events.csv.gz");
  EXPECT_EQ(totals.rows, 262'200U);
  EXPECT_EQ(totals.refused, 0U);
  EXPECT_EQ(totals.without_key, 0U);
  EXPECT_EQ(totals.times.size(), 13'087U);
  EXPECT_EQ(totals.Sessions(30 * kMinute), 67'220U);
  EXPECT_EQ(totals.Sessions(60 * kMinute), 61'225U);
  EXPECT_EQ(totals.Sessions(kDay), 35'203U);
  EXPECT_EQ(totals.actions["a_declined"], 7'635U);
  EXPECT_EQ(totals.actions["a_cancelled"], 2'807U);
  EXPECT_EQ(totals.actions["a_approved"], 2'246U);
  EXPECT_EQ(totals.actions["w_nabellen_incomplete_dossiers"], 25'190U);
  EXPECT_EQ(totals.attributes["resource"], 262'200U - 18'010U);
}

TEST_F(ExampleMappings, Shop) {
  Totals totals = Decode("shop/mapping.yaml", "shop-journeys-2022-2024/events.csv.gz");
  EXPECT_EQ(totals.rows, 16'008U);
  EXPECT_EQ(totals.refused, 0U);
  EXPECT_EQ(totals.without_key, 0U);
  EXPECT_EQ(totals.times.size(), 250U);
  EXPECT_EQ(totals.ids.size(), 16'004U) << "four duplicates within a visitor";
  EXPECT_EQ(totals.Sessions(30 * kMinute), 2'220U);
  EXPECT_EQ(totals.Sessions(kDay), 1'098U);
  EXPECT_EQ(totals.actions["order"], 98U);
  EXPECT_EQ(totals.actions["subscribe"], 100U);
  EXPECT_EQ(totals.actions["view"], 7'616U + 5'849U + 1'157U);
  EXPECT_GE(totals.values, 43U);
  EXPECT_LT(totals.values, 98U);
  EXPECT_GT(totals.channels["email"], 1'600U);
  EXPECT_GT(totals.channels["sms"], 800U);
}

}  // namespace
}  // namespace waymark::codec
