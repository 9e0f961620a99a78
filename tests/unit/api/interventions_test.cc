#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/dates.h"
#include "api/routes.h"
#include "model/journey_model.h"

namespace waymark::api {
namespace {

using nlohmann::json;

constexpr const char* kModel = R"(family: f
model: m
stages:
  - {name: look, enter: always}
interventions:
  - {id: early, what: One, at: 2024-01-02, aim: care, where: {stage: look}}
  - id: late
    what: {en: Two, de: Zwei}
    at: 2024-01-11T13:00Z
    aim: acquisition
    where: {touchpoint: till, channel: store}
    owner: Sales
)";

class InterventionsTest : public testing::Test {
 protected:
  InterventionsTest() : picture_(clock_) {
    UseModel(kModel);
    AddRoutes({picture_, clock_, "1", [] { return true; }, [] { return std::string(); },
               [] { return 1; }, [] { return std::vector<base::Partition>(); },
               [] { return std::optional<base::Timestamp>(); }},
              router_);
    for (int32_t day = *ParseDay("2024-01-01"); day <= *ParseDay("2024-01-21"); ++day) {
      const bool is_after = day > *ParseDay("2024-01-11");
      Count({.kind = measure::CellKind::kInfluence, .day = day, .family = "f", .model = "m",
             .model_version = 1, .parts = {"till", "look"}},
            is_after ? 8 : 6, is_after ? 2 : 4);
    }
  }

  void UseModel(const std::string& yaml) {
    const model::ModelSet set = model::ParseModel(yaml, "m.yaml");
    ASSERT_EQ(set.models.size(), 1U);
    picture_.SetModels(std::make_shared<const journey::CompiledModels>(set.models));
    picture_.SetInterventions(
        std::make_shared<const model::Interventions>(model::CollectInterventions(set.models)));
  }

  void Count(const measure::CellKey& key, int64_t completed, int64_t abandoned) {
    picture_.Update([&](measure::Picture& p) {
      std::string bytes;
      std::string value;
      measure::AppendKey(key, bytes);
      measure::Cell cell;
      cell.Add(measure::SlotOf(measure::Slot::kEnded, 2), completed);
      cell.Add(measure::SlotOf(measure::Slot::kEnded, 3), abandoned);
      cell.AppendTo(value);
      EXPECT_TRUE(p.Take(0, bytes, value));
    });
  }

  serve::Response Ask(std::map<std::string, std::string> query, const std::string& tag = {}) {
    serve::Request request;
    request.method = "GET";
    request.path = "/api/v1/interventions";
    request.query = std::move(query);
    if (!tag.empty()) request.headers["if-none-match"] = tag;
    return (*router_.Find("GET", request.path).handler)(request);
  }
  json Told(std::map<std::string, std::string> query) {
    query.emplace("model", "m");
    const serve::Response response = Ask(std::move(query));
    EXPECT_EQ(response.code, 200) << response.body;
    return json::parse(response.body);
  }
  static std::string TagOf(const serve::Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "ETag") return value;
    }
    return {};
  }

  base::ManualClock clock_{{1'000'000}};
  LivePicture picture_;
  serve::Router router_;
};

TEST_F(InterventionsTest, EachHasItsCourse) {
  const json told = Told({});
  EXPECT_EQ(told["days"], 28);
  ASSERT_EQ(told["interventions"].size(), 2U);
  const json& late = told["interventions"][0];
  EXPECT_EQ(late["id"], "late") << "newest first";
  EXPECT_EQ(late["what"], json::parse(R"({"en": "Two", "de": "Zwei"})"));
  EXPECT_EQ(late["day"], "2024-01-11");
  EXPECT_EQ(late["where"], json::parse(R"({"touchpoint": "till", "channel": "store"})"));
  EXPECT_EQ(late["owner"], "Sales");
  EXPECT_EQ(late["days"], 10);
  EXPECT_EQ(late["before"], json::parse(R"({"from": "2024-01-01", "to": "2024-01-10"})"));
  EXPECT_EQ(late["after"], json::parse(R"({"from": "2024-01-12", "to": "2024-01-21"})"));
  EXPECT_EQ(late["overlaps"], json::parse(R"(["early"])"));
  EXPECT_EQ(late["judged_by"], "conversion");
  EXPECT_EQ(late["verdict"], "better");
  const json& conversion = late["measures"][0];
  EXPECT_EQ(conversion["before"], json::parse(R"({"count": 100, "value": 0.6})"));
  EXPECT_EQ(conversion["after"], json::parse(R"({"count": 100, "value": 0.8})"));
  EXPECT_NEAR(conversion["difference"]["low"], 0.0738, 0.001);
  EXPECT_EQ(conversion["course"].size(), 21U);
  EXPECT_EQ(conversion["course"][9]["part"], "before");
  EXPECT_EQ(conversion["course"][10]["part"], "day");
  EXPECT_EQ(conversion["course"][11]["part"], "after");
  EXPECT_FALSE(late["measures"][1]["before"].contains("value")) << "nobody answered";
}

TEST_F(InterventionsTest, DaysAreAskedFor) {
  const json late = Told({{"days", "3"}})["interventions"][0];
  EXPECT_EQ(late["days"], 3);
  EXPECT_EQ(late["measures"][0]["before"]["count"], 30);
  EXPECT_EQ(late["overlaps"].size(), 0U);
  EXPECT_EQ(Told({{"days", "180"}})["interventions"][1]["days"], 1) << "as far as figures reach";
}

TEST_F(InterventionsTest, WhatIsWrongIsRefused) {
  const auto refused = [&](std::map<std::string, std::string> query, int code, const char* text) {
    const serve::Response response = Ask(std::move(query));
    EXPECT_EQ(response.code, code) << response.body;
    EXPECT_NE(response.body.find(text), std::string::npos) << response.body;
  };
  refused({}, 400, "model is missing");
  refused({{"model", "none"}}, 404, "there is no such model");
  for (const char* days : {"0", "181", "-1", "x", "", "3d", "99999999999"}) {
    refused({{"model", "m"}, {"days", days}}, 400, "days is none");
  }
  refused({{"model", "m"}, {"from", "2024-01-01"}}, 400, "unknown parameter from");
}

TEST_F(InterventionsTest, AreDrawnOnceUntilFilesOrFiguresChange) {
  const std::string tag = TagOf(Ask({{"model", "m"}}));
  ASSERT_FALSE(tag.empty());
  EXPECT_EQ(Ask({{"model", "m"}}, tag).code, 304);
  std::string other = kModel;
  other.replace(other.find("owner: Sales"), 12, "owner: Shops");
  const model::ModelSet set = model::ParseModel(other, "m.yaml");
  picture_.SetInterventions(
      std::make_shared<const model::Interventions>(model::CollectInterventions(set.models)));
  const serve::Response changed = Ask({{"model", "m"}}, tag);
  EXPECT_EQ(changed.code, 200);
  EXPECT_NE(changed.body.find("Shops"), std::string::npos);
}

TEST_F(InterventionsTest, NoneAreAnEmptyList) {
  picture_.SetInterventions(nullptr);
  EXPECT_EQ(Told({})["interventions"], json::array());
}

}  // namespace
}  // namespace waymark::api
