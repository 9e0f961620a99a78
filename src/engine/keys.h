#pragma once

#include <string>
#include <string_view>

#include "base/strong.h"
#include "base/time.h"
#include "model/interaction.h"

namespace waymark::engine {

// The keys of stored rows. All begin with the partition (two bytes, most significant first), so
// that a partition's rows lie together. Texts inside a key end with 00 01, a zero byte in them is
// 00 FF, and numbers are eight bytes, most significant first, with the sign bit turned: bytes sort
// as values do.

inline constexpr size_t kPartitionBytes = 2;

// A text such that no key goes on within it: no appended text is the beginning of another.
void AppendText(std::string_view text, std::string& out);
void AppendNumber(int64_t value, std::string& out);

std::string PartitionPrefix(base::Partition partition);
std::string ProfileKey(base::Partition partition, std::string_view profile_id);
std::string MetaKey(base::Partition partition, std::string_view name);

// A timeline row is ProfileKey + OrderBytes: time and sequence, then who it is.
inline constexpr size_t kTimeAndSequenceBytes = 16;
void AppendOrderBytes(const model::OrderKey& key, std::string& out);
// Of the key of a row that has such bytes.
std::string_view OrderOfKey(std::string_view key);
base::Timestamp TimeOfOrder(std::string_view order);
int64_t SequenceOfOrder(std::string_view order);

std::string TimerKey(base::Partition partition, base::Timestamp due, std::string_view profile_id);
// Every timer of the partition due before this time lies before this key.
std::string TimerBound(base::Partition partition, base::Timestamp due);
base::Timestamp DueOfTimerKey(std::string_view key);
std::string_view ProfileOfTimerKey(std::string_view key);

}  // namespace waymark::engine
