#include "engine/late_rows.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/timeline.h"
#include "journey/fold.h"

namespace waymark::engine {
namespace {

std::string_view IdentityOf(std::string_view order) { return order.substr(kTimeAndSequenceBytes); }
std::string_view TimeOf(std::string_view order) { return order.substr(0, kTimeAndSequenceBytes); }

class Resolver {
 public:
  Resolver(LateRows& late, Timeline timeline) : late_(late), timeline_(timeline) {}

  base::Status Add(const LateArrival& arrival) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(arrival.bytes, scratch_));
    LateRow row;
    const model::OrderKey key = model::OrderOf(scratch_);
    AppendOrderBytes(key, row.order);
    row.bytes = arrival.bytes;
    row.origin = arrival.origin;
    row.hash = journey::RowHash(key.source_system, key.id);
    // What the timeline holds of it may not be folded in yet.
    if (timeline_ == Timeline::kMaybeAhead) NotePlace(row.order);
    const auto [known, is_first] =
        by_identity_.try_emplace(std::string(IdentityOf(row.order)), late_.rows.size());
    if (is_first) {
      late_.rows.push_back(std::move(row));
      return {};
    }
    ++late_.duplicates;
    LateRow& other = late_.rows[known->second];
    if (Wins(row.order, row.bytes, other.order, other.bytes)) other = std::move(row);
    return {};
  }

  // `rows`: the copies in the timeline, in order, of which the first one counts.
  base::Status Compare(LateRow& row, const std::vector<TimelineRow>& rows) {
    const TimelineRow& best = rows.front();
    WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(best.value));
    WAYMARK_RETURN_IF_ERROR(codec::Decode(value.canonical, step_));
    ++late_.duplicates;
    const bool wins = Wins(row.order, row.bytes, best.order, step_.interaction_bytes);
    for (size_t i = wins ? 0 : 1; i < rows.size(); ++i) {
      WAYMARK_RETURN_IF_ERROR(Remove(rows[i]));
    }
    if (wins) {
      row.replaces = best.order;
    } else {
      row.order.clear();
    }
    return {};
  }

  base::Status Remove(const TimelineRow& row) {
    WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(row.value));
    WAYMARK_RETURN_IF_ERROR(codec::Decode(value.step, removed_));
    late_.removes_folded |= !removed_.pending;
    late_.removed.insert(row.order);
    return {};
  }

  base::Status CompareAll(const Copies& copies) {
    for (LateRow& row : late_.rows) {
      const auto found = copies.find(IdentityOf(row.order));
      if (found == copies.end() || found->second.empty()) {
        ++late_.added;
      } else {
        WAYMARK_RETURN_IF_ERROR(Compare(row, found->second));
      }
    }
    std::erase_if(late_.rows, [](const LateRow& row) { return row.order.empty(); });
    for (const LateRow& row : late_.rows) NotePlace(row.order);
    for (const std::string& order : late_.removed) NotePlace(order);
    std::sort(late_.rows.begin(), late_.rows.end(),
              [](const LateRow& a, const LateRow& b) { return a.order < b.order; });
    return {};
  }

 private:
  static bool Wins(std::string_view order, std::string_view bytes, std::string_view other_order,
                   std::string_view other_bytes) {
    if (TimeOf(order) != TimeOf(other_order)) return order < other_order;
    return base::MakeHash128(bytes) < base::MakeHash128(other_bytes);
  }
  void NotePlace(std::string_view order) {
    if (!late_.from.empty() && order >= late_.from) return;
    late_.from = order;
    late_.from_time = TimeOfOrder(order);
  }

  LateRows& late_;
  const Timeline timeline_;
  base::StringMap<size_t> by_identity_;
  model::Interaction scratch_;
  model::Step step_;
  model::Step removed_;
};

}  // namespace

base::Result<LateRows> ResolveLate(const store::Store& store, base::Partition partition,
                                   const Profile& profile, Timeline timeline) {
  LateRows late;
  Resolver resolver(late, timeline);
  for (const LateArrival& arrival : profile.late) WAYMARK_RETURN_IF_ERROR(resolver.Add(arrival));
  Copies copies;
  for (const LateRow& row : late.rows) {
    const bool maybe = timeline == Timeline::kMaybeAhead ||
                       profile.state.ids.MaybeContains(row.hash);
    if (maybe) copies.try_emplace(std::string(IdentityOf(row.order)));
  }
  if (!copies.empty()) {
    WAYMARK_RETURN_IF_ERROR(FindCopies(store, partition, profile, copies));
  }
  WAYMARK_RETURN_IF_ERROR(resolver.CompareAll(copies));
  return late;
}

}  // namespace waymark::engine
