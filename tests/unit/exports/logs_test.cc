#include <gtest/gtest.h>

#include <algorithm>

#include "codec/protobuf.h"
#include "exports/csv_writer.h"
#include "exports/object_log.h"
#include "exports/ocel_json_writer.h"
#include "exports/xes_writer.h"
#include "unit/files/temporary_folder.h"

namespace waymark::exports {
namespace {

class StringWriter final : public files::ByteWriter {
 public:
  explicit StringWriter(std::string& out) : out_(out) {}
  base::Status Write(std::string_view bytes) override {
    out_ += bytes;
    return {};
  }
  base::Status Close() override { return {}; }

 private:
  std::string& out_;
};

// What a log writes of steps; its parts that do not fit into `bytes_max` go to files.
class LogsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 60; ++i) {
      model::Step step;
      const std::string id = "e" + std::to_string(i);
      const std::string journey = "j" + std::to_string(i % 7);
      const std::string product = "p" + std::to_string(i % 3);
      step.profile_id = i % 2 == 0 ? "ada" : "bob";
      step.session_id = i < 30 ? "s1" : "s2";
      step.persona = i < 40 ? "" : "young";
      step.interaction.id = id;
      step.interaction.time = 1'711'929'600'000 + 1000 * ((i * 37) % 60);
      step.interaction.action = i % 5 == 0 ? "order" : "view";
      step.interaction.product = product;
      model::Placement& placement = step.placements.emplace_back();
      placement.family = "purchase";
      placement.journey_id = journey;
      placement.stage = (i * 37) % 60 < 20 ? "inspiration" : "purchase";
      codec::EncodeCanonical(step, steps_.emplace_back());
    }
  }

  static void AddAll(const std::vector<std::string>& steps, Log& log) {
    model::Step step;
    for (const std::string& bytes : steps) {
      ASSERT_TRUE(codec::Decode(bytes, step).ok());
      ASSERT_TRUE(log.Add(step, bytes).ok());
    }
    const auto status = log.Write([](double) { return base::Status(); });
    ASSERT_TRUE(status.ok()) << status.message();
  }

  template <class Writer>
  std::string Cases(const std::vector<std::string>& steps, size_t bytes_max) {
    std::string out;
    auto columns = ColumnsOf(selection_);
    CaseLog log(selection_, folder_.path(), bytes_max,
                std::make_unique<Writer>(selection_, std::move(columns).value(),
                                         std::make_unique<StringWriter>(out)));
    AddAll(steps, log);
    return out;
  }

  std::string Objects(const std::vector<std::string>& steps, size_t bytes_max) {
    std::string out;
    auto columns = ColumnsOf(selection_);
    ObjectLog log(selection_, std::move(columns).value(), ObjectLog::EventOrder::kTime,
                  folder_.path(), bytes_max,
                  std::make_unique<OcelJsonWriter>(std::make_unique<StringWriter>(out)));
    AddAll(steps, log);
    return out;
  }

  std::vector<std::string> Reversed() const { return {steps_.rbegin(), steps_.rend()}; }

  files::TemporaryFolder folder_;
  Selection selection_;
  std::vector<std::string> steps_;
};

TEST_F(LogsTest, MemoryAndOrderOfStepsDoNotShow) {
  constexpr size_t kPlenty = 1 << 20;
  for (const CaseBy by : {CaseBy::kJourney, CaseBy::kSession, CaseBy::kProfile}) {
    selection_.case_by = by;
    const std::string xes = Cases<XesWriter>(steps_, kPlenty);
    EXPECT_EQ(Cases<XesWriter>(Reversed(), 1), xes);
    const std::string csv = Cases<CsvWriter>(steps_, kPlenty);
    EXPECT_EQ(Cases<CsvWriter>(Reversed(), 1), csv);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 61);
  }
  const std::string json = Objects(steps_, kPlenty);
  EXPECT_EQ(Objects(Reversed(), 1), json);
  EXPECT_NE(json.find("\"stage\",\"time\":\"2024-04-01T00:00:2"), json.npos);
}

TEST_F(LogsTest, CasesTellWhatHoldsAtTheirEnd) {
  selection_.case_by = CaseBy::kProfile;
  const std::string xes = Cases<XesWriter>(steps_, 1);
  // A persona came with number 40. The last by time is number 34 of ada and 47 of bob.
  const auto head_from = [&](size_t from) {
    return xes.substr(from, xes.find("<event>", from) - from);
  };
  const size_t bob = xes.find("value=\"bob\"");
  ASSERT_NE(bob, xes.npos);
  EXPECT_EQ(head_from(xes.find("<trace>")).find("young"), xes.npos);
  EXPECT_NE(head_from(bob).find("young"), xes.npos);
  EXPECT_NE(xes.substr(0, bob).find("young"), xes.npos) << "events tell their own";
}

TEST_F(LogsTest, NothingMakesAnEmptyLog) {
  EXPECT_EQ(Objects({}, 1),
            "{\"objectTypes\":[\n],\n\"eventTypes\":[\n],\n\"objects\":[\n],\n\"events\":[\n]}\n");
  EXPECT_NE(Cases<XesWriter>({}, 1).find("</log>\n"), std::string::npos);
}

}  // namespace
}  // namespace waymark::exports
