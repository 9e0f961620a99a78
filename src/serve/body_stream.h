#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace waymark::serve {

// The body of a response that goes on after its handler has returned, as server-sent events do. One
// thread hands bytes over, the server writes them as the client takes them. Safe from any thread;
// nothing here waits.
class BodyStream {
 public:
  // `bytes_max`: how much may wait for the client.
  explicit BodyStream(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Goes to the client behind what was handed over before. False: nobody reads any more. Where more
  // than `bytes_max` would wait, the client is cut off.
  bool Push(std::string_view bytes);
  // Nothing more follows: what waits is written, then the connection is closed in good order.
  void End();
  // The connection is closed now.
  void Cut();

  enum class State {
    kOpen,
    kEnded,   // by End()
    kCut,     // by Cut(), or because the client did not keep up
    kClosed,  // the client or the server has gone
  };
  State state() const;
  // Bytes that wait for the client.
  size_t waiting() const;
  // As much may be pushed without cutting the client off.
  size_t room() const;

  // For the server.

  // Called with news after each time that Take() found nothing, on the thread that brings them. It
  // must not call this object, and is not called any more once Close() has returned.
  void SetWake(std::function<void()> wake);
  struct Taken {
    std::string bytes;
    State state = State::kOpen;
  };
  // What waits, and whether more will come.
  Taken Take();
  void Close();

 private:
  void Wake();

  const size_t bytes_max_;
  mutable std::mutex mutex_;
  std::string bytes_;
  State state_ = State::kOpen;
  std::function<void()> wake_;
  bool is_awaited_ = false;  // Take() found nothing
};

}  // namespace waymark::serve
