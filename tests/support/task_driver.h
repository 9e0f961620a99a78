#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/restore.h"
#include "engine/task.h"
#include "engine/timeline.h"
#include "journey/fold.h"
#include "store/memory_store.h"
#include "support/collecting_output.h"
#include "support/log_of_output.h"

namespace waymark::test {

// One interaction on its way in: the profile and the canonical bytes.
struct Sent {
  std::string profile;
  std::string bytes;
};

// Everything that a task's readers and its store may show, in the canonical view.
struct View {
  std::map<CollectingOutput::StepKey, std::string> steps;
  std::map<std::string, std::string> signals;
  std::vector<std::string> timeline;              // canonical steps as stored, by key
  std::map<std::string, std::string> summaries;  // of the stored states
  std::map<std::string, std::string> measures;   // cells as published, by the bytes of their keys
  friend bool operator==(const View&, const View&) = default;
};

// A task over a store, driven as a worker drives it: batches, commits, snapshots, flushes.
class TaskDriver {
 public:
  TaskDriver(const journey::Fold& fold, store::Store& store,
             const engine::TaskSettings& settings)
      : fold_(std::shared_ptr<void>(), &fold), store_(store), settings_(settings) {
    Make();
  }

  engine::Task& task() { return *task_; }
  CollectingOutput& output() { return output_; }
  const engine::Totals& totals() const { return task_->totals(); }

  // Between batches.
  void SetModels(std::shared_ptr<const journey::Fold> fold) {
    task_->SetModels(fold);
    fold_ = std::move(fold);
  }
  void Begin() { task_->Begin(now_); }
  // False: it was refused, since timelines do not reach back so far.
  bool Accept(const Sent& sent) {
    model::Interaction interaction;
    Must(codec::Decode(sent.bytes, interaction));
    engine::Arrival arrival;
    arrival.profile_id = sent.profile;
    arrival.interaction = &interaction;
    arrival.bytes = sent.bytes;
    arrival.origin = {"in", 0, offset_++};
    const auto refused = task_->Refuse(arrival);
    Must(refused.status());
    if (const auto& refusal = *refused) {
      model::DeadLetter letter;
      letter.reason = refusal->reason;
      Must(task_->Reject(letter));
      return false;
    }
    Must(task_->Accept(arrival));
    return true;
  }
  void End(base::Timestamp at_least = base::Timestamp::min(),
           base::Timestamp at_most = base::Timestamp::max()) {
    Must(task_->EndBatch(at_least, at_most));
    Commit();
  }
  void Batch(const std::vector<Sent>& batch, base::Timestamp at_least = base::Timestamp::min()) {
    Begin();
    for (const Sent& sent : batch) Accept(sent);
    End(at_least);
  }
  void Snapshots(bool all) {
    Begin();
    Must(task_->WriteSnapshots(all));
    End(task_->horizon(), task_->horizon());
  }
  // Works off what is pending, without input.
  void FoldPending() {
    while (task_->has_refolds_left()) {
      Begin();
      End(task_->horizon(), task_->horizon());
    }
  }
  void Flush() { Must(task_->Flush()); }
  // A slice of a round that is under way, or begins.
  void StoreSome(size_t profiles) {
    if (!task_->is_storing()) Must(task_->BeginStoring());
    Must(task_->StoreSome(profiles));
  }
  void FlushStore() { Must(store_.Flush()); }
  // Flushes, then goes on with a new task over the same store.
  void Reload() {
    Flush();
    Replace();
    auto mark = task_->ReadMark();
    Must(mark.status());
    task_->Resume(*mark);
    Must(task_->QueueStoredSnapshots(mark->restore_from));
    Must(task_->SetRestoring(false));
    Must(task_->ResumeMeasures());
  }
  // The machine stops: what the store had not made durable is lost. Restored by the committed mark.
  void Crash() {
    dynamic_cast<store::MemoryStore&>(store_).LoseUnflushed();
    RestoreFromTopics();
  }
  // Goes on upon another machine, which has nothing.
  void MoveToBareMachine() {
    for (size_t f = 0; f < store::kFamilies; ++f) {
      Must(store_.EraseRange(static_cast<store::Family>(f), {}, {}));
    }
    Must(store_.Flush());
    RestoreFromTopics();
  }
  bool was_restored() const { return was_restored_; }
  void SetNow(base::Timestamp now) { now_ = now; }
  // Of rows that a restore sorts at a time; without it, each for itself.
  void SetLoadBytesMax(size_t bytes) { load_bytes_max_ = bytes; }

  // By kind, net of retractions, of all tasks so far.
  std::array<int64_t, 26> SignalTotals() const {
    auto sum = signals_before_;
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += task_->totals().signals[i];
    return sum;
  }

  // Flushes and reads back.
  View Look() {
    Flush();
    View view{output_.Steps(), output_.Signals(), {}, {}, output_.measures};
    Must(store_.Scan(store::Family::kTimelines, {}, {}, [&](auto, std::string_view value) {
      const auto row = engine::ParseTimelineValue(value);
      Must(row.status());
      view.timeline.emplace_back(row->canonical);
      return true;
    }));
    ForEachStored([&](const engine::Profile& profile) {
      base::Arena arena;
      model::CustomerJourneys summary;
      journey::Summarize(profile.state, arena, summary);
      codec::EncodeCanonical(summary, view.summaries[profile.state.profile_id]);
    });
    return view;
  }
  template <class F>
  void ForEachStored(F visit) {
    Must(store_.Scan(store::Family::kProfiles, {}, {}, [&](auto, std::string_view value) {
      engine::Profile profile;
      Must(engine::ProfileCache::DecodeRow(*fold_, value, profile));
      visit(profile);
      return true;
    }));
  }
  // After Look() or Flush(). The store holds one timer for each profile that waits for one, where
  // it was filled from snapshots maybe stale ones until they come up; what is open is counted, in
  // the store and beside it, as the states say; and it holds the measures that are published.
  void CheckCounts() {
    CheckOpen();
    CheckTimers();
    CheckMeasures();
  }

