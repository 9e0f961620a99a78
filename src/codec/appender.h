#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <protozero/varint.hpp>
#include <string>
#include <string_view>

namespace waymark::codec {

// Appends to a string through a bare pointer, so that a small write costs one comparison. The string
// holds what was written once the Appender is gone, and must not be touched before.
class Appender {
 public:
  explicit Appender(std::string& out) : out_(out), at_(nullptr), end_(nullptr) {
    const size_t size = out.size();
    out.resize(size + kRoomFirst);
    SetPlace(size);
  }
  ~Appender() { out_.resize(size()); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Makes sure that `bytes` more fit; the Put functions below trust it.
  void Ensure(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes) [[unlikely]] Grow(bytes);
  }
  void Put(char c) { *at_++ = c; }
  void Put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void PutVarint(uint64_t value) {
    at_ += protozero::add_varint_to_buffer(at_, value);
  }

  void Append(std::string_view text) {
    if (text.empty()) return;
    Ensure(text.size());
    Put(text);
  }

  // Room that a caller may fill itself after Ensure(); Advance() takes it over.
  char* at() { return at_; }
  void Advance(size_t bytes) { at_ += bytes; }

  // Takes back what was written from `size` on.
  void Rewind(size_t size) { at_ = out_.data() + size; }

  // Bytes in the string so far, those before the first write included.
  size_t size() const { return static_cast<size_t>(at_ - out_.data()); }
  char* data(size_t offset) { return out_.data() + offset; }

 private:
  static constexpr size_t kRoomFirst = 512;

  void SetPlace(size_t size) {
    at_ = out_.data() + size;
    end_ = out_.data() + out_.size();
  }
  void Grow(size_t bytes) {
    const size_t written = size();
    out_.resize(written + bytes + std::max(written / 2, kRoomFirst));
    SetPlace(written);
  }

  std::string& out_;
  char* at_;
  char* end_;
};

}  // namespace waymark::codec
