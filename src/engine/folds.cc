#include "engine/folds.h"

#include "base/check.h"

namespace waymark::engine {

void FindStoredTimers(const journey::Fold& fold, journey::State& state) {
  const int64_t epoch = state.epoch;
  const base::Timestamp due = state.next_due;
  fold.TakeOver(state);
  if (state.epoch == epoch) return;
  state.epoch = epoch;
  state.next_due = due;
}

void Folds::Set(std::shared_ptr<const journey::Fold> fold) {
  const journey::CompiledModels& before = current_->models();
  WAYMARK_CHECK(fold->models().FingerprintAt(before.epoch()) == before.fingerprint(),
                "models go on with those before");
  current_ = std::move(fold);
  earlier_.clear();
}

const journey::Fold& Folds::Earlier(int64_t epoch) {
  const auto known = earlier_.find(epoch);
  if (known != earlier_.end()) return known->second;
  auto models = std::make_shared<const journey::CompiledModels>(current_->models().At(epoch));
  return earlier_.try_emplace(epoch, std::move(models), current_->settings()).first->second;
}

}  // namespace waymark::engine
