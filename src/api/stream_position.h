#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.h"

namespace waymark::api {

// How far somebody has read a topic: the next offset of each partition, by its number.
using StreamPosition = std::vector<base::Offset>;

// As the id of an event: letters, digits, '-' and '_' alone, some four a partition. It means the
// same to every instance. `topic` is only checked.
void AppendPosition(const StreamPosition& position, std::string_view topic, std::string& out);
// Nothing where the text is no position in this topic with so many partitions.
std::optional<StreamPosition> ParsePosition(std::string_view text, std::string_view topic,
                                            size_t partitions);

// Whether nothing is left between them: each of `a` is at or behind that of `b`.
bool IsAtMost(const StreamPosition& a, const StreamPosition& b);
// Offsets between two positions; partitions where `from` is ahead count none.
int64_t Distance(const StreamPosition& from, const StreamPosition& to);

}  // namespace waymark::api
