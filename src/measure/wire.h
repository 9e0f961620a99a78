#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::measure {

// The few parts of protobuf's wire format that keys and cells need. Their bytes are keys of maps
// and topics, so one value has one form: fields by number, none that is empty.

inline constexpr size_t kVarintMax = 10;

inline void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

inline void AppendNumber(int field, uint64_t value, std::string& out) {
  if (value == 0) return;
  AppendVarint(static_cast<uint64_t>(field) << 3, out);
  AppendVarint(value, out);
}

inline void AppendText(int field, std::string_view text, std::string& out) {
  if (text.empty()) return;
  AppendVarint(static_cast<uint64_t>(field) << 3 | 2, out);
  AppendVarint(text.size(), out);
  out.append(text);
}

// Reads field after field. After a fault nothing follows, and failed() tells.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : left_(bytes) {}

  bool Next() {
    if (left_.empty() || failed_) return false;
    const uint64_t tag = Varint();
    field_ = static_cast<int>(tag >> 3);
    switch (tag & 7) {
      case 0: number_ = Varint(); break;
      case 1: Skip(8); break;
      case 2: {
        const uint64_t size = Varint();
        if (size > left_.size()) return Fail();
        bytes_ = left_.substr(0, size);
        left_.remove_prefix(size);
        break;
      }
      case 5: Skip(4); break;
      default: return Fail();
    }
    return !failed_;
  }
  int field() const { return field_; }
  uint64_t number() const { return number_; }
  std::string_view bytes() const { return bytes_; }
  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const auto byte = static_cast<uint8_t>(left_.front());
      left_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    Fail();
    return 0;
  }

 private:
  bool Fail() {
    failed_ = true;
    return false;
  }
  void Skip(size_t size) {
    if (size > left_.size()) {
      Fail();
      return;
    }
    left_.remove_prefix(size);
  }

  std::string_view left_;
  int field_ = 0;
  uint64_t number_ = 0;
  std::string_view bytes_;
  bool failed_ = false;
};

}  // namespace waymark::measure
