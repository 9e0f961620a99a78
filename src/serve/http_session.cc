#include "serve/http_session.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>

#include <algorithm>
#include <array>
#include <string>

#include "base/log.h"

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::chrono::seconds kDrainTime{2};
constexpr size_t kDrainBytesMax = 64 * 1024;

std::string_view MethodLabel(http::verb verb) {
  switch (verb) {
    case http::verb::get: return "GET";
    case http::verb::head: return "HEAD";
    case http::verb::post: return "POST";
    case http::verb::put: return "PUT";
    case http::verb::delete_: return "DELETE";
    case http::verb::patch: return "PATCH";
    case http::verb::options: return "OPTIONS";
    default: return "OTHER";
  }
}

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

std::string Lower(beast::string_view text) {
  std::string out(text.data(), text.size());
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

Response RefusalOf(const beast::error_code& error) {
  if (error == http::error::header_limit) {
    return ErrorResponse(431, "the header of the request is too large", "send fewer headers");
  }
  if (error == http::error::body_limit) {
    return ErrorResponse(413, "the body of the request is too large", "send less at a time");
  }
  return ErrorResponse(400, "not an HTTP/1.1 request: " + error.message(), "");
}

// Faults of the connection, not of what was sent.
bool IsProtocolFault(const beast::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

HttpSession::HttpSession(asio::ip::tcp::socket socket, const SessionContext& context)
    : stream_(std::move(socket)), context_(context) {}

HttpSession::~HttpSession() { context_.on_closed(); }

void HttpSession::Start() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->Read(); });
}

void HttpSession::Refuse() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
    self->busy_ = true;
    self->stream_.expires_after(kDrainTime);
    self->Write(ErrorResponse(503, "too many connections",
                              "try again, or raise the setting http.connections_max"),
                false, false, 11);
  });
}

void HttpSession::CloseIfIdle() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    if (!self->busy_) self->Close();
  });
}

void HttpSession::Read() {
  if (context_.stopping) return Close();
  busy_ = false;
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(context_.options.header_bytes_max));
  parser_->body_limit(context_.options.body_bytes_max);
  stream_.expires_after(context_.options.idle_timeout);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](beast::error_code error, size_t /*bytes*/) {
                     self->OnRead(error);
                   });
}

void HttpSession::OnRead(beast::error_code error) {
  busy_ = true;
  if (!error) return Answer();
  if (error == http::error::end_of_stream) return Drain();
  if (!IsProtocolFault(error)) return Close();
  Response refusal = RefusalOf(error);
  if (context_.observer) context_.observer({"unmatched", "OTHER", refusal.code, {}});
  Write(std::move(refusal), false, false, 11);
}

void HttpSession::Answer() {
  const auto begin = context_.clock.Monotonic();
  const HttpRequest request = parser_->release();
  std::string route = "unmatched";
  Response response = Respond(request, route);
  if (context_.observer) {
    context_.observer({route, MethodLabel(request.method()), response.code,
                       context_.clock.Monotonic() - begin});
  }
  Write(std::move(response), request.method() == http::verb::head,
        request.keep_alive() && !context_.stopping, request.version());
}

Response HttpSession::Respond(const HttpRequest& request, std::string& route) const {
  try {
    return RespondRouted(request, route);
  } catch (const std::exception& e) {
    // A handler may use parts that throw; one bad request must not end the process.
    WAYMARK_ERROR("answering {} failed: {}", route, e.what());
    return ErrorResponse(500, "the request failed inside the server", "the log says more");
  }
}

Response HttpSession::RespondRouted(const HttpRequest& request, std::string& route) const {
  const auto target = ParseTarget(View(request.target()));
  if (!target) return ErrorResponse(400, "the path is malformed", "");
  const std::string_view method = View(request.method_string());
  Router::Match match = context_.router.Find(method, target->raw_path);
  if (!match.pattern.empty()) route = match.pattern;
  if (match.handler == nullptr && match.allowed.empty()) {
    return ErrorResponse(404, "there is nothing at " + target->path, "");
  }
  if (match.handler == nullptr) {
    Response refusal = ErrorResponse(405, std::string(method) + " is not possible here",
                                     "use " + match.allowed);
    refusal.headers.emplace_back("Allow", match.allowed);
    return refusal;
  }
  Request out;
  out.method = method == "HEAD" ? "GET" : method;
  out.path = target->path;
  out.query = target->query;
  out.parameters = std::move(match.parameters);
  for (const auto& field : request) {
    out.headers[Lower(field.name_string())] = std::string(View(field.value()));
  }
  out.body = request.body();
  return (*match.handler)(out);
}

void HttpSession::Write(Response response, bool is_head, bool keep_alive, unsigned version) {
  response_ = {};
  response_.version(version);
  response_.result(static_cast<unsigned>(response.code));
  response_.set(http::field::content_type, response.content_type);
  response_.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) response_.set(name, value);
  response_.keep_alive(keep_alive);
  response_.content_length(response.body.size());
  if (!is_head) response_.body() = std::move(response.body);
  stream_.expires_after(context_.options.idle_timeout);
  const auto done = [self = shared_from_this(), keep_alive](beast::error_code error, size_t) {
    self->OnWritten(error, keep_alive);
  };
  http::async_write(stream_, response_, done);
}

void HttpSession::OnWritten(beast::error_code error, bool keep_alive) {
  if (error) return Close();
  if (keep_alive && !context_.stopping) return Read();
  Drain();
}

void HttpSession::Drain() {
  beast::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kDrainTime);
  auto sink = std::make_shared<std::array<char, kDrainBytesMax>>();
  asio::async_read(stream_, asio::buffer(*sink),
                   [self = shared_from_this(), sink](beast::error_code, size_t) { self->Close(); });
}

void HttpSession::Close() {
  beast::error_code ignored;
  stream_.socket().close(ignored);
}

}  // namespace waymark::serve
