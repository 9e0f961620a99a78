#include "engine/restore.h"

#include <gtest/gtest.h>

#include "support/bare_machine.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using model::SignalKind;
using test::At;
using test::BareMachine;
using test::Minute;
using test::Send;

class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest() { settings_.snapshot_interval = base::Millis(10'000); }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  TaskSettings settings_;
  store::MemoryStore store_;
  test::TaskDriver driver_{fold_, store_, settings_};
};

// The timeline is durable at once, the profile with the store's next flush only.
TEST_F(RestoreTest, ALateInteractionWhoseTimelineOutlivedTheProfileIsFoldedIn) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"))});
  driver_.Flush();
  driver_.FlushStore();
  driver_.Batch({Send(At(10, "b", "order"))});
  driver_.Flush();
  const test::View before = driver_.Look();
  driver_.Crash();
  const test::View after = driver_.Look();
  EXPECT_EQ(after.summaries, before.summaries);
  EXPECT_EQ(after.timeline, before.timeline);
}

TEST_F(RestoreTest, ASnapshotThatWaitedIsPublishedAfterARestart) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Flush();
  driver_.FlushStore();
  driver_.Crash();
  driver_.Snapshots(true);
  EXPECT_EQ(driver_.output().journeys, driver_.Look().summaries);
}

TEST_F(RestoreTest, ABareMachineComesToTheSameState) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"))});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(10, "b", "order")), Send(At(30, "d", "view"), "bob")});
  const test::View before = driver_.Look();
  const size_t records = driver_.output().records.size();
  driver_.MoveToBareMachine();
  EXPECT_EQ(driver_.output().records.size(), records);
  EXPECT_EQ(driver_.Look(), before);
  EXPECT_EQ(driver_.totals().steps, 4);
  // And goes on: what came before the restore is known as a duplicate.
  driver_.Batch({Send(At(10, "b", "order"))}, Minute(400));
  EXPECT_EQ(driver_.totals().duplicates, 1);
  EXPECT_EQ(driver_.output().SignalsByKind()[static_cast<size_t>(SignalKind::kAbandoned)], 2);
}

// Both copies are in the log, and their rows in the restored timeline; the one that lost is never
// folded again.
TEST_F(RestoreTest, ACopyThatLostIsNotFoldedAfterARestore) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "b", "order"))});
  driver_.Batch({Send(At(10, "b", "view"))});
  driver_.Snapshots(true);
  driver_.MoveToBareMachine();
  driver_.Batch({Send(At(5, "c", "view"))});
  const test::View view = driver_.Look();
  EXPECT_EQ(view.steps.size(), 3U);
  EXPECT_EQ(view.timeline.size(), 3U);
  EXPECT_EQ(driver_.output().SignalsByKind()[static_cast<size_t>(SignalKind::kStageEntered)], 1);
}

TEST_F(RestoreTest, WithoutOffsetsTheTopicsAreTakenAsTheyAre) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"))});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(10, "b", "order")), Send(At(30, "d", "view"), "bob")});
  BareMachine bare(fold_, driver_.output());
  ASSERT_TRUE(bare.Restore(std::nullopt).ok());
  EXPECT_EQ(bare.task().mark().steps_end, driver_.task().mark().steps_end);
  EXPECT_GT(bare.task().mark().revision.value, driver_.task().mark().revision.value + 1'000);
  // What is read again is known.
  bare.task().Begin(base::Timestamp{1});
  const test::Sent again = Send(At(10, "b", "order"));
  model::Interaction interaction;
  ASSERT_TRUE(codec::Decode(again.bytes, interaction).ok());
  Arrival arrival;
  arrival.profile_id = again.profile;
  arrival.interaction = &interaction;
  arrival.bytes = again.bytes;
  ASSERT_TRUE(bare.task().Accept(arrival).ok());
  ASSERT_TRUE(bare.task().EndBatch(base::Timestamp::min(), base::Timestamp::max()).ok());
  EXPECT_EQ(bare.task().totals().duplicates, 1);
  EXPECT_EQ(bare.published(), 0U);
}

