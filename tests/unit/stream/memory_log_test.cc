#include "stream/memory_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::stream {
namespace {

using base::Offset;
using base::Partition;
using testing::ElementsAre;

class MemoryLogTest : public testing::Test {
 protected:
  void Append(std::string_view value, const LogTransactionPtr& transaction = nullptr) {
    log_.Append({"t", Partition(0), "k", value, {}, {7}}, transaction);
  }
  void End(const LogTransactionPtr& transaction, LogTransaction::State state) {
    transaction->state = state;
    log_.AppendMarker(transaction);
  }
  std::vector<std::string> Read(int64_t from, int64_t until, size_t limit = 100) {
    std::vector<StoredRecordPtr> records;
    position_ = log_.Read(Offset(from), Offset(until), limit, records);
    std::vector<std::string> values;
    for (const StoredRecordPtr& record : records) values.push_back(*record->value);
    return values;
  }
  MemoryLog log_;
  Offset position_;
};

TEST_F(MemoryLogTest, TheFirstOpenTransactionHidesWhatFollows) {
  const auto first = std::make_shared<LogTransaction>();
  const auto second = std::make_shared<LogTransaction>();
  Append("a");
  Append("b", first);
  Append("c", second);
  End(second, LogTransaction::State::kCommitted);
  EXPECT_EQ(log_.stable_end(), Offset(1));
  EXPECT_EQ(log_.end(), Offset(4));
  EXPECT_THAT(Read(0, 100), ElementsAre("a"));
  End(first, LogTransaction::State::kAborted);
  EXPECT_EQ(log_.stable_end(), Offset(5));
  EXPECT_THAT(Read(0, 100), ElementsAre("a", "c"));
  EXPECT_EQ(position_, Offset(5));
}

TEST_F(MemoryLogTest, ReadingStopsAtItsLimits) {
  for (const char* value : {"a", "b", "c", "d"}) Append(value);
  EXPECT_THAT(Read(1, 100, 2), ElementsAre("b", "c"));
  EXPECT_EQ(position_, Offset(3));
  EXPECT_THAT(Read(1, 2), ElementsAre("b"));
  EXPECT_EQ(position_, Offset(2));
}

TEST_F(MemoryLogTest, TrimmingKeepsOffsetsAndOpenTransactions) {
  for (const char* value : {"a", "b", "c"}) Append(value);
  log_.Trim(2);
  EXPECT_EQ(log_.begin(), Offset(1));
  EXPECT_THAT(Read(0, 100), ElementsAre("b", "c"));
  const auto open = std::make_shared<LogTransaction>();
  Append("d", open);
  log_.Trim(0);
  EXPECT_EQ(log_.begin(), Offset(3));
  End(open, LogTransaction::State::kCommitted);
  EXPECT_THAT(Read(0, 100), ElementsAre("d"));
}

}  // namespace
}  // namespace waymark::stream
