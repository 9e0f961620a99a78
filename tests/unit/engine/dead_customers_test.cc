// Waves of customers that never come back, on a real disk.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "rocks/rocks_store.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::Minute;
using test::Send;

constexpr int kCustomers = 150;  // of a wave
constexpr int kInteractions = 20;
constexpr int kMinutesBetween = 600;

constexpr std::string_view kModel = R"(
family: purchase
model: simple
journey: {abandon_after: 1h}
stages: [{name: look, enter: {action: view}}]
)";

class DeadCustomersTest : public ::testing::Test {
 protected:
  DeadCustomersTest() {
    folder_ = (std::filesystem::temp_directory_path() /
               ("waymark-dead-customers-" + std::to_string(getpid()))).string();
    std::filesystem::remove_all(folder_);
    rocks::RocksSettings small;
    small.block_cache_bytes = 1 << 20;
    small.write_buffer_bytes = 4 << 20;
    auto opened = rocks::RocksStore::Open(folder_, small);
    EXPECT_TRUE(opened.ok());
    store_ = std::move(*opened);
    driver_ = std::make_unique<test::TaskDriver>(fold_, *store_, settings_);
    driver_->SetLoadBytesMax(16 << 20);
  }
  ~DeadCustomersTest() override {
    driver_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  static journey::FoldSettings FoldSettingsHere() {
    journey::FoldSettings settings;
    settings.profile_retention = std::chrono::hours(2);
    return settings;
  }
  // Then the store is as small as it gets.
  void DoWave(int wave) {
    for (int i = 0; i < kInteractions; ++i) {
      std::vector<test::Sent> batch;
      for (int c = 0; c < kCustomers; ++c) {
        const std::string id = std::to_string(i);
        const std::string name = std::to_string(c) + "-of-wave-" + std::to_string(wave);
        batch.push_back(Send(At(wave * kMinutesBetween + i, id, "view"), name));
      }
      driver_->Batch(batch);
    }
    driver_->Snapshots(true);
    driver_->Flush();
    driver_->FlushStore();
    ASSERT_TRUE(store_->Compact().ok());
  }
  int64_t CountStored() {
    int64_t profiles = 0;
    driver_->ForEachStored([&](const Profile&) { ++profiles; });
    return profiles;
  }

  journey::CompiledModels models_ = test::Compile({kModel});
  journey::Fold fold_{models_, FoldSettingsHere()};
  TaskSettings settings_{.timeline = {std::chrono::hours(24)}};
  std::string folder_;
  std::unique_ptr<rocks::RocksStore> store_;
  std::unique_ptr<test::TaskDriver> driver_;
};

TEST_F(DeadCustomersTest, NeitherDiskNorMemoryGrowWithThem) {
  constexpr int kSettled = 6;
  constexpr int kWaves = 20;
  uint64_t disk_settled = 0;
  size_t memory_settled = 0;
  for (int wave = 0; wave < kWaves; ++wave) {
    DoWave(wave);
    if (wave == kSettled) {
      disk_settled = store_->Usage().live_sst_bytes;
      memory_settled = driver_->task().cached_bytes();
    }
  }
  // A day and two hours are less than three waves.
  EXPECT_EQ(driver_->totals().profiles, 3 * kCustomers);
  EXPECT_EQ(driver_->totals().forgotten, (kWaves - 3) * kCustomers);
  EXPECT_EQ(CountStored(), 3 * kCustomers);
  EXPECT_EQ(driver_->output().journeys.size(), 3U * kCustomers);
  EXPECT_LT(store_->Usage().live_sst_bytes, disk_settled + disk_settled / 10);
  EXPECT_LT(driver_->task().cached_bytes(), memory_settled + memory_settled / 10);
  EXPECT_LE(driver_->task().timers_pending(), 3U * kCustomers);

  // The topics reach further back than the store did.
  driver_->MoveToBareMachine();
  EXPECT_EQ(CountStored(), 3 * kCustomers);
  DoWave(kWaves);
  EXPECT_EQ(driver_->totals().profiles, 3 * kCustomers);
  EXPECT_LT(store_->Usage().live_sst_bytes, disk_settled + disk_settled / 10);
}

}  // namespace
}  // namespace waymark::engine
