#include <algorithm>
#include <functional>
#include <queue>

#include "base/check.h"
#include "codec/fold_state.h"
#include "codec/measure_json.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/profile_cache.h"
#include "engine/timeline.h"
#include "files/replay_output.h"

namespace waymark::files {
namespace {

// Sources of rows, each sorted by key, merged into one order. A profile lies in one source alone.
template <class Source>
class Merge {
 public:
  void Add(Source* source) {
    if (source->Next()) heads_.push({std::string(Comparable(*source)), source});
  }
  // Visits every row in order; stops at the first fault.
  template <class F>
  base::Status ForEach(const std::atomic<bool>& stop, F visit) {
    while (!heads_.empty()) {
      if (stop) return {base::StatusCode::kCancelled, "interrupted"};
      Source* const source = heads_.top().source;
      heads_.pop();
      bool more = true;
      // As long as this source stays in front its rows need no queue.
      while (more && (heads_.empty() || Comparable(*source) < heads_.top().key)) {
        WAYMARK_RETURN_IF_ERROR(visit(source->key(), source->value()));
        more = source->Next();
      }
      WAYMARK_RETURN_IF_ERROR(source->status());
      if (more) heads_.push({std::string(Comparable(*source)), source});
    }
    return {};
  }

 private:
  struct Head {
    std::string key;
    Source* source;
    bool operator<(const Head& other) const { return other.key < key; }  // least on top
  };
  static std::string_view Comparable(const Source& source) {
    return std::string_view(source.key()).substr(engine::kPartitionBytes);
  }
  std::priority_queue<Head> heads_;
};

// The cursors over one family of state, one a partition.
std::vector<std::unique_ptr<store::Cursor>> Cursors(const ReplaySettings& settings,
                                                    const store::Store& store,
                                                    store::Family family) {
  std::vector<std::unique_ptr<store::Cursor>> cursors;
  for (int p = 0; p < settings.partitions; ++p) {
    const std::string prefix = engine::PartitionPrefix(base::Partition(p));
    cursors.push_back(store.Read(family, prefix, store::PrefixEnd(prefix)));
  }
  return cursors;
}

base::Status WriteSteps(const ReplaySettings& settings, const store::Store& store,
                        OutputFile& file, ReplaySummary& /*summary*/,
                        const std::atomic<bool>& stop) {
  const auto cursors = Cursors(settings, store, store::Family::kTimelines);
  Merge<store::Cursor> merge;
  for (const auto& cursor : cursors) merge.Add(cursor.get());
  model::Step step;
  return merge.ForEach(stop, [&](std::string_view, std::string_view value) -> base::Status {
    WAYMARK_ASSIGN_OR_RETURN(const engine::TimelineValue row, engine::ParseTimelineValue(value));
    if (file.is_json()) {
      WAYMARK_RETURN_IF_ERROR(codec::Decode(row.canonical, step));
      codec::EncodeJsonCanonical(step, file.buffer());
    } else {
      file.buffer().assign(row.canonical);
    }
    return file.WriteRecord();
  });
}

base::Status WriteSignals(std::vector<std::unique_ptr<ReplayOutput>>& partitions, OutputFile& file,
                          ReplaySummary& summary, const std::atomic<bool>& stop) {
  Merge<RowSorter> merge;
  for (const auto& partition : partitions) {
    WAYMARK_RETURN_IF_ERROR(partition->signals().Sort());
    merge.Add(&partition->signals());
  }
  model::Signal signal;
  return merge.ForEach(stop, [&](std::string_view, std::string_view value) -> base::Status {
    if (value.front() == '-') return {};
    const std::string_view bytes = value.substr(1);
    WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, signal));
    ++summary.signals[std::string(model::ToString(signal.kind))];
    if (file.is_json()) {
      codec::EncodeJsonCanonical(signal, file.buffer());
    } else {
      file.buffer().assign(bytes);
    }
    return file.WriteRecord();
  });
}

// What `run` would have forgotten is left out: the tasks of a replay keep all, since interactions
// of any age may come.
base::Status WriteJourneys(const ReplaySettings& settings, const journey::Fold& fold,
                           const store::Store& store, OutputFile& file, base::Timestamp horizon,
                           const std::atomic<bool>& stop) {
  const auto cursors = Cursors(settings, store, store::Family::kProfiles);
  Merge<store::Cursor> merge;
  for (const auto& cursor : cursors) merge.Add(cursor.get());
  base::Arena arena;
  return merge.ForEach(stop, [&](std::string_view, std::string_view value) -> base::Status {
    engine::Profile profile;
    WAYMARK_RETURN_IF_ERROR(engine::ProfileCache::DecodeRow(fold, value, profile));
    if (profile.state.lapses_at + settings.forget.ForgetAfter() < horizon) return {};
    model::CustomerJourneys journeys;
    arena.Clear();
    journey::Summarize(profile.state, arena, journeys);
    if (file.is_json()) {
      codec::EncodeJsonCanonical(journeys, file.buffer());
    } else {
      codec::EncodeCanonical(journeys, file.buffer());
    }
    return file.WriteRecord();
  });
}

}  // namespace

base::Status WriteMeasures(const std::vector<std::unique_ptr<engine::Task>>& tasks,
                           OutputFile& file) {
  std::vector<std::pair<std::string_view, const measure::Cell*>> cells;
  for (const auto& task : tasks) {
    task->measures().ForEach([&](std::string_view key, const measure::Cell& cell) {
      cells.emplace_back(key, &cell);
    });
  }
  std::ranges::sort(cells);
  measure::CellKey key;
  measure::Cell cell;
  for (size_t i = 0; i < cells.size();) {
    const std::string_view bytes = cells[i].first;
    cell = {};
    for (; i < cells.size() && cells[i].first == bytes; ++i) cell.Add(*cells[i].second);
    WAYMARK_CHECK(measure::ParseKey(bytes, key), "keys are made by AppendKey");
    if (cell.IsZero()) continue;
    file.buffer().clear();
    codec::EncodeJson(key, cell, file.buffer());
    WAYMARK_RETURN_IF_ERROR(file.WriteRecord());
  }
  return {};
}

base::Status WriteCanonical(const ReplaySettings& settings, const journey::Fold& fold,
                            const store::Store& store,
                            std::vector<std::unique_ptr<ReplayOutput>>& partitions,
                            OutputFiles& files, ReplaySummary& summary,
                            const std::atomic<bool>& stop) {
  WAYMARK_RETURN_IF_ERROR(WriteSteps(settings, store, *files.steps, summary, stop));
  WAYMARK_RETURN_IF_ERROR(WriteSignals(partitions, *files.signals, summary, stop));
  return WriteJourneys(settings, fold, store, *files.journeys, summary.horizon, stop);
}

}  // namespace waymark::files
