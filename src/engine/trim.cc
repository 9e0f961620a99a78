#include "engine/trim.h"

#include <utility>

#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/corrections.h"
#include "engine/keys.h"
#include "engine/timeline.h"

namespace waymark::engine {
namespace {

// The filter grows with every interaction; of those that were trimmed nobody asks any more.
base::Status RenewFilter(const store::Store& store, base::Partition partition, Profile& profile) {
  journey::IdFilter ids;
  model::Step step;
  TimelineRows rows(store, partition, profile, {});
  while (rows.Next()) {
    WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(rows.value()));
    WAYMARK_RETURN_IF_ERROR(codec::Decode(value.canonical, step));
    ids.Insert(journey::RowHash(step.interaction.source.system, step.interaction.id));
  }
  WAYMARK_RETURN_IF_ERROR(rows.status());
  profile.state.ids = std::move(ids);
  return {};
}

base::Result<journey::State> Decode(const journey::Fold& fold, const Profile& profile,
                                    std::string_view bytes) {
  journey::State state = fold.Initial(profile.state.profile_id);
  if (!bytes.empty()) {
    WAYMARK_RETURN_IF_ERROR(codec::DecodeState(bytes, fold.models(), state));
    state.ids = {};
    state.corrections.clear();
  }
  state.migrations = journey::DoneAndWanted(profile.state.migrations, state.migrations);
  if (!bytes.empty()) fold.TakeOver(state);
  return state;
}

base::Result<journey::State> NewestBefore(const journey::Fold& fold, const store::Store& store,
                                          base::Partition partition, base::Timestamp cutoff,
                                          const Profile& profile) {
  std::string_view bytes = profile.floor;
  std::optional<store::OwnedRow> row;
  if (profile.kept.stored_at() > 0) {
    const std::string prefix = ProfileKey(partition, profile.state.profile_id);
    std::string place;
    AppendNumber(cutoff.ms, place);
    const std::string end = prefix + std::string(profile.kept.RightBefore(place));
    WAYMARK_ASSIGN_OR_RETURN(row, store.ReadLast(store::Family::kFolds, prefix, end));
    if (row && row->key.substr(prefix.size()) > profile.floor_order) bytes = row->value;
  }
  return Decode(fold, profile, bytes);
}

}  // namespace

base::Result<journey::State> FloorState(const journey::Fold& fold, const Profile& profile) {
  return Decode(fold, profile, profile.floor);
}

base::Status TrimTimeline(const journey::Fold& fold, const store::Store& store,
                          base::Partition partition, base::Timestamp cutoff, int state_format,
                          Profile& profile) {
  WAYMARK_ASSIGN_OR_RETURN(journey::State floor,
                           NewestBefore(fold, store, partition, cutoff, profile));
  std::string begin;
  if (!floor.is_new()) AppendOrderBytes(floor.position.view(), begin);
  profile.oldest = base::Timestamp::max();
  journey::Effects effects;
  model::Step step;
  Corrections corrections;
  WAYMARK_RETURN_IF_ERROR(corrections.Load(profile.state.corrections));
  TimelineRows rows(store, partition, profile, begin);
  while (rows.Next()) {
    const base::Timestamp time = TimeOfOrder(rows.order());
    if (time >= cutoff) {
      profile.oldest = time;
      break;
    }
    WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(rows.value()));
    WAYMARK_RETURN_IF_ERROR(codec::Decode(value.canonical, step));
    effects.Clear();
    const model::Interaction* const corrected = corrections.Apply(step.interaction);
    fold.Apply(floor, corrected == nullptr ? step.interaction : *corrected, effects);
  }
  WAYMARK_RETURN_IF_ERROR(rows.status());
  if (floor.is_new()) return {};
  KeptFold kept = Keep(floor, state_format);
  if (kept.order <= profile.floor_order) return {};
  profile.kept.DropBefore(kept.order);
  const base::Timestamp floor_time = TimeOfOrder(kept.order);
  std::erase_if(profile.state.migrations, [&](const journey::Migration& migration) {
    return !migration.wanted && migration.takes_effect() < floor_time;
  });
  profile.floor_order = std::move(kept.order);
  profile.floor = std::move(kept.bytes);
  const int64_t left = profile.state.interactions - kept.interactions;
  return profile.state.ids.HasRoomFor(4 * left) ? RenewFilter(store, partition, profile)
                                                : base::Status();
}

}  // namespace waymark::engine
