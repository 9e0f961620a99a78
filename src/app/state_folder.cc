#include "app/state_folder.h"

#include <algorithm>

#include "app/setup.h"
#include "base/log.h"
#include "rocks/damage.h"

namespace waymark::app {
namespace {

constexpr base::Millis kNoteLeast{1'000};
constexpr base::Millis kNoteMost{600'000};

}  // namespace

base::Result<std::unique_ptr<StateFolder>> StateFolder::Open(const config::Settings& settings,
                                                             const base::Clock& clock) {
  std::unique_ptr<StateFolder> state(new StateFolder(clock, settings.state.directory));
  if (const auto damage = rocks::FindDamage(state->folder_)) {
    WAYMARK_RETURN_IF_ERROR(state->Empty(*damage));
  }
  const rocks::RocksSettings rocks = RocksSettingsOf(settings);
  base::Status opened = state->OpenStore(rocks);
  if (!opened.ok()) {
    const auto damage = rocks::FindDamage(state->folder_);
    if (!damage) return opened;
    WAYMARK_RETURN_IF_ERROR(state->Empty(*damage));
    WAYMARK_RETURN_IF_ERROR(state->OpenStore(rocks));
  }
  return state;
}

base::Status StateFolder::OpenStore(const rocks::RocksSettings& settings) {
  WAYMARK_ASSIGN_OR_RETURN(store_, rocks::RocksStore::Open(folder_, settings));
  return {};
}

base::Status StateFolder::Empty(const std::string& why) {
  WAYMARK_WARN("the state folder {} is damaged and is emptied; it is rebuilt from the topics: {}",
               folder_, why);
  was_damaged_ = true;
  return rocks::EmptyFolder(folder_);
}

base::Status StateFolder::Adopt(const engine::StateIdentity& identity, base::Millis age_max,
                                metrics::Metrics& metrics) {
  identity_ = identity;
  note_interval_ = std::clamp(age_max / 6, kNoteLeast, kNoteMost);
  if (was_damaged_) metrics.state.state_rebuilds.With("corrupt").Add();
  const auto fit = engine::JudgeState(*store_, identity, clock_.Now(), age_max);
  if (!fit.ok()) return EraseDamaged(fit.status(), metrics);
  switch (*fit) {
    case engine::StateFit::kFits: return {};
    case engine::StateFit::kEmpty: return Note();
    case engine::StateFit::kOldLayout:
      WAYMARK_WARN("the state in {} was written by an older version: it is rebuilt from the topics",
                   folder_);
      metrics.state.state_rebuilds.With("old_layout").Add();
      break;
    case engine::StateFit::kStale:
      WAYMARK_WARN("the state in {} is older than {}, half of what the journeys topic keeps "
                   "tombstones for (delete.retention.ms): it is rebuilt from the topics",
                   folder_, base::FormatDuration(age_max));
      metrics.state.state_rebuilds.With("stale").Add();
      break;
  }
  WAYMARK_RETURN_IF_ERROR(store_->EraseAll());
  return Note();
}

// Damage that shows only now; rows can be erased without reading them.
base::Status StateFolder::EraseDamaged(const base::Status& fault, metrics::Metrics& metrics) {
  if (fault.code() != base::StatusCode::kStore || !rocks::FindDamage(folder_)) return fault;
  WAYMARK_WARN("the state in {} is damaged: it is rebuilt from the topics: {}", folder_,
               fault.message());
  metrics.state.state_rebuilds.With("corrupt").Add();
  WAYMARK_RETURN_IF_ERROR(store_->EraseAll());
  rocks::ForgetDamage(folder_);
  return Note();
}

base::Status StateFolder::Watch(bool ready) {
  WAYMARK_RETURN_IF_ERROR(store_->BackgroundFault());
  const base::Timestamp now = clock_.Now();
  // Not before all are restored: until then the store is as old as it was found.
  return ready && now >= identity_.noted + note_interval_ ? Note() : base::Status();
}

base::Status StateFolder::Close() {
  // Never noted in this run: it ended before the store was brought up to its topics.
  return identity_.noted == base::Timestamp() ? base::Status() : Note();
}

base::Status StateFolder::Note() {
  identity_.noted = clock_.Now();
  WAYMARK_RETURN_IF_ERROR(engine::WriteIdentity(*store_, identity_));
  return store_->Flush();
}

}  // namespace waymark::app
