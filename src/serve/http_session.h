#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <variant>

#include "serve/http_server.h"

namespace waymark::serve {

// What the sessions of a server share; outlives them.
struct SessionContext {
  const HttpOptions& options;
  const Router& router;
  const base::Clock& clock;
  const Observer& observer;
  const std::atomic<bool>& stopping;  // no connection is kept once it is set
  // Called once by each session, at its end; `streamed`: it had a place of may_stream.
  std::function<void(bool streamed)> on_closed;
  std::function<bool()> may_stream;  // takes a place for a response that goes on
};

// One connection: reads a request, answers it, and so on. Keeps itself alive while work is pending;
// all of it runs on the strand of its socket.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  // `tls` is null for a connection in the clear.
  HttpSession(boost::asio::ip::tcp::socket socket, TlsContext tls,
              std::shared_ptr<const Access> access, const SessionContext& context);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void Start();
  // Answers 503 without reading a request, then closes.
  void Refuse();
  // From any thread: closes now where no request is under way, and ends a response that goes on.
  void CloseIfIdle();
  // Once no thread runs the session any more: whoever feeds its response is told that it is over.
  void Abandon();

 private:
  using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
  using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

  using Clear = boost::beast::tcp_stream;
  using Encrypted = boost::beast::ssl_stream<boost::beast::tcp_stream>;

  // Then `next`, where the client is who it has to be.
  void Begin(void (HttpSession::*next)());
  void OnHandshake(boost::beast::error_code error, void (HttpSession::*next)());
  void WriteRefusal();
  bool HasCertificate() const;
  boost::beast::tcp_stream& tcp();
  template <class F>
  void OnStream(F f) {
    std::visit(f, stream_);
  }

  void Read();
  void OnRead(boost::beast::error_code error);
  void Answer();
  Response Respond(const HttpRequest& request, std::string& route) const;
  Response RespondRouted(const HttpRequest& request, std::string& route) const;
  bool IsAllowed(const HttpRequest& request, std::string_view path) const;
  // All of a response but its body.
  void SetHead(const Response& response, unsigned version, bool keep_alive);
  void Write(Response response, bool is_head, bool keep_alive, unsigned version);
  void OnWritten(boost::beast::error_code error, bool keep_alive);

  // A response that goes on, in http_streaming.cc. It is the last one of its connection.
  void BeginStream(Response response, unsigned version);
  void Pump();
  void WriteOut();
  void OnPieceWritten(boost::beast::error_code error);
  void AwaitNews();
  void ListenToPeer();
  void OnPeer(boost::beast::error_code error, size_t bytes);
  void OnFault(boost::beast::error_code error);
  void EndStream();
  void Finish();
  // Says end of stream and reads on until the peer does, so that it sees the answer.
  void Drain();
  void Close();

  const TlsContext tls_;
  const std::shared_ptr<const Access> access_;
  std::variant<Clear, Encrypted> stream_;
  const SessionContext& context_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  HttpResponse response_;
  bool busy_ = false;

  // Of a response that goes on.
  std::shared_ptr<BodyStream> body_;  // null: there is none
  std::string heartbeat_;
  boost::asio::steady_timer heartbeat_timer_;
  std::string out_;         // being written
  bool is_chunked_ = true;  // HTTP/1.0 knows no chunks
  bool is_writing_ = false;
  bool is_last_ = false;    // what is being written ends the response
  bool is_ended_ = false;   // written as a whole
  std::array<char, 512> heard_{};
  size_t heard_bytes_ = 0;
};

}  // namespace waymark::serve
