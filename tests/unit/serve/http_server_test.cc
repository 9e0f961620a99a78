#include "serve/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "socket_client.h"

namespace waymark::serve {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr base::Millis kGrace{10'000};
const base::SystemClock kClock;

struct Seen {
  std::string route;
  std::string method;
  int code;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Router TestRouter() {
  Router router;
  router.Add("GET", "/hello", [](const Request&) {
    return Response{.content_type = "text/plain", .body = "hello\n"};
  });
  router.Add("GET", "/journeys/{profile}", [](const Request& request) {
    return Response{.body = request.parameters.at("profile") + "|" +
                            (request.query.contains("q") ? request.query.at("q") : "")};
  });
  router.Add("POST", "/echo", [](const Request& request) {
    return Response{.body = request.headers.at("x-mark") + ":" + request.body};
  });
  router.Add("POST", "/size", [](const Request& request) {
    return Response{.body = std::to_string(request.body.size())};
  });
  router.Add("GET", "/throw",
             [](const Request&) -> Response { throw std::runtime_error("inside only"); });
  return router;
}

class HttpServerTest : public testing::Test {
 protected:
  void Begin(HttpOptions options = {}, Router router = TestRouter()) {
    server_ = std::make_unique<HttpServer>(options, std::move(router), kClock,
                                           [this](const Exchange& exchange) {
                                             const std::lock_guard lock(mutex_);
                                             seen_.push_back({std::string(exchange.route),
                                                              std::string(exchange.method),
                                                              exchange.code});
                                           });
    const base::Status status = server_->Start();
    ASSERT_TRUE(status.ok()) << status.text();
    ASSERT_NE(server_->port(), 0);
  }

  // One request on a connection of its own.
  std::string Ask(std::string_view request) {
    SocketClient client(server_->port());
    client.Send(request);
    return client.ReadAll();
  }
  std::string Get(std::string_view target) {
    return Ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
  std::vector<Seen> TakeSeen() {
    const std::lock_guard lock(mutex_);
    return std::move(seen_);
  }

  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAGet) {
  Begin();
  EXPECT_THAT(Get("/hello"), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                                   HasSubstr("Content-Type: text/plain\r\n"),
                                   HasSubstr("Content-Length: 6\r\n"), EndsWith("\r\n\r\nhello\n")));
  EXPECT_THAT(TakeSeen(), testing::ElementsAre(Seen{"/hello", "GET", 200}));
}

TEST_F(HttpServerTest, HeadIsAGetWithoutItsBody) {
  Begin();
  EXPECT_THAT(Ask("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 6\r\n"),
                    EndsWith("\r\n\r\n")));
  EXPECT_THAT(TakeSeen(), testing::ElementsAre(Seen{"/hello", "HEAD", 200}));
}

TEST_F(HttpServerTest, DecodesParametersAndQuery) {
  Begin();
  EXPECT_THAT(Get("/journeys/a%2Fb%20c?q=1+2%263&x"), EndsWith("\r\n\r\na/b c|1 2&3"));
  EXPECT_THAT(TakeSeen(), testing::ElementsAre(Seen{"/journeys/{profile}", "GET", 200}));
}

TEST_F(HttpServerTest, HandsOverHeadersAndBody) {
  Begin();
  EXPECT_THAT(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nX-MARK: m\r\nContent-Length: 4\r\n"
                  "Connection: close\r\n\r\nbody"),
              EndsWith("\r\n\r\nm:body"));
}

TEST_F(HttpServerTest, RefusesUnknownPathsAndMethodsAsJson) {
  Begin();
  EXPECT_THAT(Get("/none"),
              AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("Content-Type: application/json"),
                    EndsWith("{\"error\":\"there is nothing at /none\"}\n")));
  EXPECT_THAT(Ask("DELETE /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n"),
                    HasSubstr("\"hint\":\"use GET, HEAD\"")));
  EXPECT_THAT(Ask("FANCY /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(TakeSeen(),
              testing::ElementsAre(Seen{"unmatched", "GET", 404}, Seen{"/hello", "DELETE", 405},
                                   Seen{"/hello", "OTHER", 405}));
}

TEST_F(HttpServerTest, RefusesMalformedRequests) {
  Begin();
  EXPECT_THAT(Ask("what is this\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Get("/a%2"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Get("hello"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Get("/%ff"), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("\"error\"")));
}

