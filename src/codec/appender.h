#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <protozero/varint.hpp>
#include <string>
#include <string_view>

namespace waymark::codec {

// memcpy for texts, most of which are short: without a call up to 16 bytes.
[[gnu::always_inline]] inline void CopyText(char* to, const char* from, size_t size) {
  const auto copy = [&]<class Word>(Word) {
    Word first;
    Word last;
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
    std::memcpy(to, &first, sizeof(Word));
    std::memcpy(to + size - sizeof(Word), &last, sizeof(Word));
  };
  if (size > 16) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    copy(uint64_t{});
  } else if (size >= 4) {
    copy(uint32_t{});
  } else if (size >= 2) {
    copy(uint16_t{});
  } else if (size == 1) {
    *to = *from;
  }
}

// Appends to a string through a bare pointer, so that a small write costs one comparison. The
// string holds what was written once the Appender is gone, and must not be touched before.
class Appender {
 public:
  // `room` bytes fit before the string must grow.
  Appender(std::string& out, size_t room) : out_(out), at_(nullptr), end_(nullptr) {
    const size_t size = out.size();
    out.resize(size + room);
    SetPlace(size);
  }
  ~Appender() { Finish(); }
  // Now already the string holds what was written; nothing more is.
  void Finish() {
    if (at_ == nullptr) return;
    out_.resize(size());
    at_ = nullptr;
  }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Makes sure that `bytes` more fit; the Put functions below trust it.
  [[gnu::always_inline]] void Ensure(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes) [[unlikely]]
      Grow(bytes);
  }
  void Put(char c) { *at_++ = c; }
  [[gnu::always_inline]] void Put(std::string_view text) {
    CopyText(at_, text.data(), text.size());
    at_ += text.size();
  }
  void PutVarint(uint64_t value) { at_ += protozero::add_varint_to_buffer(at_, value); }

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
  static constexpr size_t kGrowthLeast = 512;

  void SetPlace(size_t size) {
    at_ = out_.data() + size;
    end_ = out_.data() + out_.size();
  }
  void Grow(size_t bytes) {
    const size_t written = size();
    out_.resize(written + bytes + std::max(written / 2, kGrowthLeast));
    SetPlace(written);
  }

  std::string& out_;
  char* at_;
  char* end_;
};

}  // namespace waymark::codec
