#include "files/canonical_view.h"

#include "codec/protobuf.h"
#include "files/view_diff.h"
#include "unit/files/temporary_folder.h"

namespace waymark::files {
namespace {

model::Step StepOf(std::string_view profile, std::string_view id, int64_t revision,
                   std::string_view session = "s1") {
  model::Step step;
  step.profile_id = profile;
  step.interaction.id = id;
  step.interaction.time = 1000;
  step.interaction.source.system = "shop";
  step.session_id = session;
  step.revision = revision;
  return step;
}

class CanonicalViewTest : public testing::Test {
 protected:
  CanonicalView Make(OutputKind kind, const std::string& name = "a", size_t bytes = 1 << 20) {
    return CanonicalView(kind, folder_.path(), name, bytes);
  }
  template <class T>
  static void Add(CanonicalView& view, const T& value, bool as_json = false) {
    std::string bytes;
    as_json ? codec::EncodeJson(value, bytes) : codec::Encode(value, bytes);
    OutputRecord record;
    record.form = as_json ? OutputRecord::Form::kJson : OutputRecord::Form::kProtobuf;
    record.value = bytes;
    const auto status = view.Add(record);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  // "profile/id/session" of each row.
  static std::vector<std::string> Steps(CanonicalView& view) {
    EXPECT_TRUE(view.Sort().ok());
    std::vector<std::string> rows;
    while (view.Next()) {
      model::Step step;
      EXPECT_TRUE(codec::Decode(view.value(), step).ok());
      EXPECT_EQ(step.revision, 0);
      rows.push_back(std::string(step.profile_id) + "/" + std::string(step.interaction.id) + "/" +
                     std::string(step.session_id));
    }
    EXPECT_TRUE(view.status().ok());
    return rows;
  }
  using Texts = std::vector<std::string>;
  TemporaryFolder folder_;
};

TEST_F(CanonicalViewTest, HighestRevisionCounts) {
  for (const size_t bytes : {size_t{1}, size_t{1} << 20}) {
    CanonicalView view = Make(OutputKind::kSteps, "a", bytes);
    Add(view, StepOf("p", "2", 7, "new"));
    Add(view, StepOf("p", "1", 3, "only"));
    Add(view, StepOf("p", "2", 5, "old"));
    EXPECT_EQ(Steps(view), (Texts{"p/1/only", "p/2/new"}));
    EXPECT_EQ(view.records(), 3);
    EXPECT_EQ(view.rows(), 2);
    EXPECT_EQ(view.doubled(), 0);
  }
}

TEST_F(CanonicalViewTest, LastInTheLogCountsAmongEqualRevisions) {
  CanonicalView view = Make(OutputKind::kSteps);
  Add(view, StepOf("p", "1", 4, "first"));
  Add(view, StepOf("p", "1", 4, "second"));
  EXPECT_EQ(Steps(view), (Texts{"p/1/second"}));
  EXPECT_EQ(view.doubled(), 0) << "a re-fold within the transaction is no fault";
}

TEST_F(CanonicalViewTest, RetractedRowsAreLeftOut) {
  CanonicalView view = Make(OutputKind::kSteps);
  model::Step gone = StepOf("p", "1", 9);
  gone.retracted = true;
  Add(view, gone);
  Add(view, StepOf("p", "1", 8));
  Add(view, StepOf("p", "10", 1));
  EXPECT_EQ(Steps(view), (Texts{"p/10/s1"}));
}

TEST_F(CanonicalViewTest, RowKeysDoNotRunTogether) {
  CanonicalView view = Make(OutputKind::kSteps);
  Add(view, StepOf("p", "11", 1));
  Add(view, StepOf("p1", "1", 1));
  Add(view, StepOf("p", "1", 1));
  EXPECT_EQ(Steps(view), (Texts{"p/1/s1", "p/11/s1", "p1/1/s1"}));
}

TEST_F(CanonicalViewTest, SameRecordTwiceIsCountedAsDoubled) {
  CanonicalView view = Make(OutputKind::kSteps);
  Add(view, StepOf("p", "1", 4));
  Add(view, StepOf("p", "1", 4));
  Add(view, StepOf("p", "1", 5));
  EXPECT_EQ(Steps(view), (Texts{"p/1/s1"}));
  EXPECT_EQ(view.doubled(), 1);
}

TEST_F(CanonicalViewTest, JsonAndProtobufComeToTheSame) {
  CanonicalView a = Make(OutputKind::kSteps, "a");
  CanonicalView b = Make(OutputKind::kSteps, "b");
  Add(a, StepOf("p", "1", 4));
  Add(b, StepOf("p", "1", 6), true);
  ASSERT_TRUE(a.Sort().ok());
  ASSERT_TRUE(b.Sort().ok());
  ASSERT_TRUE(a.Next());
  ASSERT_TRUE(b.Next());
  EXPECT_EQ(a.key(), b.key());
  EXPECT_EQ(a.value(), b.value());
}

TEST_F(CanonicalViewTest, SignalAfterItsRetractionIsThere) {
  CanonicalView view = Make(OutputKind::kSignals);
  model::Signal signal;
  signal.id = "aa";
  signal.profile_id = "p";
  signal.revision = 3;
  Add(view, signal);
  signal.retracted = true;
  Add(view, signal);
  signal.retracted = false;
  Add(view, signal);
  ASSERT_TRUE(view.Sort().ok());
  EXPECT_TRUE(view.Next());
  EXPECT_FALSE(view.Next());
  EXPECT_EQ(view.doubled(), 0);
}

TEST_F(CanonicalViewTest, TombstoneRemovesJourneysUntilTheyComeAgain) {
  CanonicalView view = Make(OutputKind::kJourneys);
  model::CustomerJourneys journeys;
  for (const char* const id : {"gone", "back"}) {
    journeys.profile.id = id;
    journeys.revision = 5;
    Add(view, journeys);
    OutputRecord tombstone;
    tombstone.key = id;
    ASSERT_TRUE(view.Add(tombstone).ok());
  }
  journeys.revision = 6;
  Add(view, journeys);
  ASSERT_TRUE(view.Sort().ok());
  ASSERT_TRUE(view.Next());
  model::CustomerJourneys read;
  ASSERT_TRUE(codec::Decode(view.value(), read).ok());
  EXPECT_EQ(read.profile.id, "back");
  EXPECT_FALSE(view.Next());
}

TEST_F(CanonicalViewTest, DeadLettersAreCountedByReasonAndValue) {
  CanonicalView a = Make(OutputKind::kDeadLetters, "a");
  CanonicalView b = Make(OutputKind::kDeadLetters, "b");
  a.CompareRawValues();
  b.CompareRawValues();
  model::DeadLetter letter;
  letter.reason = model::DeadLetterReason::kBadValue;
  letter.value = "raw";
  letter.topic = "input.jsonl";
  for (int64_t offset = 1; offset <= 3; ++offset) {
    letter.offset = offset;
    Add(a, letter, true);
  }
  OutputRecord record;
  record.form = OutputRecord::Form::kDeadLetter;
  record.letter.reason = model::DeadLetterReason::kBadValue;
  record.letter.value = "raw";
  ASSERT_TRUE(b.Add(record).ok());
  record.letter.value.reset();
  ASSERT_TRUE(b.Add(record).ok());
  ASSERT_TRUE(a.Sort().ok());
  ASSERT_TRUE(b.Sort().ok());
  const auto counts =
      CompareViews(OutputKind::kDeadLetters, a, b, [](const auto&) { return true; });
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->rows_a, 3);
  EXPECT_EQ(counts->rows_b, 2);
  EXPECT_EQ(counts->only_a, 2);
  EXPECT_EQ(counts->only_b, 1);
  EXPECT_EQ(counts->different, 0);
}

TEST_F(CanonicalViewTest, ComparisonTellsEveryWayToDiffer) {
  CanonicalView a = Make(OutputKind::kSteps, "a");
  CanonicalView b = Make(OutputKind::kSteps, "b");
  for (const char* const id : {"1", "2", "4"}) Add(a, StepOf("p", id, 1));
  for (const char* const id : {"2", "3"}) Add(b, StepOf("p", id, 1));
  Add(b, StepOf("p", "4", 1, "other"));
  ASSERT_TRUE(a.Sort().ok());
  ASSERT_TRUE(b.Sort().ok());
  Texts told;
  const auto counts = CompareViews(OutputKind::kSteps, a, b, [&](const RowDifference& difference) {
    told.push_back(std::string(difference.a.empty() ? "" : "a"));
    told.back() += difference.b.empty() ? "" : "b";
    return told.size() < 2;
  });
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->only_a, 1);
  EXPECT_EQ(counts->only_b, 1);
  EXPECT_EQ(counts->different, 1);
  EXPECT_FALSE(counts->IsSame());
  EXPECT_EQ(told, (Texts{"a", "b"})) << "told no more once that was enough";
}

TEST_F(CanonicalViewTest, MalformedRecordIsAFault) {
  CanonicalView view = Make(OutputKind::kSteps);
  OutputRecord record;
  record.form = OutputRecord::Form::kJson;
  record.value = "{";
  const auto status = view.Add(record);
  EXPECT_EQ(status.code(), base::StatusCode::kInvalid);
  EXPECT_NE(status.message().find("record 1"), std::string::npos);
  record.value.reset();
  EXPECT_FALSE(view.Add(record).ok());
}

}  // namespace
}  // namespace waymark::files
