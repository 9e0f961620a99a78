#include "generate/truth.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace waymark::generate {
namespace {
using nlohmann::json;

TEST(Truth, IsOneJsonObjectInTheDocumentedForm) {
  Truth truth;
  truth.record = 12;
  truth.profile = "customer-000007";
  truth.source_system = "web-analytics";
  truth.id = "i7-3";
  truth.time = 1'704'067'200'000;
  truth.script = "E4";
  truth.family = "purchase";
  truth.run = 2;
  truth.stage = "comparison";
  truth.noise = true;
  AddSignals(kMarkIrritation | kMarkBirthday, {1'710'000'000'000, 0}, truth.signals);
  std::string out;
  WriteTruth(truth, out);
  EXPECT_EQ(
      out, R"({"record":12,"outcome":"step","profile":"customer-000007",)"
           R"("source_system":"web-analytics","id":"i7-3","time":1704067200000,"script":"E4",)"
           R"("family":"purchase","run":2,"stage":"comparison","noise":true,"signals":[)"
           R"({"kind":"IRRITATION"},{"kind":"LIFECYCLE","name":"birthday","due":1710000000000}]})");
  EXPECT_FALSE(json::parse(out, nullptr, false).is_discarded());
}

TEST(Truth, OfABadRecordNamesTheReasonOnly) {
  Truth truth;
  truth.record = 3;
  truth.outcome = Outcome::kDeadLetter;
  truth.reason = model::DeadLetterReason::kNoCustomer;
  std::string out;
  WriteTruth(truth, out);
  EXPECT_EQ(out, R"({"record":3,"outcome":"dead_letter","reason":"no_customer"})");
}

TEST(Truth, EveryMarkHasASignal) {
  for (size_t i = 0; i < kMarkCount; ++i) {
    std::vector<ExpectedSignal> signals;
    AddSignals(static_cast<Marks>(1U << i), {}, signals);
    ASSERT_EQ(signals.size(), 1U);
    EXPECT_NE(signals[0].kind, model::SignalKind::kUnspecified);
  }
}

}  // namespace
}  // namespace waymark::generate
