#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::serve {

// A blocking TCP connection to this machine, for tests: bytes out, bytes in.
class SocketClient {
 public:
  explicit SocketClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~SocketClient() { ::close(fd_); }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  bool connected() const { return connected_; }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // All until the server closes; "timeout" at the end where it does not.
  std::string ReadAll() {
    while (Receive()) {
    }
    return std::move(pending_);
  }

  // Up to the end of `text`, or all until the server closes.
  std::string ReadUntil(std::string_view text) {
    size_t at = 0;
    while ((at = pending_.find(text)) == std::string::npos) {
      if (!Receive()) return std::move(pending_);
    }
    std::string out = pending_.substr(0, at + text.size());
    pending_.erase(0, out.size());
    return out;
  }

  // One response with a Content-Length; what is left stays for the next call.
  std::string ReadResponse(bool has_body = true) {
    size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return std::move(pending_);
    }
    size_t size = end + 4;
    const size_t at = pending_.find("Content-Length: ");
    if (has_body && at < end) size += std::stoul(pending_.substr(at + 16));
    while (pending_.size() < size && Receive()) {
    }
    std::string out = pending_.substr(0, size);
    pending_.erase(0, size);
    return out;
  }

 private:
  bool Receive() {
    char block[4096];
    const ssize_t got = ::recv(fd_, block, sizeof block, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) pending_ += "timeout";
    if (got <= 0) return false;
    pending_.append(block, static_cast<size_t>(got));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string pending_;
};

}  // namespace waymark::serve
