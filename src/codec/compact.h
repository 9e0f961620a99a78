#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "codec/appender.h"

namespace waymark::codec {

// Writes numbers and texts one after the other, without tags; for stored formats of our own. The
// string holds them once the writer is gone or Finish() was called, which comes last; until then it
// is not touched.
class CompactWriter {
 public:
  explicit CompactWriter(std::string& out) : out_(out, kRoom) {}

  void Unsigned(uint64_t value) {
    out_.Ensure(kVarintMax);
    out_.PutVarint(value);
  }
  void Signed(int64_t value) {
    Unsigned((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  // Times after this are written as distances from it, which are short; at first it is 0.
  void SetEpoch(int64_t epoch) { epoch_ = static_cast<uint64_t>(epoch); }
  void Time(int64_t ms) { Signed(static_cast<int64_t>(static_cast<uint64_t>(ms) - epoch_)); }
  void Text(std::string_view text) {
    out_.Ensure(kVarintMax + text.size());
    out_.PutVarint(text.size());
    out_.Put(text);
  }
  // Eight bytes, least significant first.
  void Fixed(uint64_t value) {
    static_assert(std::endian::native == std::endian::little);
    out_.Ensure(sizeof value);
    std::memcpy(out_.at(), &value, sizeof value);
    out_.Advance(sizeof value);
  }
  void Finish() { out_.Finish(); }

 private:
  static constexpr size_t kRoom = 128;
  static constexpr size_t kVarintMax = 10;

  Appender out_;
  uint64_t epoch_ = 0;
};

// Reads what CompactWriter wrote. After a fault every read gives zero or empty, and failed() tells.
class CompactReader {
 public:
  explicit CompactReader(std::string_view bytes) : left_(bytes) {}

  uint64_t Unsigned() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const auto byte = static_cast<uint8_t>(left_.front());
      left_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return Fail();
  }
  int64_t Signed() {
    const uint64_t value = Unsigned();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  void SetEpoch(int64_t epoch) { epoch_ = static_cast<uint64_t>(epoch); }
  int64_t Time() { return static_cast<int64_t>(static_cast<uint64_t>(Signed()) + epoch_); }
  std::string_view Text() {
    const uint64_t size = Unsigned();
    if (size > left_.size()) {
      Fail();
      return {};
    }
    const std::string_view text = left_.substr(0, size);
    left_.remove_prefix(size);
    return text;
  }
  uint64_t Fixed() {
    if (left_.size() < 8) return Fail();
    uint64_t value = 0;
    for (int i = 7; i >= 0; --i) {
      value = value << 8 | static_cast<uint8_t>(left_[static_cast<size_t>(i)]);
    }
    left_.remove_prefix(8);
    return value;
  }
  // A number of things that each take at least one byte; more than are left is a fault.
  size_t Count() {
    const uint64_t count = Unsigned();
    return count > left_.size() ? Fail() : count;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }
  size_t left() const { return left_.size(); }

 private:
  uint64_t Fail() {
    failed_ = true;
    left_ = {};
    return 0;
  }
  std::string_view left_;
  uint64_t epoch_ = 0;
  bool failed_ = false;
};

}  // namespace waymark::codec
