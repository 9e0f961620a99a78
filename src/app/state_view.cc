#include "app/state_view.h"

#include <algorithm>
#include <set>

#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/profile_cache.h"
#include "engine/timeline.h"
#include "engine/trim.h"

namespace waymark::app {
namespace {

constexpr size_t kPartitionBytes = 2;

base::Partition PartitionOfKey(std::string_view key) {
  const auto high = static_cast<uint8_t>(key[0]);
  const auto low = static_cast<uint8_t>(key[1]);
  return base::Partition(high << 8 | low);
}

}  // namespace

base::Result<StateView> StateView::Open(const store::Store& store, const journey::Fold& fold) {
  StateView view(store, fold);
  // A partition may have many rows: from one the look jumps to the next.
  for (std::string from;;) {
    const auto cursor = store.Read(store::Family::kMeta, from, {});
    const bool any = cursor->Next();
    WAYMARK_RETURN_IF_ERROR(cursor->status());
    if (!any) break;
    const std::string prefix(cursor->key().substr(0, kPartitionBytes));
    from = store::PrefixEnd(prefix);
    const std::string key = prefix + std::string(engine::kTaskMarkName);
    WAYMARK_ASSIGN_OR_RETURN(const auto text, store.Get(store::Family::kMeta, key));
    if (text) {
      const auto mark = engine::TaskMark::Parse(*text);
      if (!mark) return base::Status(base::StatusCode::kStore, "the store's mark is malformed");
      view.partitions_.push_back({PartitionOfKey(key), *mark});
    }
    if (from.empty()) break;
  }
  if (!view.partitions_.empty()) return view;
  return base::Status(base::StatusCode::kNotFound, "the state holds no partition yet",
                      "a running `waymark run` stores its state every state.flush_interval; "
                      "`waymark replay` keeps it with --keep-state");
}

base::Result<StateView> StateView::OpenFor(const store::Store& store, const journey::Fold& fold,
                                           std::string_view profile_id,
                                           std::span<const base::Partition> partitions) {
  for (const base::Partition partition : partitions) {
    const std::string key = engine::ProfileKey(partition, profile_id);
    WAYMARK_ASSIGN_OR_RETURN(const auto row, store.Get(store::Family::kProfiles, key));
    if (!row) continue;
    StateView view(store, fold);
    const std::string mark_key = engine::MetaKey(partition, engine::kTaskMarkName);
    WAYMARK_ASSIGN_OR_RETURN(const auto text, store.Get(store::Family::kMeta, mark_key));
    const auto mark = engine::TaskMark::Parse(text.value_or(""));
    if (!mark) return base::Status(base::StatusCode::kStore, "the store's mark is malformed");
    view.partitions_.push_back({partition, *mark});
    return view;
  }
  return base::Status(base::StatusCode::kNotFound, "no such profile");
}

std::vector<base::Partition> StateView::Partitions() const {
  std::vector<base::Partition> all;
  for (const PartitionMark& at : partitions_) all.push_back(at.partition);
  return all;
}

bool StateView::IsOfModels() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [&](const PartitionMark& p) {
    return fold_.models().FingerprintAt(p.mark.epoch) == p.mark.models;
  });
}

base::Result<std::optional<int64_t>> StateView::LengthOf(std::string_view profile_id) const {
  for (const PartitionMark& at : partitions_) {
    const std::string key = engine::ProfileKey(at.partition, profile_id);
    WAYMARK_ASSIGN_OR_RETURN(const auto row, store_.Get(store::Family::kProfiles, key));
    if (!row) continue;
    engine::Profile profile;
    WAYMARK_RETURN_IF_ERROR(engine::ProfileCache::DecodeRow(fold_, *row, profile));
    return std::optional(profile.state.interactions);
  }
  return std::optional<int64_t>();
}

base::Result<std::unique_ptr<ProfileView>> StateView::Glance(std::string_view profile_id) const {
  for (const PartitionMark& at : partitions_) {
    const std::string key = engine::ProfileKey(at.partition, profile_id);
    WAYMARK_ASSIGN_OR_RETURN(const auto row, store_.Get(store::Family::kProfiles, key));
    if (!row) continue;
    auto view = std::make_unique<ProfileView>();
    view->partition = at.partition;
    view->horizon = at.mark.horizon;
    WAYMARK_RETURN_IF_ERROR(engine::ProfileCache::DecodeRow(fold_, *row, view->profile));
    TellJourneys(*view);
    return view;
  }
  return std::unique_ptr<ProfileView>();
}

void StateView::TellJourneys(ProfileView& view) const {
  journey::Summarize(view.profile.state, view.arena, view.journeys);
  view.journeys.stale = !view.profile.pending_from.empty() || !fold_.Agrees(view.profile.state);
}

