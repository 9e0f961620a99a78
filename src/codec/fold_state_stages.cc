#include "codec/fold_state_stages.h"

#include <bit>

namespace waymark::codec {
namespace {

using detect::StageCounts;

void WriteStage(CompactWriter& out, const StageCounts& stage) {
  out.Signed(stage.visits);
  out.Signed(stage.time_ms);
  out.Signed(stage.interactions);
  out.Signed(stage.satisfaction_sum);
  out.Signed(stage.satisfaction_count);
}

StageCounts ReadStage(CompactReader& in) {
  StageCounts stage;
  stage.visits = in.Signed();
  stage.time_ms = in.Signed();
  stage.interactions = in.Signed();
  stage.satisfaction_sum = in.Signed();
  stage.satisfaction_count = in.Signed();
  return stage;
}

}  // namespace

void WriteStages(CompactWriter& out, const detect::UsedStages& stages, size_t count) {
  auto at = stages.entries().begin();
  const auto end = stages.entries().end();
  for (size_t begin = 0; begin < count; begin += 64) {
    uint64_t word = 0;
    for (; at != end && static_cast<size_t>(at->stage) < begin + 64; ++at) {
      if (at->visited) word |= 1ULL << (static_cast<size_t>(at->stage) - begin);
    }
    out.Unsigned(word);
  }
  size_t next = 0;
  for (const detect::UsedStages::Entry& entry : stages.entries()) {
    const StageCounts& counts = entry.counts;
    if (counts.visits == 0 && counts.interactions == 0 && counts.satisfaction_count == 0) continue;
    for (; next < static_cast<size_t>(entry.stage); ++next) out.Unsigned(0);
    ++next;
    out.Unsigned(1);
    WriteStage(out, counts);
  }
  for (; next < count; ++next) out.Unsigned(0);
}

void ReadStages(CompactReader& in, size_t count, detect::UsedStages& stages) {
  stages.Clear();
  for (size_t begin = 0; begin < count; begin += 64) {
    uint64_t word = in.Unsigned();
    if (count - begin < 64) word &= (1ULL << (count - begin)) - 1;
    if (begin == 0) stages.Reserve(static_cast<size_t>(std::popcount(word)));
    for (; word != 0; word &= word - 1) {
      const size_t stage = begin + static_cast<size_t>(std::countr_zero(word));
      stages.Use(static_cast<int32_t>(stage)).visited = true;
    }
  }
  for (size_t stage = 0; stage < count; ++stage) {
    if (in.Unsigned() != 0) stages.CountsOf(static_cast<int32_t>(stage)) = ReadStage(in);
  }
}

}  // namespace waymark::codec
