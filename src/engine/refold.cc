#include "engine/refold.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/string_map.h"
#include "codec/protobuf.h"
#include "engine/keys.h"

namespace waymark::engine {
namespace {

constexpr size_t kTimeAndSequence = 16;  // bytes at the front of OrderBytes

// One interaction of the old set, the new set, or both.
struct Item {
  std::string order;
  std::string_view old_value;  // the timeline row; empty: not in the old set
  std::string_view bytes;      // of an arrival
  model::Origin origin;
  bool in_new = true;
  bool is_copy = false;  // takes the place of another copy of the same interaction

  bool in_old() const { return !old_value.empty(); }
  std::string_view identity() const { return std::string_view(order).substr(kTimeAndSequence); }
  std::string_view time() const { return std::string_view(order).substr(0, kTimeAndSequence); }
};

// The two sets, brought together: which copy of a duplicate counts is decided here.
class Union {
 public:
  void AddRows(const std::vector<TimelineRow>& rows) {
    items_.reserve(rows.size());
    for (const TimelineRow& row : rows) {
      Item item;
      item.order = row.order;
      item.old_value = row.value;
      const auto known = by_identity_.find(item.identity());
      if (known == by_identity_.end()) {
        Add(std::move(item));
      } else {
        // The steps topic holds every copy that once counted, so a restore brings all of them back.
        // Rows come by time and sequence: the first one counts.
        dropped_.push_back(std::move(item.order));
      }
    }
  }

  // False: a duplicate (of which the other copy or this one may count).
  base::Result<bool> AddArrival(const LateArrival& arrival) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(arrival.bytes, scratch_));
    Item item;
    AppendOrderBytes(model::OrderOf(scratch_), item.order);
    item.bytes = arrival.bytes;
    item.origin = arrival.origin;
    const auto known = by_identity_.find(item.identity());
    if (known == by_identity_.end()) {
      Add(std::move(item));
      changed_ = true;
      return true;
    }
    WAYMARK_ASSIGN_OR_RETURN(const bool wins, Wins(item, items_[known->second]));
    if (wins) {
      Item& loser = items_[known->second];
      loser.in_new = false;
      item.is_copy = loser.in_old() || loser.is_copy;
      known->second = items_.size();
      items_.push_back(std::move(item));
      changed_ = true;
    }
    return false;
  }

  bool changed() const { return changed_; }
  // Orders of rows that are neither of the old set nor of the new one.
  std::vector<std::string>& dropped() { return dropped_; }

  std::vector<Item> Sorted() && {
    std::erase_if(items_, [](const Item& i) { return !i.in_new && !i.in_old(); });
    std::stable_sort(items_.begin(), items_.end(),
                     [](const Item& a, const Item& b) { return a.order < b.order; });
    return std::move(items_);
  }

 private:
  void Add(Item item) {
    by_identity_.emplace(std::string(item.identity()), items_.size());
    items_.push_back(std::move(item));
  }

  // The least (time, sequence, XXH3-128 of the serialised interaction) counts.
  base::Result<bool> Wins(const Item& item, const Item& known) {
    if (item.time() != known.time()) return item.time() < known.time();
    std::string_view known_bytes = known.bytes;
    if (known.in_old()) {
      WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(known.old_value));
      WAYMARK_RETURN_IF_ERROR(codec::Decode(value.canonical, known_step_));
      known_bytes = known_step_.interaction_bytes;
    }
    return base::MakeHash128(item.bytes) < base::MakeHash128(known_bytes);
  }

  std::vector<Item> items_;
  base::StringMap<size_t> by_identity_;
  std::vector<std::string> dropped_;
  bool changed_ = false;
  model::Interaction scratch_;
  model::Step known_step_;
};

// The signals of one side, by id.
using SignalMap = std::map<std::string, std::string>;

void CollectSignals(const journey::Effects& effects, SignalMap& signals) {
  for (const model::Signal& signal : effects.signals) {
    std::string bytes;
    codec::EncodeCanonical(signal, bytes);
    signals.insert_or_assign(std::string(signal.id), std::move(bytes));
  }
}

// Folds both sets side by side.
class TwoFolds {
 public:
  TwoFolds(const journey::Fold& fold, const std::string& profile_id, Timeline timeline,
           RefoldOutcome& outcome)
      : fold_(fold), profile_id_(profile_id), timeline_(timeline), outcome_(outcome) {
    outcome_.state = fold.Initial(profile_id);
  }

