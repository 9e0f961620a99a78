#include "engine/lookahead.h"

namespace waymark::engine {
namespace {

constexpr size_t kLine = 64;

void FetchBytes(const void* begin, size_t bytes) {
  const char* const from = static_cast<const char*>(begin);
  for (size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(from + at);
}

template <class T>
void FetchLast(const std::vector<T>& list) {
  if (!list.empty()) __builtin_prefetch(&list.back(), 1);
}

void FetchRuns(const journey::State& state) {
  for (const journey::FamilyState& family : state.families) {
    if (!family.runs.empty()) FetchBytes(&family.runs.back(), sizeof(journey::Run));
  }
}

void FetchLists(const journey::State& state) {
  for (const journey::FamilyState& family : state.families) {
    if (family.runs.empty()) continue;
    const journey::Run& run = family.runs.back();
    FetchBytes(run.stages.entries().data(), 3 * kLine);
    FetchBytes(run.touchpoints.memory(), run.touchpoints.memory_bytes());
    FetchBytes(run.channels.memory(), run.channels.memory_bytes());
    FetchBytes(run.relevant_set.memory(), run.relevant_set.memory_bytes());
    __builtin_prefetch(run.last_id.data(), 1);
  }
}

}  // namespace

void Lookahead::Fetch(const Profile& profile, size_t step) {
  const journey::State& state = profile.state;
  switch (step) {
    case 1:
      return FetchBytes(&profile, sizeof profile);
    case 2:
      __builtin_prefetch(state.families.data());
      __builtin_prefetch(state.position.id.data(), 1);
      __builtin_prefetch(state.session.last_id.data(), 1);
      FetchBytes(state.ids.words().data(), 2 * kLine);
      FetchBytes(state.ratings.touchpoints.data(), 2 * kLine);
      FetchLast(state.ratings.steps);
      FetchLast(state.ratings.places);
      return;
    case 3:
      return FetchRuns(state);
    default:
      return FetchLists(state);
  }
}

}  // namespace waymark::engine
