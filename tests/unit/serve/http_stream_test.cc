// Responses that go on: what a client gets of them, and what becomes of one that does not read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "serve/http_server.h"
#include "socket_client.h"

namespace waymark::serve {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr base::Millis kGrace{10'000};
constexpr std::string_view kAsk = "GET /live HTTP/1.1\r\nHost: x\r\n\r\n";
const base::SystemClock kClock;

class HttpStreamTest : public testing::Test {
 protected:
  void Begin(HttpOptions options = {}) {
    Router router;
    router.Add("GET", "/live", [this](const Request&) {
      Response response;
      response.content_type = "text/event-stream";
      response.streaming.emplace();
      response.streaming->heartbeat = ":\n\n";
      response.streaming->begin = [this](std::shared_ptr<BodyStream> body) {
        body->Push("hello\n");
        const std::lock_guard lock(mutex_);
        bodies_.push_back(std::move(body));
        begun_.notify_all();
      };
      return response;
    });
    router.Add("GET", "/hello", [](const Request&) { return Response{.body = "hi"}; });
    server_ = std::make_unique<HttpServer>(options, std::move(router), kClock);
    ASSERT_TRUE(server_->Start().ok());
  }
  // The body of the response that was asked for last.
  std::shared_ptr<BodyStream> Begun() {
    std::unique_lock lock(mutex_);
    begun_.wait(lock, [this] { return bodies_.size() > taken_; });
    return bodies_[taken_++];
  }
  std::string Ask(std::string_view request) {
    SocketClient client(server_->port());
    client.Send(request);
    return client.ReadAll();
  }
  // The server hears of things some time later.
  template <class F>
  static void Until(F holds) {
    bool has_come = holds();
    for (int i = 0; i < 10'000 && !has_come; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      has_come = holds();
    }
    EXPECT_TRUE(has_come);
  }

  std::mutex mutex_;
  std::condition_variable begun_;
  std::vector<std::shared_ptr<BodyStream>> bodies_;  // guarded by mutex_
  size_t taken_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpStreamTest, GoesOnUntilItIsEnded) {
  Begin();
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  EXPECT_THAT(client.ReadUntil("hello\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"),
                    HasSubstr("Content-Type: text/event-stream\r\n"),
                    HasSubstr("Connection: close\r\n"), Not(HasSubstr("Content-Length")),
                    EndsWith("\r\n\r\n6\r\nhello\n\r\n")));
  EXPECT_TRUE(body->Push("more\n"));
  EXPECT_EQ(client.ReadUntil("more\n\r\n"), "5\r\nmore\n\r\n");
  body->Push("last\n");
  body->End();
  EXPECT_FALSE(body->Push("too late"));
  EXPECT_EQ(client.ReadAll(), "5\r\nlast\n\r\n0\r\n\r\n");
}

TEST_F(HttpStreamTest, AnOlderClientGetsNoChunks) {
  Begin();
  std::thread feeder([this] { Begun()->End(); });
  EXPECT_THAT(Ask("GET /live HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 200"), Not(HasSubstr("chunked")),
                    EndsWith("\r\n\r\nhello\n")));
  feeder.join();
}

TEST_F(HttpStreamTest, HeadBeginsNothing) {
  Begin({.streams_max = 0});
  EXPECT_THAT(Ask("HEAD /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("text/event-stream"),
                    Not(HasSubstr("Content-Length")), EndsWith("\r\n\r\n")));
  EXPECT_TRUE(bodies_.empty());
}

