#include "rocks/rocks_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "unit/store/contract.h"

namespace waymark::rocks {
namespace {

namespace fs = std::filesystem;
using store::Family;

RocksSettings Small() {
  RocksSettings settings;
  settings.block_cache_bytes = 1 << 20;
  settings.write_buffer_bytes = 4 << 20;
  return settings;
}

class OnDisk : public ::testing::Test {
 protected:
  OnDisk() {
    static int number = 0;
    root_ = fs::temp_directory_path() /
            ("waymark-rocks-" + std::to_string(getpid()) + "-" + std::to_string(++number));
    fs::remove_all(root_);
    fs::create_directories(root_);
    Open("state");
  }
  ~OnDisk() override {
    store_.reset();
    fs::remove_all(root_);
  }

  void Open(const std::string& name) {
    store_.reset();
    folder_ = (root_ / name).string();
    auto opened = RocksStore::Open(folder_, Small());
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    store_ = std::move(*opened);
  }
  store::Store& store() { return *store_; }
  // What a stopped machine leaves is the files as they are now: an orderly close would flush.
  void Crash() {
    fs::copy(folder_, root_ / "after-crash", fs::copy_options::recursive);
    Open("after-crash");
  }

  fs::path root_;
  std::string folder_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace
}  // namespace waymark::rocks

namespace waymark::store {
INSTANTIATE_TYPED_TEST_SUITE_P(Rocks, StoreContract, rocks::OnDisk);
}  // namespace waymark::store

namespace waymark::rocks {
namespace {

class RocksStoreTest : public OnDisk {
 protected:
  void Put(std::string_view key, std::string_view value) {
    store::Batch batch;
    batch.Put(Family::kProfiles, key, value);
    ASSERT_TRUE(store().Write(batch).ok());
  }
};

TEST_F(RocksStoreTest, WhatWasFlushedIsThereAfterReopening) {
  Put("a", "1");
  ASSERT_TRUE(store().Flush().ok());
  Open("state");
  EXPECT_EQ(*store().Get(Family::kProfiles, "a"), "1");
}

bool IsOdd(std::string_view key) { return (key.back() - '0') % 2 == 1; }

class ExpiredRowsTest : public OnDisk {
 protected:
  void Ingest(std::initializer_list<store::Row> rows) {
    ASSERT_TRUE(store().Ingest(Family::kTimelines, rows).ok());
  }
  std::string Keys(Family family = Family::kTimelines) {
    std::string keys;
    EXPECT_TRUE(store().Scan(family, {}, {}, [&](std::string_view key, auto) {
      keys.append(key).push_back(' ');
      return true;
    }).ok());
    return keys;
  }
};

TEST_F(ExpiredRowsTest, GoWhenTheirFilesAreRewrittenAfterAFlush) {
  Ingest({{"a1", "x"}, {"a2", "x"}, {"b1", "x"}, {"b2", "x"}});
  store::Batch batch;
  batch.Put(Family::kProfiles, "a1", "x");
  batch.Put(Family::kFolds, "a1", "x");
  ASSERT_TRUE(store().Write(batch).ok());
  ASSERT_TRUE(store().Flush().ok());
  store().SetExpired("a", IsOdd);
  ASSERT_TRUE(store_->Compact().ok());
  EXPECT_EQ(Keys(), "a1 a2 b1 b2 ") << "what replaces them is not durable yet";
  ASSERT_TRUE(store().Flush().ok());
  ASSERT_TRUE(store_->Compact().ok());
  EXPECT_EQ(Keys(), "a2 b1 b2 ");
  EXPECT_EQ(Keys(Family::kFolds), "");
  EXPECT_EQ(Keys(Family::kProfiles), "a1 ");
}

TEST_F(ExpiredRowsTest, StayWhereTheTestIsTakenBack) {
  store().SetExpired("a", IsOdd);
  store().SetExpired("b", IsOdd);
  ASSERT_TRUE(store().Flush().ok());
  store().SetExpired("a", {});
  Ingest({{"a1", "x"}, {"b1", "x"}});
  ASSERT_TRUE(store_->Compact().ok());
  EXPECT_EQ(Keys(), "a1 ");
  Ingest({{"b1", "x"}});
  Open("state");
  ASSERT_TRUE(store_->Compact().ok());
  EXPECT_EQ(Keys(), "a1 b1 ") << "a store that is opened knows of none";
}

// What is written lies elsewhere, so that nothing else would make RocksDB look at them.
TEST_F(ExpiredRowsTest, GoInTimeThoughNobodyRewritesTheirFiles) {
  store_.reset();
  RocksSettings settings = Small();
  settings.rewrite_after = std::chrono::seconds(1);
  auto opened = RocksStore::Open(folder_, settings);
  ASSERT_TRUE(opened.ok());
  store_ = std::move(*opened);
  Ingest({{"a1", "x"}, {"a2", "x"}});
  store().SetExpired("a", IsOdd);
  ASSERT_TRUE(store().Flush().ok());
  const auto is_there = [&](std::string_view key) {
    return store().Get(Family::kTimelines, key)->has_value();
  };
  for (int i = 0; is_there("a1") && i < 300; ++i) {
    const std::string key = "c" + std::to_string(i);
    Ingest({{key, "x"}});
    usleep(100'000);
  }
  EXPECT_FALSE(is_there("a1"));
  EXPECT_TRUE(is_there("a2"));
}

TEST_F(RocksStoreTest, AFolderInUseIsRefusedWithAHint) {
  const auto second = RocksStore::Open(folder_, Small());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), base::StatusCode::kStore);
  EXPECT_NE(second.status().hint().find("another process has it open"), std::string::npos)
      << second.status().text();
}

TEST_F(RocksStoreTest, AReaderMayOpenAFolderInUse) {
  Put("a", "1");
  ASSERT_TRUE(store().Flush().ok());
  RocksSettings settings = Small();
  settings.read_only = true;
  auto reader = RocksStore::Open(folder_, settings);
  ASSERT_TRUE(reader.ok()) << reader.status().text();
  EXPECT_EQ(*(*reader)->Get(Family::kProfiles, "a"), "1");
}

TEST_F(RocksStoreTest, AFolderThatCannotBeMadeIsRefusedWithAHint) {
  const fs::path file = root_ / "file";
  std::ofstream(file) << "in the way";
  const auto refused = RocksStore::Open((file / "state").string(), Small());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), base::StatusCode::kStore);
  EXPECT_NE(refused.status().message().find(file.string()), std::string::npos);
  EXPECT_NE(refused.status().hint().find("state.directory"), std::string::npos);
}

TEST_F(RocksStoreTest, AFolderWithoutWritePermissionIsRefusedWithAHint) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const fs::path closed = root_ / "closed";
  fs::create_directories(closed);
  fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec);
  const auto refused = RocksStore::Open(closed.string(), Small());
  fs::permissions(closed, fs::perms::owner_all);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().hint().find("writable"), std::string::npos);
}

