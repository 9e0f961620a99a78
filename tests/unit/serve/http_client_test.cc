#include "serve/http_client.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "serve/http_server.h"

namespace waymark::serve {
namespace {

TEST(HttpUrl, SaysHostAndPort) {
  const auto plain = ParseHttpUrl("http://host:8080/");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->host, "host");
  EXPECT_EQ(plain->port, 8080);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(AuthorityOf(*plain), "host:8080");
  const auto secure = ParseHttpUrl("https://[::1]");
  ASSERT_TRUE(secure.ok());
  EXPECT_EQ(secure->host, "::1");
  EXPECT_EQ(secure->port, 443);
  EXPECT_TRUE(secure->tls && secure->verify);
  EXPECT_EQ(AuthorityOf(*secure), "[::1]:443");
}

TEST(HttpUrl, RefusesWhatIsNone) {
  for (const char* url : {"", "host:80", "http://", "http:///x", "http://:80", "http://h:",
                          "http://h:x",
                          "http://h:0", "http://h:65536", "http://h/p", "http://u@h", "http://[::1",
                          "http://[::1]x:80"}) {
    const auto parsed = ParseHttpUrl(url);
    ASSERT_FALSE(parsed.ok()) << url;
    EXPECT_FALSE(parsed.status().hint().empty()) << url;
  }
}

class Served : public testing::Test {
 protected:
  Served() : server_(Options(), Routes(), clock_) { EXPECT_TRUE(server_.Start().ok()); }
  HttpTarget Target(const std::string& token) const {
    return {.host = "localhost", .port = server_.port(), .token = token};
  }
  static HttpOptions Options() {
    HttpOptions options;
    options.token = "secret";
    return options;
  }
  static Router Routes() {
    Router router;
    router.Add("GET", "/long", [](const Request&) {
      return Response{.body = std::string(5000, 'x')};
    });
    return router;
  }
  base::SystemClock clock_;
  HttpServer server_;
};

TEST_F(Served, TellsWhatIsAnswered) {
  const auto answer = HttpGet(Target("secret"), "/long", base::Millis(5000), 5000);
  ASSERT_TRUE(answer.ok()) << answer.status().text();
  EXPECT_EQ(answer->code, 200);
  EXPECT_EQ(answer->body.size(), 5000U);
  EXPECT_EQ(HttpGet(Target(""), "/long", base::Millis(5000), 5000)->code, 401);
}

TEST_F(Served, TakesNoMoreThanIsAllowed) {
  const auto answer = HttpGet(Target("secret"), "/long", base::Millis(5000), 4999);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.status().code(), base::StatusCode::kRetriable);
}

TEST_F(Served, TellsWhereNobodyAnswers) {
  const HttpTarget target = Target("secret");
  server_.Stop(base::Millis(0));
  const auto answer = HttpGet(target, "/long", base::Millis(5000), 5000);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.status().code(), base::StatusCode::kRetriable);
}

}  // namespace
}  // namespace waymark::serve