TEST_F(HttpStreamTest, HeartbeatsComeWhereNothingElseDoes) {
  Begin({.heartbeat = base::Millis(5), .idle_timeout = base::Millis(1'000)});
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  client.ReadUntil("hello\n\r\n");
  EXPECT_EQ(client.ReadUntil(":\n\n\r\n"), "3\r\n:\n\n\r\n");
  EXPECT_EQ(client.ReadUntil(":\n\n\r\n"), "3\r\n:\n\n\r\n");
  body->Push("news");
  EXPECT_THAT(client.ReadUntil("news\r\n"), EndsWith("4\r\nnews\r\n"));
}

TEST_F(HttpStreamTest, AnIdleTimeoutDoesNotCutItOff) {
  Begin({.heartbeat = base::Millis(20), .idle_timeout = base::Millis(100)});
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  for (int i = 0; i < 15; ++i) client.ReadUntil(":\n\n\r\n");
  EXPECT_TRUE(body->Push("still there"));
  EXPECT_THAT(client.ReadUntil("still there\r\n"), EndsWith("still there\r\n"));
}

TEST_F(HttpStreamTest, WhoDoesNotReadIsCutOffAndNobodyWaits) {
  Begin({.stream_bytes_max = 10'000});
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  // Until the buffers of the system are full, too.
  const std::string piece(9'000, 'x');
  int64_t pushed = 0;
  for (; pushed < 100'000 && body->Push(piece); ++pushed) {
    if (body->waiting() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(body->state(), BodyStream::State::kCut);
  EXPECT_EQ(body->waiting(), 0U);
  EXPECT_THAT(client.ReadAll(), Not(AnyOf(EndsWith("0\r\n\r\n"), EndsWith("timeout"))));
  EXPECT_THAT(Ask("GET /hello HTTP/1.0\r\n\r\n"), EndsWith("hi"));
}

TEST_F(HttpStreamTest, WhoTakesTooLongForOnePieceIsCutOff) {
  Begin({.stream_bytes_max = 64 << 20, .idle_timeout = base::Millis(50)});
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  body->Push(std::string(32 << 20, 'x'));
  Until([&] { return body->state() == BodyStream::State::kCut; });
}

TEST_F(HttpStreamTest, AClientThatLeavesIsNoticed) {
  Begin();
  auto client = std::make_unique<SocketClient>(server_->port());
  client->Send(kAsk);
  const auto body = Begun();
  client->ReadUntil("hello\n\r\n");
  client.reset();
  Until([&] { return body->state() == BodyStream::State::kClosed; });
  EXPECT_FALSE(body->Push("nobody"));
}

TEST_F(HttpStreamTest, WhoSaysMuchMoreIsClosed) {
  Begin();
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  client.Send(std::string(100'000, 'x'));
  Until([&] { return body->state() == BodyStream::State::kClosed; });
}

TEST_F(HttpStreamTest, ThereAreNotMoreThanSaid) {
  Begin({.connections_max = 1, .streams_max = 2});
  std::vector<std::unique_ptr<SocketClient>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<SocketClient>(server_->port()));
    clients.back()->Send(kAsk);
    Begun();
  }
  EXPECT_THAT(Ask("GET /live HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 503 "), HasSubstr("http.streams_max")));
  // They take no place of the connections.
  Until([&] { return Ask("GET /hello HTTP/1.0\r\n\r\n").ends_with("hi"); });
  clients.pop_back();
  Until([&] { return bodies_[1]->state() == BodyStream::State::kClosed; });
  Until([&] {
    SocketClient again(server_->port());
    again.Send(kAsk);
    return again.ReadUntil("\r\n").starts_with("HTTP/1.1 200");
  });
}

TEST_F(HttpStreamTest, AStopEndsItInGoodOrder) {
  Begin();
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  client.ReadUntil("hello\n\r\n");
  std::thread stopper([this] { server_->Stop(kGrace); });
  EXPECT_EQ(client.ReadAll(), "0\r\n\r\n");
  stopper.join();
  EXPECT_FALSE(body->Push("nobody"));
}

TEST_F(HttpStreamTest, WhoFeedsItMayOutliveTheServer) {
  Begin();
  SocketClient client(server_->port());
  client.Send(kAsk);
  const auto body = Begun();
  std::atomic<bool> stop{false};
  std::thread feeder([&] {
    while (!stop) body->Push("x");
  });
  client.ReadUntil("hello\n\r\n");
  server_.reset();
  stop = true;
  feeder.join();
  EXPECT_NE(body->state(), BodyStream::State::kOpen);
}

}  // namespace
}  // namespace waymark::serve
