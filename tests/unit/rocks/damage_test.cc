#include "rocks/damage.h"

#include <fstream>
#include <thread>

#include "unit/rocks/on_disk.h"

namespace waymark::rocks {
namespace {

namespace fs = std::filesystem;
using store::Family;

void Flip(const fs::path& file, double at) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto place = static_cast<int64_t>(static_cast<double>(fs::file_size(file)) * at);
  bytes.seekg(place);
  const char was = static_cast<char>(bytes.get());
  bytes.seekp(place);
  bytes.put(static_cast<char>(was ^ 0x10));
}

class DamageTest : public Folder {
 protected:
  // One table of 256 KB in the profiles family.
  void Fill(uint64_t seed = 0) {
    for (uint64_t i = 0; i < 256; ++i) {
      ASSERT_TRUE(Put(Family::kProfiles, std::to_string(i), Noise(1000, seed + i)).ok());
    }
    ASSERT_TRUE(store_->Flush().ok());
  }
  void FillAndClose() {
    Open();
    Fill();
    store_.reset();
  }
  base::Status ReadAll() {
    return store_->Scan(Family::kProfiles, {}, {}, [](auto, auto) { return true; });
  }
  // The next start: finds the damage, and goes on with an empty store.
  void ExpectRebuilt() {
    store_.reset();
    EXPECT_TRUE(FindDamage(folder_));
    ASSERT_TRUE(EmptyFolder(folder_).ok());
    EXPECT_FALSE(FindDamage(folder_));
    Open();
    EXPECT_FALSE((*store_->Get(Family::kProfiles, "0")).has_value());
    Fill();
    EXPECT_TRUE(ReadAll().ok());
  }
};

TEST_F(DamageTest, ASoundFolderHasNone) {
  EXPECT_FALSE(FindDamage(folder_ + "/not-there"));
  EXPECT_FALSE(FindDamage(folder_));
  FillAndClose();
  EXPECT_FALSE(FindDamage(folder_));
}

TEST_F(DamageTest, FlippedBytesAreFoundByReads) {
  FillAndClose();
  Flip(TheFile("", ".sst"), 0.5);
  Open();
  EXPECT_FALSE(FindDamage(folder_));
  const base::Status status = ReadAll();
  EXPECT_EQ(status.code(), base::StatusCode::kStore) << status.text();
  EXPECT_NE(status.hint().find("start again"), std::string::npos) << status.text();
  ExpectRebuilt();
}

TEST_F(DamageTest, NoFlippedByteGoesUnnoticedByGet) {
  FillAndClose();
  Flip(TheFile("", ".sst"), 0.5);
  Open();
  int faults = 0;
  for (uint64_t i = 0; i < 256; ++i) {
    const auto row = store_->Get(Family::kProfiles, std::to_string(i));
    if (row.ok()) {
      EXPECT_EQ(*row, Noise(1000, i)) << i;
    }
    if (!row.ok()) ++faults;
  }
  EXPECT_GT(faults, 0);
  EXPECT_LT(faults, 64) << "a block";
  ExpectRebuilt();
}

TEST_F(DamageTest, FlippedBytesAreFoundByMergesInTheBackground) {
  Open();
  for (uint64_t i = 0; i < 3; ++i) Fill(i);
  store_.reset();
  Flip(TheFile("", ".sst"), 0.5);
  Open();
  // The fourth table makes RocksDB merge, which may meet the damage before all of it is written.
  for (uint64_t i = 0; i < 256; ++i) {
    if (!Put(Family::kProfiles, std::to_string(i), Noise(1000, 3 + i)).ok()) break;
  }
  [[maybe_unused]] const base::Status flushed = store_->Flush();
  for (int i = 0; i < 500 && store_->BackgroundFault().ok(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(store_->BackgroundFault().code(), base::StatusCode::kStore);
  EXPECT_FALSE(Put(Family::kTimers, "a", "").ok()) << "no write is taken any more";
  EXPECT_FALSE(store_->Ingest(Family::kTimelines, {{"a", "1"}}).ok());
  EXPECT_FALSE(store_->Flush().ok());
  ExpectRebuilt();
}

TEST_F(DamageTest, ATruncatedTableIsFoundOnOpening) {
  FillAndClose();
  const fs::path table = TheFile("", ".sst");
  fs::resize_file(table, fs::file_size(table) / 2);
  EXPECT_FALSE(TryOpen().ok());
  ExpectRebuilt();
}

TEST_F(DamageTest, AMissingTableIsFoundOnOpening) {
  FillAndClose();
  fs::remove(TheFile("", ".sst"));
  EXPECT_FALSE(TryOpen().ok());
  ExpectRebuilt();
}

TEST_F(DamageTest, DamagedIndexesAreFoundOnOpening) {
  FillAndClose();
  Flip(TheFile("", ".sst"), 0.999);
  base::Status status = TryOpen();
  if (status.ok()) status = ReadAll();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.hint().find("another process"), std::string::npos) << status.text();
  ExpectRebuilt();
}

TEST_F(DamageTest, ADamagedListOfFilesIsFoundOnOpening) {
  FillAndClose();
  Flip(TheFile("MANIFEST-", ""), 0.5);
  EXPECT_FALSE(TryOpen().ok());
  ExpectRebuilt();
}

TEST_F(DamageTest, AMissingListOfFilesIsFoundOnOpening) {
  FillAndClose();
  fs::remove(TheFile("MANIFEST-", ""));
  EXPECT_FALSE(TryOpen().ok());
  ExpectRebuilt();
}

TEST_F(DamageTest, WithoutCurrentAFolderWithTablesIsNoNewOne) {
  FillAndClose();
  fs::remove(fs::path(folder_) / "CURRENT");
  ExpectRebuilt();
}

TEST_F(DamageTest, AReaderLeavesNoNote) {
  FillAndClose();
  Flip(TheFile("", ".sst"), 0.5);
  RocksSettings settings = Small();
  settings.read_only = true;
  {
    auto reader = RocksStore::Open(folder_, settings);
    ASSERT_TRUE(reader.ok());
    const auto status =
        (*reader)->Scan(Family::kProfiles, {}, {}, [](auto, auto) { return true; });
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.hint().find("remove the state folder"), std::string::npos);
  }
  EXPECT_FALSE(FindDamage(folder_));
}

TEST_F(DamageTest, AFolderInUseIsNotEmptied) {
  Open();
  Fill();
  EXPECT_FALSE(EmptyFolder(folder_).ok());
  EXPECT_TRUE(ReadAll().ok());
}

TEST_F(DamageTest, EmptyingLeavesTheFilesOfOthers) {
  FillAndClose();
  const fs::path other = fs::path(folder_) / "notes.txt";
  std::ofstream(other) << "mine";
  ASSERT_TRUE(EmptyFolder(folder_).ok());
  EXPECT_TRUE(fs::exists(other));
}

TEST_F(DamageTest, EraseAllForgetsEveryRowForGood) {
  Open();
  Fill();
  ASSERT_TRUE(Put(Family::kMeta, "not flushed", "").ok());
  ASSERT_TRUE(store_->EraseAll().ok());
  ASSERT_TRUE(Put(Family::kTimers, "new", "").ok());
  ASSERT_TRUE(store_->Flush().ok());
  Open();
  EXPECT_FALSE((*store_->Get(Family::kProfiles, "0")).has_value());
  EXPECT_FALSE((*store_->Get(Family::kMeta, "not flushed")).has_value());
  EXPECT_TRUE((*store_->Get(Family::kTimers, "new")).has_value());
}

}  // namespace
}  // namespace waymark::rocks
