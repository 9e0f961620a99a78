#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "meter.h"
#include "rocks/rocks_store.h"

namespace waymark::path {

// A store on disk in a folder of its own, which goes with it.
class ScratchStore {
 public:
  ScratchStore()
      : folder_(std::filesystem::temp_directory_path() /
                ("waymark-bench-path-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    auto opened = rocks::RocksStore::Open(folder_.string(), rocks::RocksSettings{});
    Must(opened.status());
    store_ = std::move(*opened);
  }
  ~ScratchStore() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  ScratchStore(const ScratchStore&) = delete;
  ScratchStore& operator=(const ScratchStore&) = delete;

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_.get(); }

 private:
  const std::filesystem::path folder_;
  std::unique_ptr<rocks::RocksStore> store_;
};

}  // namespace waymark::path
