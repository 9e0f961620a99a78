#include "engine/timeline.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "engine/keys.h"

namespace waymark::engine {

void AppendTimelineValue(std::string_view canonical, std::string_view transport,
                         std::string& out) {
  const auto size = static_cast<uint32_t>(canonical.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift));
  out.append(canonical).append(transport);
}

base::Result<TimelineValue> ParseTimelineValue(std::string_view value) {
  uint32_t size = 0;
  if (value.size() >= 4) {
    for (size_t i = 0; i < 4; ++i) size |= uint32_t{static_cast<uint8_t>(value[i])} << (8 * i);
  }
  if (value.size() < 4 || value.size() - 4 < size) {
    return base::Status(base::StatusCode::kStore, "stored timeline row is malformed",
                        "remove the state folder (state.directory) to rebuild it from the topics");
  }
  return TimelineValue{value.substr(4, size), value.substr(4)};
}

base::Result<std::vector<TimelineRow>> ReadTimeline(const store::Store& store,
                                                    base::Partition partition,
                                                    const Profile& profile) {
  const std::string prefix = ProfileKey(partition, profile.state.profile_id);
  // The last of the recent rows with the same order counts.
  std::map<std::string_view, std::string_view> recent;
  for (const RecentRow& row : profile.recent) recent.insert_or_assign(row.order, row.value);

  std::vector<TimelineRow> rows;
  auto next = recent.begin();
  const auto take_recent_before = [&](std::string_view order) {
    for (; next != recent.end() && (order.empty() || next->first < order); ++next) {
      if (!next->second.empty()) rows.push_back({std::string(next->first), std::string(next->second)});
    }
  };
  const auto cursor = store.Read(store::Family::kTimelines, prefix, store::PrefixEnd(prefix));
  while (cursor->Next()) {
    const std::string_view order = cursor->key().substr(prefix.size());
    take_recent_before(order);
    if (next != recent.end() && next->first == order) continue;
    rows.push_back({std::string(order), std::string(cursor->value())});
  }
  WAYMARK_RETURN_IF_ERROR(cursor->status());
  take_recent_before({});
  return rows;
}

base::Result<std::optional<std::string>> FindTimelineRow(const store::Store& store,
                                                         base::Partition partition,
                                                         const Profile& profile,
                                                         std::string_view order) {
  for (auto row = profile.recent.rbegin(); row != profile.recent.rend(); ++row) {
    if (row->order != order) continue;
    return row->value.empty() ? std::nullopt : std::optional<std::string>(row->value);
  }
  return store.Get(store::Family::kTimelines,
                   ProfileKey(partition, profile.state.profile_id).append(order));
}

}  // namespace waymark::engine