TEST_F(HttpServerTest, BoundsHeaderAndBody) {
  Begin({.header_bytes_max = 1024, .body_bytes_max = 10});
  EXPECT_THAT(Ask("GET /hello HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask("POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n12345678901"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask("POST /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "b\r\n12345678901\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask("POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nConnection: close\r\n"
                  "\r\n1234567890"),
              EndsWith("\r\n\r\n10"));
}

TEST_F(HttpServerTest, KeepsConnectionsAndAnswersPipelinedRequestsInOrder) {
  Begin();
  SocketClient client(server_->port());
  const std::string request = "GET /journeys/1 HTTP/1.1\r\nHost: x\r\n\r\n";
  client.Send(request);
  EXPECT_THAT(client.ReadResponse(), EndsWith("1|"));
  client.Send(request + "GET /journeys/2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadResponse(), EndsWith("1|"));
  EXPECT_THAT(client.ReadResponse(), EndsWith("2|"));
}

TEST_F(HttpServerTest, ClosesAfterAnHttp10Request) {
  Begin();
  EXPECT_THAT(Ask("GET /hello HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 200 OK"), EndsWith("hello\n")));
}

TEST_F(HttpServerTest, ClosesASilentConnection) {
  Begin({.idle_timeout = base::Millis(50)});
  EXPECT_EQ(Ask(""), "");
  EXPECT_EQ(Ask("GET /hello HTT"), "");
}

TEST_F(HttpServerTest, AHandlerThatThrowsHarmsNobodyElse) {
  Begin();
  EXPECT_THAT(Get("/throw"), AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("inside only"))));
  EXPECT_THAT(Get("/hello"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, RefusesConnectionsOverTheLimitAndTakesThemAgainLater) {
  Begin({.connections_max = 1});
  {
    SocketClient first(server_->port());
    first.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(first.ReadResponse(), StartsWith("HTTP/1.1 200 "));
    SocketClient second(server_->port());
    EXPECT_THAT(second.ReadAll(),
                AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("http.connections_max")));
  }
  // The server hears of the end of the first one some time later.
  std::string got;
  for (int i = 0; i < 1000 && !got.starts_with("HTTP/1.1 200 "); ++i) got = Get("/hello");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ATakenPortIsAConfigurationFault) {
  Begin();
  HttpServer other({.port = server_->port()}, TestRouter(), kClock);
  const base::Status status = other.Start();
  EXPECT_EQ(status.code(), base::StatusCode::kConfig);
  EXPECT_THAT(status.hint(), HasSubstr("http.port"));
  EXPECT_THAT(status.message(), HasSubstr(std::to_string(server_->port())));
}

TEST_F(HttpServerTest, ABadAddressIsAConfigurationFault) {
  for (const char* address : {"nowhere", "203.0.113.1"}) {
    HttpServer server({.address = address}, TestRouter(), kClock);
    const base::Status status = server.Start();
    EXPECT_EQ(status.code(), base::StatusCode::kConfig) << address;
    EXPECT_THAT(status.hint(), HasSubstr("http.address")) << address;
  }
}

TEST_F(HttpServerTest, StopLetsTheRequestUnderWayFinish) {
  std::promise<void> entered;
  std::promise<void> released;
  Router router;
  router.Add("GET", "/slow", [&](const Request&) {
    entered.set_value();
    released.get_future().wait();
    return Response{.body = "done"};
  });
  Begin({}, std::move(router));
  SocketClient idle(server_->port());
  auto busy = std::make_unique<SocketClient>(server_->port());
  busy->Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.get_future().wait();
  std::thread stopper([this] { server_->Stop(kGrace); });
  EXPECT_EQ(idle.ReadAll(), "");  // closed at once: Stop() has begun
  released.set_value();
  EXPECT_THAT(busy->ReadAll(), AllOf(HasSubstr("Connection: close\r\n"), EndsWith("done")));
  busy.reset();
  stopper.join();
  EXPECT_FALSE(SocketClient(server_->port()).connected());
}

TEST_F(HttpServerTest, EndsWithConnectionsOpen) {
  Begin();
  SocketClient client(server_->port());
  client.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadResponse(), EndsWith("hello\n"));
  server_.reset();
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(HttpServerTest, ServesManyAtOnce) {
  Begin({.threads = 4});
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      SocketClient client(server_->port());
      for (int n = 0; n < 50; ++n) {
        const std::string id = std::to_string(i * 1000 + n);
        client.Send("GET /journeys/" + id + " HTTP/1.1\r\nHost: x\r\n\r\n");
        if (client.ReadResponse().ends_with("\r\n\r\n" + id + "|")) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
  EXPECT_EQ(TakeSeen().size(), 400U);
}

}  // namespace
}  // namespace waymark::serve
