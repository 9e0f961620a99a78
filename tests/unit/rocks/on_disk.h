#pragma once

// A store in a folder of its own, that comes and goes while the folder stays.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "rocks/rocks_store.h"

namespace waymark::rocks {

inline RocksSettings Small() {
  RocksSettings settings;
  settings.block_cache_bytes = 1 << 20;
  settings.write_buffer_bytes = 4 << 20;
  return settings;
}

// Bytes that do not compress, so that files have the size of what they hold.
inline std::string Noise(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

class Folder : public ::testing::Test {
 protected:
  Folder() {
    static int number = 0;
    folder_ = (std::filesystem::temp_directory_path() /
               ("waymark-folder-" + std::to_string(getpid()) + "-" + std::to_string(++number)))
                  .string();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~Folder() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  base::Status TryOpen() {
    store_.reset();
    auto opened = RocksStore::Open(folder_, Small());
    if (opened.ok()) store_ = std::move(*opened);
    return opened.status();
  }
  void Open() {
    const base::Status status = TryOpen();
    ASSERT_TRUE(status.ok()) << status.text();
  }
  base::Status Put(store::Family family, const std::string& key, std::string_view value) {
    store::Batch batch;
    batch.Put(family, key, value);
    return store_->Write(batch);
  }
  std::filesystem::path TheFile(const std::string& beginning, const std::string& end) const {
    std::filesystem::path found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(beginning) && name.ends_with(end)) found = entry.path();
    }
    EXPECT_FALSE(found.empty()) << beginning << "…" << end;
    return found;
  }

  std::string folder_;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace waymark::rocks
