#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "engine/profile.h"
#include "store/store.h"

namespace waymark::engine {

// A timeline row's value: the length of the step's canonical bytes (four bytes, least significant
// first), then the whole step as published.
struct TimelineValue {
  std::string_view canonical;
  std::string_view step;
};
void AppendTimelineValue(std::string_view canonical, std::string_view transport, std::string& out);
base::Result<TimelineValue> ParseTimelineValue(std::string_view value);

struct TimelineRow {
  std::string order;  // OrderBytes
  std::string value;
};

// All rows of a profile in their order: the store's, with the recent ones over them.
base::Result<std::vector<TimelineRow>> ReadTimeline(const store::Store& store,
                                                    base::Partition partition,
                                                    const Profile& profile);

// One of these rows; nothing where there is none.
base::Result<std::optional<std::string>> FindTimelineRow(const store::Store& store,
                                                         base::Partition partition,
                                                         const Profile& profile,
                                                         std::string_view order);

}  // namespace waymark::engine
