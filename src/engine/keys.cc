#include "engine/keys.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace waymark::engine {
namespace {

constexpr size_t kNumberBytes = 8;

int64_t NumberAt(std::string_view bytes, size_t at) {
  WAYMARK_CHECK(bytes.size() >= at + kNumberBytes, "a key has all its numbers");
  uint64_t turned = 0;
  std::memcpy(&turned, bytes.data() + at, sizeof turned);
  return static_cast<int64_t>(__builtin_bswap64(turned) ^ (1ULL << 63));
}

}  // namespace

void AppendNumber(int64_t value, std::string& out) {
  static_assert(std::endian::native == std::endian::little);
  const uint64_t turned = __builtin_bswap64(static_cast<uint64_t>(value) ^ (1ULL << 63));
  out.append(reinterpret_cast<const char*>(&turned), sizeof turned);
}

void AppendText(std::string_view text, std::string& out) {
  for (size_t zero = text.find('\0'); zero != text.npos; zero = text.find('\0')) {
    out.append(text.substr(0, zero + 1)).push_back('\xff');
    text.remove_prefix(zero + 1);
  }
  out.append(text).append("\0\x01", 2);
}

std::string PartitionPrefix(base::Partition partition) {
  const auto value = static_cast<uint32_t>(partition.value);
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

std::string ProfileKey(base::Partition partition, std::string_view profile_id) {
  std::string key = PartitionPrefix(partition);
  AppendText(profile_id, key);
  return key;
}

std::string MetaKey(base::Partition partition, std::string_view name) {
  return PartitionPrefix(partition).append(name);
}

void AppendOrderBytes(const model::OrderKey& key, std::string& out) {
  AppendNumber(key.time, out);
  AppendNumber(key.sequence, out);
  AppendText(key.source_system, out);
  out.append(key.id);
}

std::string_view OrderOfKey(std::string_view key) {
  const size_t end = key.find(std::string_view("\0\x01", 2), kPartitionBytes);
  WAYMARK_CHECK(end != key.npos, "the profile in a key is ended");
  return key.substr(end + 2);
}

base::Timestamp TimeOfOrder(std::string_view order) { return {NumberAt(order, 0)}; }

int64_t SequenceOfOrder(std::string_view order) { return NumberAt(order, kNumberBytes); }

std::string TimerBound(base::Partition partition, base::Timestamp due) {
  std::string key = PartitionPrefix(partition);
  AppendNumber(due.ms, key);
  return key;
}

std::string TimerKey(base::Partition partition, base::Timestamp due, std::string_view profile_id) {
  return TimerBound(partition, due).append(profile_id);
}

base::Timestamp DueOfTimerKey(std::string_view key) {
  return {NumberAt(key, kPartitionBytes)};
}

std::string_view ProfileOfTimerKey(std::string_view key) {
  return key.substr(kPartitionBytes + kNumberBytes);
}

}  // namespace waymark::engine
