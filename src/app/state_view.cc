#include "app/state_view.h"

#include <algorithm>

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
  bool malformed = false;
  WAYMARK_RETURN_IF_ERROR(store.Scan(
      store::Family::kMeta, {}, {}, [&](std::string_view key, std::string_view value) {
        if (key.size() < kPartitionBytes) return true;
        if (key.substr(kPartitionBytes) != engine::kTaskMarkName) return true;
        const auto mark = engine::TaskMark::Parse(value);
        malformed = !mark;
        if (mark) view.partitions_.push_back({PartitionOfKey(key), *mark});
        return !malformed;
      }));
  if (malformed) return base::Status(base::StatusCode::kStore, "the store's mark is malformed");
  if (!view.partitions_.empty()) return view;
  return base::Status(base::StatusCode::kNotFound, "the state holds no partition yet",
                      "a running `waymark run` stores its state every state.flush_interval; "
                      "`waymark replay` keeps it with --keep-state");
}

bool StateView::IsOfModels() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [&](const PartitionMark& p) {
    return fold_.models().FingerprintAt(p.mark.epoch) == p.mark.models;
  });
}

base::Result<std::unique_ptr<ProfileView>> StateView::Find(std::string_view profile_id) const {
  for (const PartitionMark& at : partitions_) {
    const std::string key = engine::ProfileKey(at.partition, profile_id);
    WAYMARK_ASSIGN_OR_RETURN(const auto row, store_.Get(store::Family::kProfiles, key));
    if (!row) continue;
    auto view = std::make_unique<ProfileView>();
    view->partition = at.partition;
    view->horizon = at.mark.horizon;
    const engine::ProfileCache cache(at.partition, fold_, store_);
    WAYMARK_RETURN_IF_ERROR(cache.DecodeRow(*row, view->profile));
    journey::Summarize(view->profile.state, view->arena, view->journeys);
    view->journeys.stale =
        !view->profile.pending_from.empty() || !fold_.Agrees(view->profile.state);
    WAYMARK_RETURN_IF_ERROR(ReadTimeline(*view));
    WAYMARK_RETURN_IF_ERROR(FoldSignals(*view));
    return view;
  }
  return std::unique_ptr<ProfileView>();
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
  WAYMARK_ASSIGN_OR_RETURN(journey::State state, engine::FloorState(fold_, view.profile));
  journey::Effects effects;
  const auto keep = [&] {
    for (const model::Signal& signal : effects.signals) {
      codec::Encode(signal, view.signal_bytes.emplace_back());
    }
    effects.Clear();
  };
  for (const model::Step& step : view.steps) {
    if (step.pending) continue;
    fold_.Apply(state, step.interaction, effects);
    keep();
  }
  fold_.AdvanceTo(state, view.horizon, effects);
  keep();
  view.signals.resize(view.signal_bytes.size());
  for (size_t i = 0; i < view.signals.size(); ++i) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(view.signal_bytes[i], view.signals[i]));
  }
  return {};
}

base::Status StateView::ForEach(const ProfileVisitor& visit) const {
  for (const PartitionMark& at : partitions_) {
    const std::string prefix = engine::PartitionPrefix(at.partition);
    const engine::ProfileCache cache(at.partition, fold_, store_);
    const auto cursor =
        store_.Read(store::Family::kProfiles, prefix, store::PrefixEnd(prefix));
    while (cursor->Next()) {
      engine::Profile profile;
      WAYMARK_RETURN_IF_ERROR(cache.DecodeRow(cursor->value(), profile));
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
