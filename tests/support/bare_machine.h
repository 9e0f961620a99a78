#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "codec/protobuf.h"
#include "engine/restore.h"
#include "engine/task.h"
#include "store/memory_store.h"
#include "support/collecting_output.h"
#include "support/log_of_output.h"
#include "support/task_driver.h"

namespace waymark::test {

// Restores what a driver has written, on a machine of its own.
class BareMachine {
 public:
  BareMachine(const journey::Fold& fold, const CollectingOutput& output,
              const engine::TaskSettings& settings = {})
      : reader_(output, topics_),
        task_(base::Partition(0), fold, store_, own_, settings) {}

  base::Status Restore(const std::optional<engine::TaskMark>& mark) {
    return engine::RestoreTask(task_, mark, Source());
  }
  // As a worker does it: where the broker does not answer, the step is done again.
  base::Status RestorePatiently(const engine::TaskMark& mark) {
    engine::Restorer restorer(task_, mark, Source());
    while (true) {
      const auto done = restorer.Step();
      if (done.status().code() == base::StatusCode::kRetriable) continue;
      if (!done.ok() || *done) return done.status();
    }
  }
  base::Status Follow(const engine::TaskMark& mark) {
    const auto restorer = engine::Restorer::Follow(task_, mark, Source());
    while (true) {
      const auto done = restorer->Step();
      if (!done.ok() || *done) return done.status();
    }
  }
  void Accept(const Sent& sent) {
    model::Interaction interaction;
    ASSERT_TRUE(codec::Decode(sent.bytes, interaction).ok());
    task_.Begin(base::Timestamp());
    ASSERT_TRUE(task_.Accept({sent.profile, &interaction, sent.bytes, {"in", 0, 99}}).ok());
    ASSERT_TRUE(task_.EndBatch(task_.horizon(), base::Timestamp::max()).ok());
  }
  // Of snapshots that are sorted at a time.
  void SetLoadBytesMax(size_t bytes) { load_bytes_max_ = bytes; }
  engine::Task& task() { return task_; }
  LogOfOutput& log() { return reader_; }
  const store::MemoryStore& store() const { return store_; }
  // Why what the store held was discarded.
  const std::vector<std::string>& rebuilds() const { return rebuilds_; }
  void StoreMark(std::string_view text) {
    store::Batch batch;
    const std::string key = engine::MetaKey(task_.partition(), engine::kTaskMarkName);
    batch.Put(store::Family::kMeta, key, text);
    ASSERT_TRUE(store_.Write(batch).ok());
  }
  size_t published() const { return own_.records.size(); }

 private:
  engine::RestoreSource Source() {
    engine::RestoreSource source = {
        .reader = reader_, .topics = topics_, .store = store_, .no_progress = base::Millis(1)};
    source.load_bytes_max = load_bytes_max_;
    source.on_rebuild = [this](const char* reason) { rebuilds_.emplace_back(reason); };
    return source;
  }
  const engine::TopicNames topics_{"test"};
  store::MemoryStore store_;
  LogOfOutput reader_;
  CollectingOutput own_;
  engine::Task task_;
  size_t load_bytes_max_ = 1 << 20;
  std::vector<std::string> rebuilds_;
};

}  // namespace waymark::test
