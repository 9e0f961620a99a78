#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/string_map.h"
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

// Reads a profile's rows in their order: the store's, with the recent ones over them. The
// profile's recent rows must not change meanwhile.
class TimelineRows {
 public:
  // Those behind `after` (OrderBytes; empty: all). `in_store` false: the caller knows that the
  // store holds none of them.
  TimelineRows(const store::Store& store, base::Partition partition, const Profile& profile,
               std::string_view after, bool in_store = true);

  // False at the end or on a fault; status() tells which. Views live until the next call.
  bool Next();
  std::string_view order() const { return order_; }
  std::string_view value() const { return value_; }
  base::Status status() const { return cursor_ ? cursor_->status() : base::Status(); }

 private:
  void NextStored();

  std::unique_ptr<store::Cursor> cursor_;
  size_t prefix_ = 0;
  bool has_stored_ = false;
  RecentRows::Iterator recent_;
  RecentRows::Iterator recent_end_;
  bool took_stored_ = false;
  std::string_view order_;
  std::string_view value_;
};

// Where the copy stood whose place this step takes; empty: it takes none's.
std::string ReplacedOrder(const model::Step& step);

struct TimelineRow {
  std::string order;  // OrderBytes
  std::string value;
};

// The rows of some interactions, in order, wherever in the timeline they stand. Key: OrderBytes
// without time and sequence; those asked for, with no rows yet. Reads all rows of the profile.
using Copies = base::StringMap<std::vector<TimelineRow>>;
base::Status FindCopies(const store::Store& store, base::Partition partition,
                        const Profile& profile, Copies& copies);

// One of these rows; nothing where there is none.
base::Result<std::optional<std::string>> FindTimelineRow(const store::Store& store,
                                                         base::Partition partition,
                                                         const Profile& profile,
                                                         std::string_view order);

}  // namespace waymark::engine