class MeasuresRestoreTest : public RestoreTest {
 protected:
  static TaskSettings Measured() {
    TaskSettings settings;
    settings.measures.enabled = true;
    settings.measures.in_memory_max = 0;
    return settings;
  }
  store::MemoryStore other_store_;
  test::TaskDriver measured_{fold_, store_, Measured()};
};

// What the store holds is not read from the topic: there its records are spoiled.
TEST_F(MeasuresRestoreTest, ARestartReadsOnFromWhatIsStored) {
  const auto views = [](int day) { return Send(At(1440 * day, std::to_string(day), "view")); };
  for (int day = 0; day < 5; ++day) measured_.Batch({views(day)});
  measured_.Flush();
  measured_.FlushStore();
  EXPECT_EQ(measured_.task().measures().in_memory(), 0U);
  for (auto& record : measured_.output().records) {
    if (record.topic == OutputTopic::kMeasures) record.value = "\xff";
  }
  measured_.Batch({views(5)});
  measured_.Crash();
  measured_.Batch({Send(At(10, "late", "order")), views(6)});
  measured_.Look();
  measured_.CheckCounts();
  test::CollectingOutput want = std::move(measured_.output());
  test::TaskDriver straight(fold_, other_store_, Measured());
  for (int day = 0; day < 6; ++day) straight.Batch({views(day)});
  straight.Batch({Send(At(10, "late", "order")), views(6)});
  EXPECT_EQ(want.measures, straight.output().measures);
}

TEST_F(MeasuresRestoreTest, ABrokerThatFallsSilentLosesNoFigures) {
  measured_.Batch({Send(At(0, "a", "view"))});
  measured_.Snapshots(true);
  BareMachine bare(fold_, measured_.output(), Measured());
  bare.log().FallSilent(OutputTopic::kMeasures);
  ASSERT_TRUE(bare.RestorePatiently(measured_.task().mark()).ok());
  std::map<std::string, std::string> cells;
  bare.task().measures().ForEach([&](std::string_view key, const measure::Cell& cell) {
    cell.AppendTo(cells[std::string(key)]);
  });
  EXPECT_FALSE(cells.empty());
  EXPECT_EQ(cells, measured_.output().measures);
}

TEST_F(MeasuresRestoreTest, FiguresThatTheTopicLostArePublishedAnew) {
  measured_.Batch({Send(At(0, "a", "view"))});
  measured_.Flush();
  measured_.FlushStore();
  const auto before = measured_.output().measures;
  ASSERT_FALSE(before.empty());
  std::erase_if(measured_.output().records,
                [](const auto& record) { return record.topic == OutputTopic::kMeasures; });
  measured_.output().measures.clear();
  measured_.Crash();
  measured_.Batch({});
  EXPECT_EQ(measured_.output().measures, before);
}

std::vector<std::string> RowsOf(const store::MemoryStore& store) {
  std::vector<std::string> rows;
  for (const store::Family family : {store::Family::kMeta, store::Family::kProfiles,
                                     store::Family::kTimelines, store::Family::kTimers}) {
    const auto cursor = store.Read(family, "", "");
    while (cursor->Next()) {
      rows.push_back(std::string(store::ToString(family)) + "|" + std::string(cursor->key()) + "|" +
                     std::string(cursor->value()));
    }
  }
  return rows;
}

// What a later portion supersedes leaves nothing behind, timers least of all.
TEST_F(RestoreTest, SnapshotsLoadedInPortionsGiveTheSameRows) {
  for (int round = 0; round < 3; ++round) {
    for (const char* name : {"ann", "bob", "cat"}) {
      const std::string id = std::string(name) + std::to_string(round);
      driver_.Batch({Send(At(round * 20, id, "view"), name)});
    }
    driver_.Snapshots(true);
  }
  std::vector<std::vector<std::string>> rows;
  for (const size_t bytes : {size_t{32} << 20, size_t{4000}, size_t{0}}) {
    BareMachine bare(fold_, driver_.output());
    bare.SetLoadBytesMax(bytes);
    const base::Status status = bare.Restore(driver_.task().mark());
    ASSERT_TRUE(status.ok()) << status.text();
    rows.push_back(RowsOf(bare.store()));
    int64_t timers = 0;
    for (const std::string& row : rows.back()) timers += row.starts_with("timers|") ? 1 : 0;
    EXPECT_EQ(timers, 3) << "one a profile, with " << bytes << " bytes";
    EXPECT_EQ(bare.task().timers_stored(), timers);
  }
  EXPECT_EQ(rows[1], rows[0]);
  EXPECT_EQ(rows[2], rows[0]);
}

