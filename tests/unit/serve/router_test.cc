#include "serve/router.h"

#include <gtest/gtest.h>

namespace waymark::serve {
namespace {

Handler Saying(std::string text) {
  return [text = std::move(text)](const Request&) { return Response{.body = text}; };
}

std::string Body(const Router::Match& match) {
  return match.handler == nullptr ? "none" : (*match.handler)({}).body;
}

TEST(Router, PrefersLiteralSegmentsWhateverTheOrder) {
  Router router;
  router.Add("GET", "/a/{x}", Saying("parameter"));
  router.Add("GET", "/a/b", Saying("literal"));
  router.Add("GET", "/{y}/b", Saying("late literal"));
  EXPECT_EQ(Body(router.Find("GET", "/a/b")), "literal");
  EXPECT_EQ(Body(router.Find("GET", "/a/c")), "parameter");
  EXPECT_EQ(Body(router.Find("GET", "/z/b")), "late literal");
}

TEST(Router, MatchesWholePathsOnly) {
  Router router;
  router.Add("GET", "/a/{x}", Saying("a"));
  router.Add("GET", "/", Saying("root"));
  EXPECT_EQ(Body(router.Find("GET", "/")), "root");
  for (const char* path : {"/a", "/a/", "/a/b/c", "/a/b/", "//a/b", "/b"}) {
    EXPECT_EQ(Body(router.Find("GET", path)), "none") << path;
  }
}

TEST(Router, DecodesSegmentsAfterSplitting) {
  Router router;
  router.Add("GET", "/p/{id}", Saying("p"));
  EXPECT_EQ(router.Find("GET", "/p/a%2Fb+c").parameters.at("id"), "a/b+c");
  EXPECT_EQ(Body(router.Find("GET", "/p/%zz")), "none");
}

TEST(Router, TellsMissingPathFromMissingMethod) {
  Router router;
  router.Add("GET", "/a", Saying("get"));
  router.Add("POST", "/a", Saying("post"));
  EXPECT_EQ(Body(router.Find("POST", "/a")), "post");
  EXPECT_EQ(Body(router.Find("HEAD", "/a")), "get");
  EXPECT_EQ(router.Find("PUT", "/a").allowed, "GET, HEAD, POST");
  EXPECT_EQ(router.Find("PUT", "/a").pattern, "/a");
  EXPECT_EQ(router.Find("GET", "/b").allowed, "");
}

TEST(RouterDeathTest, RefusesASecondHandler) {
  Router router;
  router.Add("GET", "/a", Saying("1"));
  EXPECT_DEATH(router.Add("GET", "/a", Saying("2")), "one handler");
}

TEST(Target, IsTakenApart) {
  const auto target = ParseTarget("/a%20b?x=1&y=%41+b&x=2&&flag");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b");
  EXPECT_EQ(target->raw_path, "/a%20b");
  const std::map<std::string, std::string> query = {{"x", "2"}, {"y", "A b"}, {"flag", ""}};
  EXPECT_EQ(target->query, query);
}

TEST(Target, IsRefusedWhereMalformed) {
  for (const char* text : {"", "a", "*", "/%", "/%4", "/%g0", "/a?%x"}) {
    EXPECT_FALSE(ParseTarget(text)) << text;
  }
}

}  // namespace
}  // namespace waymark::serve
