#include "engine/intake.h"

#include <gtest/gtest.h>

#include "codec/protobuf.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using model::DeadLetterReason;

constexpr std::string_view kGood =
    R"({"id":"i","time":1700000000000,"channel":"web","action":"view","key":"ann",
        "identifiers":[{"namespace":"email","value":"a@b"}]})";

class IntakeTest : public ::testing::Test {
 protected:
  RawRecord File(std::string_view value) const {
    RawRecord record;
    record.value = value;
    record.origin = {"in.jsonl", 0, 12};
    record.is_file = true;
    return record;
  }
  RawRecord Keyed(std::string_view key, std::string_view value) const {
    RawRecord record;
    record.key = key;
    record.value = value;
    record.origin = {"input", 3, 12};
    return record;
  }
  std::optional<DeadLetterReason> Reason(const RawRecord& record) {
    const auto refusal = intake_.Take(record, now_, arrival_);
    if (!refusal) return std::nullopt;
    letter_ = intake_.LetterOf(record, *refusal);
    EXPECT_EQ(letter_.reason, refusal->reason);
    EXPECT_EQ(letter_.topic, record.origin.topic);
    EXPECT_EQ(letter_.offset, record.origin.offset);
    EXPECT_FALSE(letter_.detail.empty());
    return refusal->reason;
  }

  Intake intake_{IntakeSettings()};
  std::optional<base::Timestamp> now_ = base::Timestamp{1'700'000'000'000};
  Arrival arrival_;
  model::DeadLetter letter_;
};

TEST_F(IntakeTest, FilesNameTheCustomerByKeyElseByTheFirstIdentifier) {
  EXPECT_EQ(Reason(File(kGood)), std::nullopt);
  EXPECT_EQ(arrival_.profile_id, "ann");
  EXPECT_EQ(Reason(File(R"({"id":"i","time":1,"channel":"web","action":"view",
      "identifiers":[{"namespace":"email","value":"a@b"},{"namespace":"x","value":"y"}]})")),
            std::nullopt);
  EXPECT_EQ(arrival_.profile_id, "email:a@b");
  EXPECT_EQ(Reason(File(R"({"id":"i","time":1,"channel":"web","action":"view"})")),
            DeadLetterReason::kNoCustomer);
}

TEST_F(IntakeTest, TopicsNameTheCustomerByTheRecordKeyOnly) {
  EXPECT_EQ(Reason(Keyed("bob", kGood)), std::nullopt);
  EXPECT_EQ(arrival_.profile_id, "bob");
  EXPECT_EQ(Reason(Keyed("", kGood)), DeadLetterReason::kNoCustomer);
  RawRecord keyless = Keyed("", kGood);
  keyless.key.reset();
  EXPECT_EQ(Reason(keyless), DeadLetterReason::kNoCustomer);
}

// A profile id is written as text: a step with other bytes could not be read again.
TEST_F(IntakeTest, AKeyThatIsNotUtf8IsRefused) {
  EXPECT_EQ(Reason(Keyed("\xff\xfe", kGood)), DeadLetterReason::kBadValue);
  EXPECT_EQ(Reason(Keyed("j\xc3\xbcrgen", kGood)), std::nullopt);
}

TEST_F(IntakeTest, EachReasonIsFound) {
  RawRecord none = File("");
  none.value.reset();
  EXPECT_EQ(Reason(none), DeadLetterReason::kNullValue);
  EXPECT_FALSE(letter_.value);
  EXPECT_EQ(Reason(File("{")), DeadLetterReason::kUnparsable);
  EXPECT_EQ(letter_.value, "{");
  EXPECT_EQ(Reason(File(R"({"channel":"web","action":"view","key":"a"})")),
            DeadLetterReason::kMissingField);
  EXPECT_EQ(Reason(File(R"({"time":1,"channel":"web","action":"view","kind":"NOBODY","key":"a"})")),
            DeadLetterReason::kBadValue);
  EXPECT_EQ(Reason(File(R"({"time":-99999999999999,"channel":"web","action":"v","key":"a"})")),
            DeadLetterReason::kTimeOutOfRange);
}

TEST_F(IntakeTest, ATimeBeyondTheSkewIsInTheFuture) {
  const auto at = [](int64_t time) {
    return R"({"id":"i","time":)" + std::to_string(time) +
           R"(,"channel":"web","action":"view","key":"a"})";
  };
  const std::string edge = at(now_->ms + 600'000);
  const std::string beyond = at(now_->ms + 600'001);
  EXPECT_EQ(Reason(File(edge)), std::nullopt);
  EXPECT_EQ(Reason(File(beyond)), DeadLetterReason::kTimeInFuture);
  EXPECT_EQ(letter_.time, now_->ms + 600'001);
  EXPECT_EQ(intake_.last_time(), now_->ms + 600'001);
  now_.reset();
  EXPECT_EQ(Reason(File(beyond)), std::nullopt) << "no present time, no future";
}

TEST_F(IntakeTest, TooLargeARecordIsCutWithItsHash) {
  IntakeSettings settings;
  settings.limits.bytes_max = 64;
  Intake small(settings);
  const std::string large = std::string(kGood) + std::string(100, ' ');
  const RawRecord record = File(large);
  const auto refusal = small.Take(record, now_, arrival_);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, DeadLetterReason::kTooLarge);
  const model::DeadLetter letter = small.LetterOf(record, *refusal);
  EXPECT_TRUE(letter.truncated);
  EXPECT_EQ(letter.value->size(), 64U);
  EXPECT_EQ(letter.value_hash.size(), 32U);
}

TEST_F(IntakeTest, AMissingIdIsDerivedFromThePlace) {
  const std::string_view without = R"({"time":1,"channel":"web","action":"view","key":"a"})";
  EXPECT_EQ(Reason(File(without)), std::nullopt);
  EXPECT_TRUE(arrival_.id_derived);
  EXPECT_EQ(arrival_.interaction->id, "in.jsonl:0000000012");
  EXPECT_EQ(Reason(Keyed("a", without)), std::nullopt);
  EXPECT_EQ(arrival_.interaction->id, "input:00003:0000000000000000012");
  model::Interaction again;
  ASSERT_TRUE(codec::Decode(arrival_.bytes, again).ok());
  EXPECT_EQ(again.id, arrival_.interaction->id) << "the stored bytes have it too";
}

TEST_F(IntakeTest, JsonAndProtobufGiveTheSameBytes) {
  EXPECT_EQ(Reason(File(kGood)), std::nullopt);
  const std::string from_json(arrival_.bytes);
  EXPECT_EQ(Reason(Keyed("ann", from_json)), std::nullopt);
  EXPECT_EQ(arrival_.bytes, from_json);
  EXPECT_EQ(arrival_.profile_id, "ann");
}

TEST_F(IntakeTest, DecodedInteractionsAreCheckedToo) {
  model::Interaction row = test::At(0, "", "view");
  row.key = "ann";
  EXPECT_FALSE(intake_.TakeDecoded(File("raw"), row, std::nullopt, arrival_));
  EXPECT_EQ(arrival_.profile_id, "ann");
  EXPECT_EQ(arrival_.interaction->id, "in.jsonl:0000000012");
  row.action = {};
  EXPECT_EQ(intake_.TakeDecoded(File("raw"), row, std::nullopt, arrival_)->reason,
            DeadLetterReason::kMissingField);
}

}  // namespace
}  // namespace waymark::engine