  static void Must(const base::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.text());
  }

 private:
  // By family, model and stage; one without all three: sessions.
  using OpenByPlace = std::map<std::array<std::string, 3>, int64_t>;
  static OpenByPlace OpenOf(const engine::OpenJourneys& open) {
    OpenByPlace found;
    for (size_t i = 0; i < open.counts().size(); ++i) {
      const auto& [family, model, stage] = open.places()[i];
      if (open.counts()[i] != 0) found[{family, model, stage}] = open.counts()[i];
    }
    return found;
  }
  void CheckOpen() {
    OpenByPlace expected;
    ForEachStored([&](const engine::Profile& profile) {
      if (profile.state.session.open) ++expected[{}];
      for (const auto& family : profile.state.families) {
        for (const journey::Run& run : family.runs) {
          if (!run.is_open()) continue;
          const model::JourneyModel& model = run.model->definition;
          const bool placed = run.stage >= 0;
          ++expected[{model.family, model.name,
                      placed ? model.stages[static_cast<size_t>(run.stage)].name : ""}];
        }
      }
    });
    if (OpenOf(task_->open_journeys()) != expected) {
      throw std::runtime_error("open journeys are not counted as the states say");
    }
    const auto row = store_.Get(store::Family::kMeta,
                                engine::MetaKey(base::Partition(0), engine::kOpenName));
    Must(row.status());
    engine::OpenJourneys stored;
    if (!*row || !stored.ReadStored(**row) || OpenOf(stored) != expected) {
      throw std::runtime_error("open journeys are not stored as the states say");
    }
  }
  void CheckMeasures() {
    std::map<std::string, std::string> stored;
    const std::string prefix = engine::MetaKey(base::Partition(0), engine::kCellName);
    Must(store_.Scan(store::Family::kMeta, prefix, store::PrefixEnd(prefix),
                     [&](std::string_view key, std::string_view value) {
                       stored.emplace(key.substr(prefix.size() + sizeof(int32_t)), value);
                       return true;
                     }));
    if (stored != output_.measures) {
      throw std::runtime_error("measures are not stored as they are published");
    }
  }
  void CheckTimers() {
    std::vector<std::string> expected;
    ForEachStored([&](engine::Profile& profile) {
      profile.trim_due = settings_.timeline.TrimDue(profile.oldest);
      profile.forget_after = settings_.timeline.retention;
      const base::Timestamp due = profile.StoredDueAt();
      if (due == base::Timestamp::max()) return;
      expected.push_back(engine::TimerKey(base::Partition(0), due, profile.state.profile_id));
    });
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> stored;
    Must(store_.Scan(store::Family::kTimers, {}, {}, [&](std::string_view key, auto) {
      stored.emplace_back(key);
      return true;
    }));
    // A stale one that a restore left behind may be put in once more.
    const auto count = static_cast<int64_t>(stored.size());
    if (was_restored_ ? task_->timers_stored() < count : task_->timers_stored() != count) {
      throw std::runtime_error("the count of stored timers is " +
                               std::to_string(task_->timers_stored()) + ", there are " +
                               std::to_string(stored.size()));
    }
    const std::string come_up = engine::TimerBound(base::Partition(0), task_->horizon());
    if (was_restored_) {
      std::erase_if(stored, [&](const std::string& key) {
        return key >= come_up && !std::binary_search(expected.begin(), expected.end(), key);
      });
    }
    if (stored != expected) throw std::runtime_error("stored timers differ from the states'");
  }
  void RestoreFromTopics() {
    was_restored_ = true;
    // As it stands beside the input offsets.
    const auto committed = engine::TaskMark::Parse(task_->mark().ToText());
    Replace();
    const engine::TopicNames topics("test");
    LogOfOutput reader(output_, topics);
    const engine::RestoreSource source{reader, topics, store_, base::Millis(1),
                                       load_bytes_max_};
    Must(engine::RestoreTask(*task_, committed, source));
  }
  void Replace() {
    const engine::Totals& totals = task_->totals();
    for (size_t i = 0; i < signals_before_.size(); ++i) signals_before_[i] += totals.signals[i];
    Make();
  }
  void Make() {
    task_ = std::make_unique<engine::Task>(base::Partition(0), *fold_, store_, output_, settings_);
    task_->SetModels(fold_);
  }
  void Commit() {
    task_->Committed(base::Offset(static_cast<int64_t>(output_.Count(
        engine::OutputTopic::kSteps))));
    task_->MeasuresCommitted(base::Offset(static_cast<int64_t>(output_.Count(
        engine::OutputTopic::kMeasures))));
  }

  std::shared_ptr<const journey::Fold> fold_;
  store::Store& store_;
  engine::TaskSettings settings_;
  CollectingOutput output_;
  std::unique_ptr<engine::Task> task_;
  bool was_restored_ = false;
  int64_t offset_ = 0;
  size_t load_bytes_max_ = 0;
  base::Timestamp now_{1};
  std::array<int64_t, 26> signals_before_{};
};

}  // namespace waymark::test
