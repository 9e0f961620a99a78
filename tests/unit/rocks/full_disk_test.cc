#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "rocks/damage.h"
#include "unit/rocks/on_disk.h"

namespace waymark::rocks {
namespace {

namespace fs = std::filesystem;
using store::Family;

// A disk of 8 MiB; where nothing may be mounted, no file may grow beyond 64 KiB, which fails in the
// same places.
class FullDiskTest : public Folder {
 protected:
  void SetUp() override {
    mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=8m") == 0;
    Open();
  }
  ~FullDiskTest() override {
    store_.reset();
    MakeRoom();
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }

  void TakeRoom() {
    if (mounted_) {
      std::ofstream ballast(fs::path(folder_) / "ballast");
      const std::string block(64 << 10, 'x');
      while (ballast << block << std::flush) {
      }
      return;
    }
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit bound = before_;
    bound.rlim_cur = 64 << 10;
    limited_ = setrlimit(RLIMIT_FSIZE, &bound) == 0;
  }
  void MakeRoom() {
    if (limited_) setrlimit(RLIMIT_FSIZE, &before_);
    limited_ = false;
    std::error_code error;
    fs::remove(fs::path(folder_) / "ballast", error);
  }

  // The same number in two families, in one batch, with much beside it.
  base::Status WriteRound(int round) {
    store::Batch batch;
    for (int i = 0; i < 200; ++i) {
      batch.Put(Family::kProfiles, "p" + std::to_string(i),
                Noise(1000, static_cast<uint64_t>(round * 1000 + i)));
    }
    batch.Put(Family::kMeta, "round", std::to_string(round));
    batch.Put(Family::kTimers, "round", std::to_string(round));
    return store_->Write(batch);
  }
  void ExpectRound(int round) {
    EXPECT_EQ(*store_->Get(Family::kMeta, "round"), std::to_string(round));
    EXPECT_EQ(*store_->Get(Family::kTimers, "round"), std::to_string(round));
    EXPECT_EQ(*store_->Get(Family::kProfiles, "p7"),
              Noise(1000, static_cast<uint64_t>(round * 1000 + 7)));
  }

  bool mounted_ = false;
  bool limited_ = false;
  rlimit before_{};
};

TEST_F(FullDiskTest, AFailedFlushIsToldAndNothingIsTakenAfterIt) {
  ASSERT_TRUE(WriteRound(1).ok());
  ASSERT_TRUE(store_->Flush().ok());
  TakeRoom();
  ASSERT_TRUE(WriteRound(2).ok()) << "in memory";
  const base::Status status = store_->Flush();
  EXPECT_EQ(status.code(), base::StatusCode::kStore);
  EXPECT_NE(status.hint().find("disk"), std::string::npos) << status.text();
  EXPECT_FALSE(WriteRound(3).ok());
  EXPECT_FALSE(store_->Flush().ok());
  EXPECT_FALSE(store_->BackgroundFault().ok());
  EXPECT_FALSE(FindDamage(folder_)) << "a full disk is no damage";
}

TEST_F(FullDiskTest, WithRoomAgainItGoesOnFromTheLastFlush) {
  ASSERT_TRUE(WriteRound(1).ok());
  ASSERT_TRUE(store_->Flush().ok());
  TakeRoom();
  ASSERT_TRUE(WriteRound(2).ok());
  ASSERT_FALSE(store_->Flush().ok());
  store_.reset();
  MakeRoom();
  Open();
  ExpectRound(1);
  ASSERT_TRUE(WriteRound(4).ok());
  ASSERT_TRUE(store_->Flush().ok());
  ExpectRound(4);
}

TEST_F(FullDiskTest, AFullDiskIsNotOpened) {
  if (!mounted_) GTEST_SKIP() << "no disk of its own may be mounted";
  TakeRoom();
  const base::Status status = TryOpen();
  EXPECT_EQ(status.code(), base::StatusCode::kStore);
  EXPECT_NE(status.hint().find("is full"), std::string::npos) << status.text();
  MakeRoom();
  Open();
}

TEST_F(FullDiskTest, IngestingFailsWithoutDamage) {
  const std::string value = Noise(500'000, 1);
  ASSERT_TRUE(store_->Ingest(Family::kTimelines, {{"a", value}}).ok());
  TakeRoom();
  const base::Status status = store_->Ingest(Family::kTimelines, {{"a", "2"}, {"b", value}});
  EXPECT_EQ(status.code(), base::StatusCode::kStore) << status.text();
  EXPECT_FALSE(FindDamage(folder_));
  store_.reset();
  MakeRoom();
  Open();
  EXPECT_EQ(*store_->Get(Family::kTimelines, "a"), value);
  EXPECT_TRUE(store_->Ingest(Family::kTimelines, {{"b", value}}).ok());
}

}  // namespace
}  // namespace waymark::rocks
