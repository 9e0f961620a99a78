#include "engine/late_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/timeline.h"
#include "journey/correction.h"
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
    NoteCorrected(scratch_);
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
    if (wins) NoteCorrected(step_.interaction);
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

  // Another copy may have taken the place of a correction that the state holds.
  base::Status NoteGone(const journey::Correction& correction, std::string order,
                        const std::optional<std::string>& row) {
    if (row) {
      WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(*row));
      WAYMARK_RETURN_IF_ERROR(codec::Decode(value.canonical, step_));
      if (step_.interaction_bytes == correction.bytes) return {};
    }
    WAYMARK_RETURN_IF_ERROR(codec::Decode(correction.bytes, scratch_));
    NoteCorrected(scratch_);
    NotePlace(order);
    late_.corrections_gone.insert(std::move(order));
    return {};
  }

  // What corrections are about, by OrderBytes without time and sequence.
  Copies& corrected() { return corrected_; }
  void NoteAllCorrected() {
    for (const auto& [identity, rows] : corrected_) {
      for (const TimelineRow& row : rows) NotePlace(row.order);
    }
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
  // Folding begins anew where a correction counts.
  void NoteCorrected(const model::Interaction& interaction) {
    if (!journey::IsCorrection(interaction)) return;
    late_.corrects = true;
    if (!interaction.refers_to) return;
    const model::RefersTo& to = *interaction.refers_to;
    std::string order;
    if (to.id.empty()) {
      if (!to.time) return;
      AppendOrderBytes({*to.time, std::numeric_limits<int64_t>::min(), {}, {}}, order);
      NotePlace(order);
      return;
    }
    const auto system = to.source_system.empty() ? interaction.source.system : to.source_system;
    AppendOrderBytes({0, 0, system, to.id}, order);
    corrected_.try_emplace(std::string(IdentityOf(order)));
  }
  void NotePlace(std::string_view order) {
    if (!late_.from.empty() && order >= late_.from) return;
    late_.from = order;
    late_.from_time = TimeOfOrder(order);
  }

  LateRows& late_;
  const Timeline timeline_;
  base::StringMap<size_t> by_identity_;
  Copies corrected_;
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
  for (const journey::Correction& correction : profile.state.corrections) {
    if (timeline == Timeline::kOfState) break;
    std::string order;
    AppendOrderBytes(correction.position.view(), order);
    if (order <= profile.floor_order) continue;
    WAYMARK_ASSIGN_OR_RETURN(const auto row, FindTimelineRow(store, partition, profile, order));
    WAYMARK_RETURN_IF_ERROR(resolver.NoteGone(correction, std::move(order), row));
  }
  if (!resolver.corrected().empty()) {
    WAYMARK_RETURN_IF_ERROR(FindCopies(store, partition, profile, resolver.corrected()));
    resolver.NoteAllCorrected();
  }
  return late;
}

}  // namespace waymark::engine