TEST_F(RocksStoreTest, ADamagedFolderIsRefused) {
  Put("a", "1");
  ASSERT_TRUE(store().Flush().ok());
  store_.reset();
  std::ofstream(fs::path(folder_) / "CURRENT", std::ios::trunc) << "MANIFEST-does-not-exist\n";
  const auto refused = RocksStore::Open(folder_, Small());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), base::StatusCode::kStore);
  EXPECT_FALSE(refused.status().hint().empty()) << refused.status().text();
}

TEST_F(RocksStoreTest, FilesLeftByABrokenIngestAreRemoved) {
  store_.reset();
  const fs::path left = fs::path(folder_) / "ingest" / "0.sst";
  std::ofstream(left) << "half";
  Open("state");
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(store().Ingest(Family::kTimelines, {{"a", "1"}}).ok());
}

TEST_F(RocksStoreTest, UsageCountsWhatIsWritten) {
  for (int i = 0; i < 100; ++i) Put(std::to_string(i), std::string(1000, 'x'));
  EXPECT_GT(store_->Usage().memtable_bytes, 100'000U);
  ASSERT_TRUE(store().Flush().ok());
  EXPECT_GT(store_->Usage().live_sst_bytes, 0U);
  EXPECT_EQ(store_->Usage().background_errors, 0U);
}

// What RocksDB says it was opened with.
std::string OptionsFile(const std::string& folder) {
  std::string newest;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().string();
    if (entry.path().filename().string().starts_with("OPTIONS-")) newest = std::max(newest, name);
  }
  std::ifstream file(newest);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(RocksStoreTest, RawOptionsOfTheDatabaseAndOfFamiliesReachIt) {
  store_.reset();
  RocksSettings settings;
  settings.raw = {{"max_open_files", "77"},
                  {"target_file_size_base", "1234567"},
                  {"block_based_table_factory", "{block_size=8192}"}};
  auto opened = RocksStore::Open(folder_ + "/raw", settings);
  ASSERT_TRUE(opened.ok()) << opened.status().text();
  const std::string options = OptionsFile(folder_ + "/raw");
  EXPECT_NE(options.find("max_open_files=77"), std::string::npos) << options;
  size_t families = 0;
  for (size_t at = 0; (at = options.find("target_file_size_base=1234567", at)) != options.npos;
       ++at) {
    ++families;
  }
  EXPECT_EQ(families, store::kFamilies);
  EXPECT_NE(options.find("block_size=8192"), std::string::npos) << options;
  EXPECT_NE(options.find("filter_policy=bloomfilter"), std::string::npos)
      << "what was not named stays: " << options;
}

TEST_F(RocksStoreTest, RawOptionsThatCannotBeAreRefusedByName) {
  const auto refusal = [&](const std::string& name, const std::string& value) {
    RocksSettings settings;
    settings.raw = {{name, value}};
    const base::Status status = RocksStore::Open(folder_ + "/raw", settings).status();
    EXPECT_EQ(status.code(), base::StatusCode::kConfig) << name;
    EXPECT_EQ(CheckOptions(settings.raw).message(), status.message()) << name;
    return status.message();
  };
  EXPECT_TRUE(refusal("no_such_option", "1").starts_with("rocksdb.no_such_option: "));
  EXPECT_TRUE(refusal("max_open_files", "many").starts_with("rocksdb.max_open_files: "));
  EXPECT_TRUE(refusal("write_buffer_size", "").starts_with("rocksdb.write_buffer_size: "));
  EXPECT_NE(refusal("atomic_flush", "false").find("set by waymark itself"), std::string::npos);
  EXPECT_TRUE(CheckOptions({}).ok());
}

TEST_F(RocksStoreTest, UsageCountsBytesFilesAndBlocks) {
  const std::string value(1000, 'x');
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) Put(std::to_string(i), value);
    ASSERT_TRUE(store().Flush().ok());
  }
  RocksUsage usage = store_->Usage();
  EXPECT_GT(usage.bytes_written, 200'000U);
  EXPECT_EQ(usage.l0_files, 2U);
  EXPECT_FALSE(usage.write_stalled);
  EXPECT_EQ(usage.stall_micros, 0U);
  EXPECT_EQ(usage.bytes_read, 0U);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(store().Get(Family::kProfiles, std::to_string(i)).ok());
  }
  const std::vector<std::string_view> keys = {"1", "2"};
  ASSERT_TRUE(store().MultiGet(Family::kProfiles, keys).ok());
  usage = store_->Usage();
  EXPECT_EQ(usage.bytes_read, 102'000U);
  EXPECT_GT(usage.block_cache_misses, 0U);
  EXPECT_GT(usage.block_cache_hits, usage.block_cache_misses);
  ASSERT_TRUE(store_->Compact().ok());
  usage = store_->Usage();
  EXPECT_GT(usage.compaction_bytes_read, 0U);
  EXPECT_GT(usage.compaction_bytes_written, 0U);
  EXPECT_EQ(usage.l0_files, 0U);
}

TEST_F(RocksStoreTest, UsageKnowsHowManyRowsThereAre) {
  for (int i = 0; i < 100; ++i) Put(std::to_string(i), "value");
  size_t known = 0;
  for (const uint64_t keys : store_->Usage().estimated_keys) known += keys;
  EXPECT_EQ(known, 100U);
}

}  // namespace
}  // namespace waymark::rocks
