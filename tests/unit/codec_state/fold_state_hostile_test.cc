// Bytes from a damaged disk or a tampered topic: refused or read, never a crash, and never memory
// beyond a small multiple of their size.
#include <gtest/gtest.h>

#include <random>

#include "codec/compact.h"
#include "unit/codec_state/allocation_count.h"
#include "unit/codec_state/states.h"

namespace waymark::codec {
namespace {

class HostileStateTest : public ::testing::Test {
 protected:
  // Decodes; what it takes is bounded, and what is taken for a state can be written again.
  bool Decode(std::string_view bytes) {
    journey::State state;
    StartCounting();
    const base::Status status = DecodeState(bytes, models_, state);
    EXPECT_LE(StopCounting(), 4096 + 600 * bytes.size());
    if (!status.ok()) {
      EXPECT_EQ(status.code(), base::StatusCode::kInvalid);
      return false;
    }
    EXPECT_EQ(state.families.size(), models_.families().size());
    BytesOf(state);
    return true;
  }

  journey::CompiledModels models_ = StateModels();
  std::mt19937_64 random_{7};
};

TEST_F(HostileStateTest, EveryCutIsRefused) {
  const std::string bytes = BytesOf(RichState(models_, 20));
  ASSERT_TRUE(Decode(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Decode(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(Decode(bytes + '\0')) << "bytes left over";
}

TEST_F(HostileStateTest, OtherVersionsAreRefused) {
  std::string bytes = BytesOf(RichState(models_, 3));
  for (int version = 0; version < 256; ++version) {
    bytes[0] = static_cast<char>(version);
    if (version >= kStateFormatOldest && version < kStateFormatNewest) continue;
    EXPECT_EQ(Decode(bytes), version == kStateFormatNewest) << version;
  }
}

class HostileCustomerTest : public HostileStateTest {
 protected:
  HostileCustomerTest() { models_ = CustomerModels(); }
};

TEST_F(HostileCustomerTest, EveryCutIsRefused) {
  const std::string bytes = BytesOf(RichState(models_, 20));
  ASSERT_TRUE(Decode(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Decode(std::string_view(bytes).substr(0, size))) << size;
  }
}

// What is taken for a state can be gone on with, too.
TEST_F(HostileCustomerTest, MutationsNeverCrash) {
  const std::string original = BytesOf(RichState(models_, 20));
  const journey::Fold fold(models_, {});
  journey::Effects effects;
  for (int round = 0; round < 30'000; ++round) {
    std::string bytes = original;
    for (uint64_t changes = 1 + random_() % 4; changes > 0; --changes) {
      bytes[random_() % bytes.size()] = static_cast<char>(random_());
    }
    if (!Decode(bytes)) continue;
    journey::State state;
    ASSERT_TRUE(DecodeState(bytes, models_, state).ok());
    effects.Clear();
    fold.TakeOver(state);
    fold.AdvanceTo(state, {1'900'000'000'000}, effects);
  }
}

TEST_F(HostileStateTest, MutationsNeverCrash) {
  const std::string original = BytesOf(RichState(models_, 30));
  for (int round = 0; round < 30'000; ++round) {
    std::string bytes = original;
    for (uint64_t changes = 1 + random_() % 4; changes > 0; --changes) {
      bytes[random_() % bytes.size()] = static_cast<char>(random_());
    }
    if (random_() % 8 == 0) bytes.erase(random_() % bytes.size(), 1 + random_() % 8);
    if (random_() % 8 == 0) bytes.insert(random_() % bytes.size(), 1 + random_() % 8, '\xff');
    Decode(bytes);
  }
}

TEST_F(HostileStateTest, NoiseNeverCrashes) {
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random_() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    if (!bytes.empty()) bytes[0] = 1;
    Decode(bytes);
  }
}

// A count says how many elements follow; that many bytes being there is not enough for runs, which
// take hundreds of bytes of memory each.
TEST_F(HostileStateTest, AHugeCountOfRunsCostsLittle) {
  const std::string empty = BytesOf(journey::Fold(models_, {}).Initial("ann"));
  // The last bytes of an empty state: no family, and next_due.
  const std::string head = empty.substr(0, empty.size() - 11);
  std::string bytes = head;
  CompactWriter out(bytes);
  out.Unsigned(1);
  out.Text("purchase");
  out.Unsigned(1'000'000);
  out.Finish();
  bytes.append(1'000'000, '\0');
  journey::State state;
  StartCounting();
  EXPECT_FALSE(DecodeState(bytes, models_, state).ok());
  EXPECT_LT(StopCounting(), 100'000U);
}

}  // namespace
}  // namespace waymark::codec
