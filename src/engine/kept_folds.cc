#include "engine/kept_folds.h"

#include <algorithm>
#include <utility>

#include "codec/fold_state.h"
#include "engine/keys.h"

namespace waymark::engine {

namespace {

KeptFold PlaceOf(const journey::State& state) {
  KeptFold fold;
  AppendOrderBytes(state.position.view(), fold.order);
  fold.time = {state.position.time};
  fold.fired_until = state.fired_until;
  fold.interactions = state.interactions;
  return fold;
}

}  // namespace

KeptFold Keep(journey::State& state, int format) {
  KeptFold fold = PlaceOf(state);
  // What belongs to the profile as a whole is not that fold's.
  journey::IdFilter ids;
  std::vector<journey::Correction> corrections;
  journey::Migrations migrations;
  for (const journey::Migration& migration : state.migrations) {
    if (migration.wanted) migrations.push_back(migration);
  }
  const auto swap = [&] {
    std::swap(ids, state.ids);
    std::swap(corrections, state.corrections);
    std::swap(migrations, state.migrations);
  };
  swap();
  codec::EncodeState(state, fold.bytes, format);
  swap();
  return fold;
}

void KeptFolds::Add(KeptFold fold) {
  if (fold.IsStorable()) storable_at_ = std::max(storable_at_, fold.interactions);
  if (!fold.is_store_head) last_bytes_ = fold.bytes.size();
  folds_.push_back(std::move(fold));
}

void KeptFolds::SetStoredAt(int64_t interactions) {
  stored_at_ = interactions;
  FindStorable();
}

void KeptFolds::FindStorable() {
  storable_at_ = stored_at_;
  for (const KeptFold& fold : folds_) {
    if (fold.IsStorable()) storable_at_ = std::max(storable_at_, fold.interactions);
  }
}

const KeptFold* KeptFolds::Before(std::string_view place, base::Timestamp time) const {
  for (auto fold = folds_.rbegin(); fold != folds_.rend(); ++fold) {
    if (fold->IsBefore(place, time)) return &*fold;
  }
  return nullptr;
}

void KeptFolds::DropFrom(std::string_view place, base::Timestamp time) {
  std::erase_if(folds_, [&](const KeptFold& fold) { return !fold.IsBefore(place, time); });
  FindStorable();
}

void KeptFolds::DropBefore(std::string_view floor_order) {
  std::erase_if(folds_, [&](const KeptFold& fold) { return fold.order < floor_order; });
  FindStorable();
}

void KeptFolds::MarkWrongFrom(std::string_view place, int64_t interactions_before) {
  if (interactions_before >= stored_at_) return;
  if (wrong_from_.empty() || place < wrong_from_) wrong_from_ = place;
  stored_at_ = interactions_before;
  FindStorable();
}

void KeptFolds::ForgetAll() {
  folds_.clear();
  last_bytes_ = 0;
  if (stored_at_ > 0) MarkWrongFrom(std::string_view("\0", 1), 0);
  FindStorable();
}

std::vector<const KeptFold*> KeptFolds::TakeForStore() {
  std::vector<const KeptFold*> due;
  for (const KeptFold& fold : folds_) {
    const bool is_near = fold.interactions - stored_at_ < StoredSpacing(fold.bytes.size());
    if (is_near || !fold.IsStorable()) continue;
    stored_at_ = fold.interactions;
    due.push_back(&fold);
  }
  wrong_from_.clear();
  return due;
}

void KeptFolds::KeepStored(const journey::State& state, std::string_view bytes) {
  if (state.is_new()) return;
  KeptFold head = PlaceOf(state);
  head.is_store_head = true;
  head.bytes = bytes;
  Add(std::move(head));
}

void KeptFolds::Rotate(const journey::State& state, std::string_view bytes,
                       base::Millis lateness) {
  KeptFold head = PlaceOf(state);
  head.bytes = bytes;
  const base::Timestamp limit = head.time - lateness;
  ForgetStoreHead();
  head.is_store_head = true;
  const auto behind = std::find_if(folds_.rbegin(), folds_.rend(),
                                   [&](const KeptFold& fold) { return fold.time <= limit; });
  if (behind != folds_.rend()) {
    KeptFold kept = std::move(*behind);
    folds_.clear();
    folds_.push_back(std::move(kept));
  } else if (folds_.size() > 1) {
    folds_.erase(folds_.begin() + 1, folds_.end());
  }
  folds_.push_back(std::move(head));
  FindStorable();
}

size_t KeptFolds::bytes() const {
  size_t sum = 0;
  for (const KeptFold& fold : folds_) {
    sum += sizeof(KeptFold) + fold.order.size() + fold.bytes.size();
  }
  return sum;
}

}  // namespace waymark::engine
