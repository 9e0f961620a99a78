#include "api/stream_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::api {
namespace {

using testing::HasSubstr;

StreamFilter Filter(std::map<std::string, std::string> query) {
  serve::Request request;
  request.query = std::move(query);
  StreamFilter filter;
  const auto refused = ReadFilter(request, filter);
  EXPECT_FALSE(refused) << refused->body;
  return filter;
}

std::string RefusalOf(std::map<std::string, std::string> query) {
  serve::Request request;
  request.query = std::move(query);
  StreamFilter filter;
  const auto refused = ReadFilter(request, filter);
  return refused ? std::to_string(refused->code) + refused->body : "taken";
}

TEST(StreamFilter, WithoutParametersIsAll) {
  const StreamFilter filter = Filter({});
  EXPECT_TRUE(filter.measures);
  EXPECT_TRUE(filter.Wants({}));
  model::Signal retracted;
  retracted.retracted = true;
  EXPECT_TRUE(filter.Wants(retracted));
  EXPECT_EQ(filter.per_second, 0);
}

TEST(StreamFilter, EachParameterNarrowsIt) {
  model::Signal signal;
  signal.model = "m";
  signal.family = "f";
  signal.profile_id = "p";
  signal.kind = model::SignalKind::kAbandoned;
  const std::map<std::string, std::string> all = {
      {"model", "m"}, {"family", "f"}, {"profile", "p"}, {"kind", "STAGE_ENTERED,ABANDONED"}};
  EXPECT_TRUE(Filter(all).Wants(signal));
  for (const auto& [name, value] : all) {
    auto other = all;
    other[name] = name == "kind" ? "STAGE_ENTERED" : "other";
    EXPECT_FALSE(Filter(other).Wants(signal)) << name;
  }
}

TEST(StreamFilter, TypesChoose) {
  model::Signal signal;
  model::Signal retracted;
  retracted.retracted = true;
  const StreamFilter measures = Filter({{"types", "measures"}});
  EXPECT_TRUE(measures.measures);
  EXPECT_FALSE(measures.WantsSignals());
  const StreamFilter signals = Filter({{"types", "signal"}});
  EXPECT_FALSE(signals.measures);
  EXPECT_TRUE(signals.Wants(signal));
  EXPECT_FALSE(signals.Wants(retracted));
  EXPECT_TRUE(Filter({{"types", "retraction,measures"}}).Wants(retracted));
}

TEST(StreamFilter, WhatIsNotKnownIsRefused) {
  EXPECT_THAT(RefusalOf({{"types", "signal,all"}}), HasSubstr("400"));
  EXPECT_THAT(RefusalOf({{"kind", "NOTHING"}}), HasSubstr("NOTHING"));
  EXPECT_THAT(RefusalOf({{"severity", "1"}}), HasSubstr("unknown parameter severity"));
  for (const char* number : {"0", "1001", "-1", "5x", "99999999999"}) {
    EXPECT_THAT(RefusalOf({{"per_second", number}}), HasSubstr("per_second")) << number;
  }
  EXPECT_EQ(Filter({{"per_second", "5"}, {"last_event_id", "x"}}).per_second, 5);
}

}  // namespace
}  // namespace waymark::api
