#include "generate/bad_record.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "unit/generate/stream.h"

namespace waymark::generate {
namespace {
using model::DeadLetterReason;
using nlohmann::json;

constexpr int64_t kFuture = 2'000'000'000'000;

std::string Make(BadKind kind, uint64_t seed) {
  model::Interaction from;
  from.id = "i7-3";
  from.key = "customer-000007";
  from.time = 1'704'067'200'000;
  from.channel = "web";
  from.touchpoint = "home-page";
  from.action = "view";
  from.source.system = "web-analytics";
  Random random(seed);
  std::string out = "left over";
  WriteBadRecord(kind, from, kFuture, 5000, random, out);
  return out;
}

// The first fault of a record, told independently of how it was made.
std::optional<DeadLetterReason> Judge(const std::string& bytes) {
  if (bytes.size() > 5000) return DeadLetterReason::kTooLarge;
  const json value = json::parse(bytes, nullptr, false);
  if (value.is_discarded()) return DeadLetterReason::kUnparsable;
  for (const char* name : {"time", "channel", "action"}) {
    if (!value.contains(name)) return DeadLetterReason::kMissingField;
  }
  if (value.contains("kind") || value.contains("rating")) return DeadLetterReason::kBadValue;
  if (value.contains("command")) return DeadLetterReason::kUnknownCommand;
  if (value["time"] < 0) return DeadLetterReason::kTimeOutOfRange;
  if (value["time"] > kFuture) return DeadLetterReason::kTimeInFuture;
  if (!value.contains("key")) return DeadLetterReason::kNoCustomer;
  return std::nullopt;
}

TEST(BadRecord, EachKindHasTheFaultOfItsReason) {
  for (size_t i = 0; i < kBadKindCount; ++i) {
    const auto kind = static_cast<BadKind>(i);
    for (uint64_t seed = 0; seed < 50; ++seed) {
      const std::string bytes = Make(kind, seed);
      if (kind == BadKind::kNull) {
        EXPECT_TRUE(bytes.empty());
        continue;
      }
      ASSERT_EQ(Judge(bytes), ReasonOf(kind)) << i << ' ' << bytes.substr(0, 300);
      EXPECT_EQ(bytes.find('\n'), std::string::npos) << "one line of a file each";
    }
  }
}

TEST(BadRecord, AllKindsComeAndOnlyThoseAllowed) {
  Settings settings = SmallCompany();
  settings.bad_share = 0.1;
  std::map<BadKind, int> seen;
  ForEach(settings, [&](const Item& item) {
    if (!item.is_bad()) return;
    ++seen[item.bad_kind];
    EXPECT_EQ(item.truth.reason, ReasonOf(item.bad_kind));
    EXPECT_EQ(item.truth.outcome, Outcome::kDeadLetter);
    EXPECT_EQ(item.bad_value().has_value(), item.bad_kind != BadKind::kNull);
    EXPECT_EQ(item.key.empty(), item.bad_kind == BadKind::kNoCustomer);
  });
  EXPECT_EQ(seen.size(), kBadKindCount);
  EXPECT_LT(seen[BadKind::kOversized], seen[BadKind::kNoTime] / 4);

  settings.bad_kinds = kFileBadKinds;
  ForEach(settings, [&](const Item& item) {
    if (!item.is_bad()) return;
    EXPECT_NE(item.bad_kind, BadKind::kNull);
    EXPECT_NE(item.bad_kind, BadKind::kInFuture);
  });
}

TEST(BadRecord, OversizedIsJustOverTheLimitAndCanBeTheOnlyKind) {
  Settings settings = SmallCompany();
  settings.bad_share = 0.01;
  settings.bad_kinds = Only(BadKind::kOversized);
  settings.record_bytes_max = 10'000;
  const Counts counts = ForEach(settings, [&](const Item& item) {
    if (!item.is_bad()) return;
    EXPECT_GT(item.bad_bytes.size(), 10'000U);
    EXPECT_LT(item.bad_bytes.size(), 11'000U);
  });
  EXPECT_GT(counts.bad, 100U);
}

}  // namespace
}  // namespace waymark::generate
