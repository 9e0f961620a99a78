// The part of a session that writes a response that goes on.
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

#include <sstream>

#include "serve/http_session.h"

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

// What a client may say after its request before it is taken for somebody who means harm.
constexpr size_t kHeardBytesMax = 64 * 1024;

}  // namespace

void HttpSession::BeginStream(Response response, unsigned version) {
  is_chunked_ = version >= 11;
  SetHead(response, version, false);
  if (is_chunked_) response_.chunked(true);
  std::ostringstream head;
  head << response_.base();
  out_ = head.str();
  heartbeat_ = std::move(response.streaming->heartbeat);
  body_ = std::make_shared<BodyStream>(context_.options.stream_bytes_max);
  body_->SetWake([weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self) return;
    // The session goes with the task, never with whoever brings news.
    const auto executor = self->tcp().get_executor();
    asio::post(executor, [self = std::move(self)] { self->Pump(); });
  });
  response.streaming->begin(body_);
  // A connection that is silent is a good one here: heartbeats find out about it.
  tcp().expires_never();
  ListenToPeer();
  WriteOut();
}

// Writes what waits, unless something is being written.
void HttpSession::Pump() {
  if (is_last_) return;
  if (body_->state() == BodyStream::State::kCut) return Close();
  if (is_writing_) return;
  BodyStream::Taken taken = body_->Take();
  if (taken.bytes.empty() && taken.state == BodyStream::State::kOpen) return AwaitNews();
  if (taken.state == BodyStream::State::kCut || taken.state == BodyStream::State::kClosed) {
    return Close();
  }
  if (is_chunked_ && !taken.bytes.empty()) {
    out_ = fmt::format("{:x}\r\n{}\r\n", taken.bytes.size(), taken.bytes);
  } else {
    out_ = std::move(taken.bytes);
  }
  is_last_ = taken.state == BodyStream::State::kEnded;
  if (is_last_ && is_chunked_) out_ += "0\r\n\r\n";
  WriteOut();
}

// A client that takes longer than the idle timeout for one piece is gone, or as good as that.
void HttpSession::WriteOut() {
  is_writing_ = true;
  heartbeat_timer_.cancel();
  tcp().expires_after(context_.options.idle_timeout);
  OnStream([this](auto& stream) {
    asio::async_write(stream, asio::buffer(out_),
                      [self = shared_from_this()](beast::error_code error, size_t /*bytes*/) {
                        self->OnPieceWritten(error);
                      });
  });
}

void HttpSession::OnPieceWritten(beast::error_code error) {
  is_writing_ = false;
  if (error) return OnFault(error);
  is_last_ ? EndStream() : Pump();
}

// Until then the timer says that the connection is still there.
void HttpSession::AwaitNews() {
  heartbeat_timer_.expires_after(context_.options.heartbeat);
  heartbeat_timer_.async_wait([self = shared_from_this()](beast::error_code stopped) {
    if (stopped || self->is_writing_ || self->is_last_) return;
    const std::string& beat = self->heartbeat_;
    self->out_ = self->is_chunked_ ? fmt::format("{:x}\r\n{}\r\n", beat.size(), beat) : beat;
    self->WriteOut();
  });
}

// A client that leaves shows by the end of what it says.
void HttpSession::ListenToPeer() {
  OnStream([this](auto& stream) {
    stream.async_read_some(asio::buffer(heard_),
                           [self = shared_from_this()](beast::error_code error, size_t bytes) {
                             self->OnPeer(error, bytes);
                           });
  });
}

void HttpSession::OnPeer(beast::error_code error, size_t bytes) {
  heard_bytes_ += bytes;
  if (is_ended_) return Finish();
  if (error) return OnFault(error);
  if (heard_bytes_ > kHeardBytesMax) return Close();
  ListenToPeer();
}

// Where a write takes too long the library ends the read beside it, too, and tells either first.
void HttpSession::OnFault(beast::error_code error) {
  if (error == beast::error::timeout || error == asio::error::operation_aborted) body_->Cut();
  Close();
}

// First the read under way has to end.
void HttpSession::EndStream() {
  is_ended_ = true;
  tcp().cancel();
}

// All that the client has said was read, so that it sees the end though nobody waits for it to
// close; TLS has a farewell of its own.
void HttpSession::Finish() {
  if (std::holds_alternative<Encrypted>(stream_)) return Drain();
  beast::error_code ignored;
  tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  Close();
}

}  // namespace waymark::serve