base::Result<std::unique_ptr<ProfileView>> StateView::Find(std::string_view profile_id) const {
  for (const PartitionMark& at : partitions_) {
    const std::string key = engine::ProfileKey(at.partition, profile_id);
    WAYMARK_ASSIGN_OR_RETURN(const auto row, store_.Get(store::Family::kProfiles, key));
    if (!row) continue;
    WAYMARK_ASSIGN_OR_RETURN(auto view, Read(at, *row));
    TellJourneys(*view);
    WAYMARK_RETURN_IF_ERROR(FoldSignals(*view));
    return view;
  }
  return std::unique_ptr<ProfileView>();
}

base::Result<std::unique_ptr<ProfileView>> StateView::Read(const PartitionMark& at,
                                                           std::string_view row) const {
  auto view = std::make_unique<ProfileView>();
  view->partition = at.partition;
  view->horizon = at.mark.horizon;
  WAYMARK_RETURN_IF_ERROR(engine::ProfileCache::DecodeRow(fold_, row, view->profile));
  WAYMARK_RETURN_IF_ERROR(ReadTimeline(*view));
  WAYMARK_ASSIGN_OR_RETURN(view->floor, engine::FloorState(fold_, view->profile));
  return view;
}

int64_t StateView::profiles() const {
  int64_t sum = 0;
  for (const PartitionMark& at : partitions_) sum += at.mark.totals.profiles;
  return sum;
}

base::Result<StateView::SignalProfiles> StateView::FindSignals(
    std::span<const std::string> ids, int64_t profiles_max,
    const std::function<void(int64_t)>& tell) const {
  SignalProfiles found;
  const std::set<std::string_view> wanted(ids.begin(), ids.end());
  int64_t folded = 0;
  for (const PartitionMark& at : partitions_) {
    const std::string prefix = engine::PartitionPrefix(at.partition);
    const auto cursor =
        store_.Read(store::Family::kProfiles, prefix, store::PrefixEnd(prefix));
    while (found.size() < wanted.size() && cursor->Next()) {
      if (profiles_max != 0 && folded == profiles_max) return found;
      WAYMARK_ASSIGN_OR_RETURN(const auto view, Read(at, cursor->value()));
      explain::ForEachSignal(TimelineOf(*view), [&](const model::Signal& signal, const auto*) {
        if (wanted.contains(signal.id)) found.emplace(signal.id, signal.profile_id);
        return found.size() < wanted.size();
      });
      tell(++folded);
    }
    WAYMARK_RETURN_IF_ERROR(cursor->status());
  }
  return found;
}

base::Status StateView::ReadTimeline(ProfileView& view) const {
  engine::TimelineRows rows(store_, view.partition, view.profile, {});
  while (rows.Next()) view.step_bytes.emplace_back(rows.value());
  WAYMARK_RETURN_IF_ERROR(rows.status());
  view.steps.resize(view.step_bytes.size());
  for (size_t i = 0; i < view.steps.size(); ++i) {
    WAYMARK_ASSIGN_OR_RETURN(const engine::TimelineValue value,
                             engine::ParseTimelineValue(view.step_bytes[i]));
    WAYMARK_RETURN_IF_ERROR(codec::Decode(value.step, view.steps[i]));
  }
  return {};
}

// Signals are not stored: the timeline is folded again, which gives the same ones.
base::Status StateView::FoldSignals(ProfileView& view) const {
  explain::ForEachSignal(TimelineOf(view), [&](const model::Signal& signal, const auto*) {
    codec::Encode(signal, view.signal_bytes.emplace_back());
    return true;
  });
  view.signals.resize(view.signal_bytes.size());
  for (size_t i = 0; i < view.signals.size(); ++i) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(view.signal_bytes[i], view.signals[i]));
  }
  return {};
}

base::Status StateView::ForEach(const ProfileVisitor& visit) const {
  for (const PartitionMark& at : partitions_) {
    const std::string prefix = engine::PartitionPrefix(at.partition);
    const auto cursor =
        store_.Read(store::Family::kProfiles, prefix, store::PrefixEnd(prefix));
    while (cursor->Next()) {
      engine::Profile profile;
      WAYMARK_RETURN_IF_ERROR(engine::ProfileCache::DecodeRow(fold_, cursor->value(), profile));
      base::Arena arena;
      model::CustomerJourneys journeys;
      journey::Summarize(profile.state, arena, journeys);
      if (!visit(profile, journeys)) return {};
    }
    WAYMARK_RETURN_IF_ERROR(cursor->status());
  }
  return {};
}

}  // namespace waymark::app
