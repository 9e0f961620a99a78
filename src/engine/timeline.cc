#include "engine/timeline.h"

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

TimelineRows::TimelineRows(const store::Store& store, base::Partition partition,
                           const Profile& profile, std::string_view after, bool in_store)
    : recent_(after.empty() ? profile.recent.begin() : profile.recent.Behind(after)),
      recent_end_(profile.recent.end()) {
  if (!in_store) return;
  std::string from = ProfileKey(partition, profile.state.profile_id);
  prefix_ = from.size();
  const std::string end = store::PrefixEnd(from);
  // The least key behind it.
  if (!after.empty()) from.append(after).push_back('\0');
  cursor_ = store.Read(store::Family::kTimelines, from, end);
  NextStored();
}

void TimelineRows::NextStored() { has_stored_ = cursor_ && cursor_->Next(); }

bool TimelineRows::Next() {
  if (took_stored_) NextStored();
  took_stored_ = false;
  while (true) {
    const std::string_view stored =
        has_stored_ ? cursor_->key().substr(prefix_) : std::string_view();
    if (recent_ == recent_end_ || (has_stored_ && stored < recent_->order)) {
      if (!has_stored_) return false;
      took_stored_ = true;
      order_ = stored;
      value_ = cursor_->value();
      return true;
    }
    if (has_stored_ && stored == recent_->order) NextStored();
    const RecentRow& row = *recent_++;
    if (row.value.empty()) continue;
    order_ = row.order;
    value_ = row.value;
    return true;
  }
}

std::string ReplacedOrder(const model::Step& step) {
  std::string order;
  if (!step.replaced_time) return order;
  model::OrderKey key = model::OrderOf(step.interaction);
  key.time = *step.replaced_time;
  key.sequence = step.replaced_sequence;
  AppendOrderBytes(key, order);
  return order;
}

base::Status FindCopies(const store::Store& store, base::Partition partition,
                        const Profile& profile, Copies& copies) {
  TimelineRows rows(store, partition, profile, {});
  while (rows.Next()) {
    const auto asked = copies.find(rows.order().substr(kTimeAndSequenceBytes));
    if (asked == copies.end()) continue;
    asked->second.push_back({std::string(rows.order()), std::string(rows.value())});
  }
  return rows.status();
}

base::Result<std::optional<std::string>> FindTimelineRow(const store::Store& store,
                                                         base::Partition partition,
                                                         const Profile& profile,
                                                         std::string_view order) {
  if (const RecentRow* row = profile.recent.Find(order)) {
    return row->value.empty() ? std::nullopt : std::optional<std::string>(row->value);
  }
  return store.Get(store::Family::kTimelines,
                   ProfileKey(partition, profile.state.profile_id).append(order));
}

}  // namespace waymark::engine
