#include "api/answer_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/compress.h"

namespace waymark::api {
namespace {

class AnswerCacheTest : public testing::Test {
 protected:
  serve::Response Ask(std::map<std::string, std::string> query, int64_t revision,
                      const std::string& tag = {}) {
    serve::Request request;
    request.path = "/map";
    request.query = std::move(query);
    if (!tag.empty()) request.headers["if-none-match"] = tag;
    return cache_.Answer(request, {revision, nullptr}, [&] {
      ++drawn_;
      serve::Response response;
      response.code = code_;
      response.body = "body " + std::to_string(drawn_);
      return response;
    });
  }
  static std::string TagOf(const serve::Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "ETag") return value;
    }
    return {};
  }

  AnswerCache cache_;
  int drawn_ = 0;
  int code_ = 200;
};

TEST_F(AnswerCacheTest, IsDrawnOnceForAllWhoAskTheSame) {
  EXPECT_EQ(Ask({{"model", "m"}}, 1).body, "body 1");
  EXPECT_EQ(Ask({{"model", "m"}}, 1).body, "body 1");
  EXPECT_EQ(Ask({{"model", "n"}}, 1).body, "body 2");
  EXPECT_EQ(Ask({{"mode", "lm"}}, 1).body, "body 3");
  EXPECT_EQ(Ask({{"model", "m"}}, 2).body, "body 4");
}

TEST_F(AnswerCacheTest, WhoHasItGetsNoBody) {
  const std::string tag = TagOf(Ask({}, 1));
  EXPECT_FALSE(tag.empty());
  const serve::Response unchanged = Ask({}, 1, tag);
  EXPECT_EQ(unchanged.code, 304);
  EXPECT_EQ(unchanged.body, "");
  EXPECT_EQ(TagOf(unchanged), tag);
  const serve::Response changed = Ask({}, 2, tag);
  EXPECT_EQ(changed.code, 200);
  EXPECT_NE(TagOf(changed), tag);
}

// Those who take gzip share one packed answer, with a tag of its own that they come back with.
TEST_F(AnswerCacheTest, IsPackedOnce) {
  const auto ask = [&](bool takes_gzip, const std::string& tag) {
    serve::Request request;
    if (takes_gzip) request.headers["accept-encoding"] = "gzip";
    if (!tag.empty()) request.headers["if-none-match"] = tag;
    return cache_.Answer(request, {1, nullptr}, [&] {
      ++drawn_;
      return serve::Response{.body = std::string(5000, 'x')};
    });
  };
  const serve::Response packed = ask(true, "");
  EXPECT_LT(packed.body.size(), 500U);
  EXPECT_THAT(packed.headers, testing::Contains(testing::Pair("Content-Encoding", "gzip")));
  EXPECT_EQ(ask(true, "").body, packed.body);
  EXPECT_EQ(drawn_, 1);
  EXPECT_EQ(ask(true, TagOf(packed)).code, 304);
  EXPECT_EQ(ask(false, TagOf(packed)).body.size(), 5000U);
  serve::Request request;
  request.headers["accept-encoding"] = "gzip";
  EXPECT_EQ(serve::Packed(request, packed).body, packed.body) << "not packed twice";
}

TEST_F(AnswerCacheTest, RefusalsAreNotKept) {
  code_ = 404;
  EXPECT_EQ(Ask({}, 1).code, 404);
  code_ = 200;
  EXPECT_EQ(Ask({}, 1).code, 200);
  EXPECT_EQ(drawn_, 2);
}

TEST_F(AnswerCacheTest, OnlyTheLastAreKept) {
  for (int i = 0; i < 100; ++i) Ask({{"model", std::to_string(i)}}, 1);
  EXPECT_EQ(Ask({{"model", "99"}}, 1).body, "body 100");
  EXPECT_EQ(Ask({{"model", "0"}}, 1).body, "body 101");
}

}  // namespace
}  // namespace waymark::api