  base::Status Take(const Item& item) {
    std::string_view bytes = item.bytes;
    std::string_view old_canonical;
    const model::Interaction* interaction = &interaction_;
    model::Origin origin = item.origin;
    if (item.in_old()) {
      WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(item.old_value));
      WAYMARK_RETURN_IF_ERROR(codec::Decode(value.step, step_));
      old_canonical = value.canonical;
      bytes = step_.interaction_bytes;
      interaction = &step_.interaction;
      origin = step_.origin;
    } else {
      WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, interaction_));
    }
    if (!differ_ && item.in_old() != item.in_new) {
      differ_ = true;
      old_ = outcome_.state;
    }
    if (differ_ && item.in_old()) ApplyOld(*interaction);
    if (item.in_new) {
      ApplyNew(*interaction, bytes, item, old_canonical, origin);
    } else {
      outcome_.removed.push_back(item.order);
    }
    return {};
  }

  // The horizons that the old set was folded to, and that the new one is to be.
  void Finish(base::Timestamp old_horizon, base::Timestamp new_horizon) {
    effects_.Clear();
    fold_.AdvanceTo(old_, old_horizon, effects_);
    CollectSignals(effects_, old_signals_);
    effects_.Clear();
    fold_.AdvanceTo(outcome_.state, new_horizon, effects_);
    CollectSignals(effects_, new_signals_);
    outcome_.stage_changed |= effects_.stage_changed;
    for (auto& [id, bytes] : new_signals_) {
      const auto old = old_signals_.find(id);
      const bool is_new = old == old_signals_.end();
      if (is_new || old->second != bytes) outcome_.signals.push_back({bytes, is_new});
    }
    for (auto& [id, bytes] : old_signals_) {
      if (!new_signals_.contains(id)) outcome_.retracted.push_back(bytes);
    }
  }

 private:
  void ApplyOld(const model::Interaction& interaction) {
    effects_.Clear();
    fold_.Apply(old_, interaction, effects_);
    CollectSignals(effects_, old_signals_);
  }

  void ApplyNew(const model::Interaction& interaction, std::string_view bytes, const Item& item,
                std::string_view old_canonical, const model::Origin& origin) {
    effects_.Clear();
    fold_.Apply(outcome_.state, interaction, effects_);
    if (!differ_ && timeline_ == Timeline::kOfState) return;
    CollectSignals(effects_, new_signals_);
    outcome_.stage_changed |= effects_.stage_changed;
    canonical_.clear();
    EncodeCanonicalStep(profile_id_, bytes, effects_, encoded_, canonical_);
    if (canonical_ != old_canonical) {
      outcome_.steps.push_back({item.order, canonical_, origin, std::string(interaction.channel),
                                !item.in_old() && !item.is_copy});
    }
  }

  const journey::Fold& fold_;
  const std::string& profile_id_;
  const Timeline timeline_;
  RefoldOutcome& outcome_;
  journey::State old_;
  bool differ_ = false;
  SignalMap old_signals_;
  SignalMap new_signals_;
  journey::Effects effects_;
  model::Step step_;     // decoded
  model::Step encoded_;
  model::Interaction interaction_;
  std::string canonical_;
};

}  // namespace

void EncodeCanonicalStep(std::string_view profile_id, std::string_view interaction_bytes,
                         journey::Effects& effects, model::Step& scratch, std::string& out) {
  scratch.interaction_bytes = interaction_bytes;
  scratch.profile_id = profile_id;
  scratch.session_id = effects.session_id;
  scratch.session_start = effects.session_start;
  scratch.placements.swap(effects.placements);
  codec::EncodeCanonical(scratch, out);
  scratch.placements.swap(effects.placements);
}

base::Result<RefoldOutcome> Refold(const journey::Fold& fold, const store::Store& store,
                                   base::Partition partition, const Profile& profile,
                                   base::Timestamp horizon, Timeline timeline) {
  RefoldOutcome outcome;
  WAYMARK_ASSIGN_OR_RETURN(outcome.rows, ReadTimeline(store, partition, profile));
  Union sets;
  sets.AddRows(outcome.rows);
  for (const LateArrival& arrival : profile.late) {
    WAYMARK_ASSIGN_OR_RETURN(const bool added, sets.AddArrival(arrival));
    (added ? outcome.added : outcome.duplicates) += 1;
  }
  outcome.changed = sets.changed() || timeline == Timeline::kMaybeAhead;
  if (!outcome.changed) return outcome;
  outcome.removed = std::move(sets.dropped());
  TwoFolds folds(fold, profile.state.profile_id, timeline, outcome);
  const std::vector<Item> items = std::move(sets).Sorted();
  for (const Item& item : items) WAYMARK_RETURN_IF_ERROR(folds.Take(item));
  // What the present batch applied in order has not fired its timers yet: they were not published.
  folds.Finish(std::min(horizon, profile.state.next_due), horizon);
  journey::NoteReplaced(profile.state, outcome.state);
  return outcome;
}

}  // namespace waymark::engine