TEST_F(RestoreTest, LostSnapshotsAreRefused) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"), "bob")});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(30, "d", "view"), "bob")});
  test::CollectingOutput output = driver_.output();
  std::erase_if(output.records, [](const auto& record) {
    return record.topic == OutputTopic::kJourneys && record.profile_id != "bob";
  });
  BareMachine bare(fold_, output);
  const base::Status status = bare.Restore(driver_.task().mark());
  EXPECT_EQ(status.code(), base::StatusCode::kStore);
  EXPECT_NE(status.message().find("give 1 of 2 profiles"), std::string::npos) << status.text();
}

TEST_F(RestoreTest, LostStepsAreRefused) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"), "bob")});
  test::CollectingOutput output = driver_.output();
  output.records.pop_back();
  while (output.records.back().topic != OutputTopic::kSteps) output.records.pop_back();
  output.records.pop_back();
  BareMachine bare(fold_, output);
  const base::Status status = bare.Restore(driver_.task().mark());
  EXPECT_EQ(status.code(), base::StatusCode::kStore);
  EXPECT_NE(status.message().find("the committed state goes up to 2"), std::string::npos)
      << status.text();
}

// Whatever is found in the store, the state is that of the topics; why it was discarded is told.
TEST_F(RestoreTest, WhatCannotBeGoneOnFromIsRebuiltForAReason) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"), "bob")});
  driver_.Snapshots(true);
  const TaskMark committed = driver_.task().mark();
  const auto changed = [&](auto change) {
    TaskMark mark = committed;
    change(mark);
    return mark.ToText();
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"unreadable", "no mark"},
      {"ahead", changed([](TaskMark& mark) { mark.revision.value += 1; })},
      {"newer_format", changed([](TaskMark& mark) { mark.format = 99; })},
      {"other_models", changed([](TaskMark& mark) { mark.models += 1; })},
  };
  for (const auto& [reason, stored] : cases) {
    SCOPED_TRACE(reason);
    BareMachine machine(fold_, driver_.output());
    machine.StoreMark(stored);
    ASSERT_TRUE(machine.Restore(committed).ok());
    EXPECT_EQ(machine.rebuilds(), std::vector<std::string>{reason});
    EXPECT_EQ(machine.task().totals().profiles, 2);
  }
  BareMachine behind(fold_, driver_.output());
  behind.StoreMark(committed.ToText());
  ASSERT_TRUE(behind.Restore(std::nullopt).ok());
  EXPECT_EQ(behind.rebuilds(), std::vector<std::string>{"uncommitted"});
  BareMachine kept(fold_, driver_.output());
  kept.StoreMark(committed.ToText());
  ASSERT_TRUE(kept.Restore(committed).ok());
  EXPECT_TRUE(kept.rebuilds().empty());
}

TEST_F(RestoreTest, AWarmCopyFollows) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"), "bob")});
  BareMachine copy(fold_, driver_.output());
  ASSERT_TRUE(copy.Restore(driver_.task().mark()).ok());
  driver_.Batch({Send(At(10, "b", "order")), Send(At(30, "d", "order"), "bob")});
  driver_.Batch({}, Minute(400));
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  EXPECT_EQ(copy.task().mark().ToText(), driver_.task().mark().ToText());
  EXPECT_EQ(copy.published(), 0U);
  ASSERT_TRUE(copy.task().Flush().ok());
  driver_.Flush();
  for (const auto family : {store::Family::kTimers, store::Family::kTimelines}) {
    std::vector<std::string> have;
    std::vector<std::string> want;
    const auto collect = [](std::vector<std::string>& to) {
      return [&to](std::string_view key, std::string_view) {
        to.emplace_back(key);
        return true;
      };
    };
    ASSERT_TRUE(copy.store().Scan(family, {}, {}, collect(have)).ok());
    ASSERT_TRUE(store_.Scan(family, {}, {}, collect(want)).ok());
    EXPECT_EQ(have, want) << store::ToString(family);
    EXPECT_EQ(want.size(), family == store::Family::kTimelines ? 4U : 0U);
  }
}

