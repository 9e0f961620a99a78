#include "serve/http_client.h"

#include <gtest/gtest.h>

#include "base/time.h"
#include "serve/http_server.h"

namespace waymark::serve {
namespace {

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClientTest() : server_(HttpOptions{}, Routes(), clock_) {
    EXPECT_TRUE(server_.Start().ok());
  }
  static Router Routes() {
    Router router;
    router.Add("GET", "/echo/{what}", [](const Request& request) {
      const auto mark = request.headers.find("x-mark");
      Response response;
      response.code = 203;
      response.content_type = "text/plain";
      response.body = request.parameters.at("what") +
                      (mark == request.headers.end() ? "" : "," + mark->second);
      return response;
    });
    router.Add("GET", "/long",
               [](const Request&) { return Response{.body = std::string(5000, 'x')}; });
    return router;
  }
  Endpoint Here() const { return {"localhost", server_.port(), false}; }

  base::SystemClock clock_;
  HttpServer server_;
};

TEST_F(HttpClientTest, TellsWhatWasAnswered) {
  const auto answer = Ask(Here(), {.path = "/echo/a%20b", .headers = {{"X-Mark", "1"}}});
  ASSERT_TRUE(answer.ok()) << answer.status().text();
  EXPECT_EQ(answer->code, 203);
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(answer->body, "a b,1");
}

TEST_F(HttpClientTest, ALongerAnswerThanIsTakenIsAFault) {
  EXPECT_FALSE(Ask(Here(), {.path = "/long", .body_bytes_max = 1000}).ok());
  EXPECT_TRUE(Ask(Here(), {.path = "/long", .body_bytes_max = 5000}).ok());
}

TEST_F(HttpClientTest, NobodyThereIsRetriable) {
  const Endpoint here = Here();
  server_.Stop(base::Millis(0));
  const auto answer = Ask(here, {.path = "/echo/a"});
  EXPECT_EQ(answer.status().code(), base::StatusCode::kRetriable);
}

TEST_F(HttpClientTest, WhoeverDoesNotSpeakTlsIsNotTalkedTo) {
  const auto answer = Ask({"localhost", server_.port(), true}, {.path = "/echo/a"});
  EXPECT_EQ(answer.status().code(), base::StatusCode::kRetriable);
}

TEST(HttpEndpoint, ComesBackFromItsText) {
  for (const std::string text : {"http://host:80", "https://10.0.0.1:8443", "http://[::1]:8080"}) {
    const auto endpoint = ParseEndpoint(text);
    ASSERT_TRUE(endpoint.ok()) << text;
    EXPECT_EQ(ToText(*endpoint), text);
  }
  EXPECT_EQ(ToText(*ParseEndpoint("https://[::1]/")), "https://[::1]:443");
  EXPECT_EQ(ToText(*ParseEndpoint("http://host")), "http://host:80");
}

TEST(HttpEndpoint, RefusesWhatIsNone) {
  for (const char* text : {"", "host:80", "ftp://host:80", "http://", "http:///x", "http://:80",
                           "http://h:", "http://h:x", "http://h:8x", "http://h:0",
                           "http://h:65536", "http://h/p", "http://u@h", "http://[::1",
                           "http://[::1]x:80"}) {
    const auto parsed = ParseEndpoint(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_FALSE(parsed.status().hint().empty()) << text;
  }
}

}  // namespace
}  // namespace waymark::serve