// What the owner has published, a copy need not keep in memory: it would hold every profile that
// ever changed.
TEST_F(RestoreTest, AWarmCopyLetsGoOfWhatIsPublished) {
  driver_.Batch({Send(At(0, "a", "view"))});
  BareMachine copy(fold_, driver_.output());
  ASSERT_TRUE(copy.Restore(driver_.task().mark()).ok());
  EXPECT_FALSE(driver_.task().mark().all_published);
  EXPECT_FALSE(copy.task().mark().all_published) << "it would lose what was never published";
  driver_.Snapshots(true);
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  EXPECT_TRUE(copy.task().mark().all_published);

  // Somebody is always busy: the rest goes by the steps that every snapshot holds.
  driver_.Batch({Send(At(1, "b", "view")), Send(At(1, "c", "view"), "bob")});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(2, "d", "view"), "bob")});
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  ASSERT_FALSE(copy.task().mark().all_published);
  EXPECT_EQ(copy.task().mark().restore_from, base::Offset(3)) << "the last step alone waits";
  driver_.Snapshots(true);
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  EXPECT_TRUE(copy.task().mark().all_published);

  // So do changes by a timer, which have no step.
  driver_.Batch({}, Minute(400));
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  EXPECT_FALSE(copy.task().mark().all_published);
  driver_.Snapshots(true);
  driver_.Batch({Send(At(500, "e", "view"), "eve")});
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  ASSERT_EQ(copy.task().mark().restore_from, base::Offset(4));
}

int FormatOfSnapshots(const test::CollectingOutput& output) {
  int format = 0;
  for (const auto& record : output.records) {
    if (record.topic != OutputTopic::kJourneys) continue;
    model::CustomerJourneys snapshot;
    EXPECT_TRUE(codec::Decode(*record.value, snapshot).ok());
    format = static_cast<uint8_t>(snapshot.fold[0]);
  }
  return format;
}

TEST_F(RestoreTest, TheFormatRisesByOrderAndNeverFalls) {
  TaskSettings old = settings_;
  old.state_format = 1;
  store::MemoryStore store;
  test::TaskDriver before(fold_, store, old);
  before.Batch({Send(At(0, "a", "view"))});
  before.Snapshots(true);
  EXPECT_EQ(FormatOfSnapshots(before.output()), 1);
  const TaskMark mark = before.task().mark();
  EXPECT_EQ(mark.format, 1);
  EXPECT_EQ(mark.ToText().find("format"), std::string::npos) << "the text as it always was";

  BareMachine raised(fold_, before.output());
  ASSERT_TRUE(raised.Restore(mark).ok());
  EXPECT_EQ(raised.task().mark().format, codec::kStateFormatNewest);
  BareMachine kept(fold_, before.output(), old);
  ASSERT_TRUE(kept.Restore(mark).ok());
  EXPECT_EQ(kept.task().mark().format, 1);
  ASSERT_TRUE(kept.Restore(raised.task().mark()).ok());
  EXPECT_EQ(kept.task().mark().format, codec::kStateFormatNewest) << "somebody has raised it";
  TaskMark beyond = mark;
  beyond.format = codec::kStateFormatNewest + 1;
  BareMachine older(fold_, before.output());
  EXPECT_EQ(older.Restore(beyond).code(), base::StatusCode::kConfig);
}

TEST_F(RestoreTest, OtherModelsAreRefused) {
  TaskMark mark;
  mark.models = models_.fingerprint() + 1;
  const TopicNames topics("test");
  test::LogOfOutput reader(driver_.output(), topics);
  const RestoreSource source{reader, topics, store_, base::Millis(1)};
  EXPECT_EQ(RestoreTask(driver_.task(), mark, source).code(), base::StatusCode::kConfig);
}

}  // namespace
}  // namespace waymark::engine
