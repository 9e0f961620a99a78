#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace waymark::base {

// Room for bytes that live equally long: taken piece by piece, given back all at once.
class Arena {
 public:
  explicit Arena(size_t block_size = 64 * 1024) : block_size_(block_size) {}

  // A copy that lives until Clear().
  std::string_view Copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* to = Take(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }
  char* Take(size_t size) {
    if (size > left_) Grow(size);
    char* taken = next_;
    next_ += size;
    left_ -= size;
    used_ += size;
    return taken;
  }
  // Frees everything; the first block is kept for the next use.
  void Clear() {
    if (blocks_.size() > 1) blocks_.resize(1);
    next_ = blocks_.empty() ? nullptr : blocks_[0].bytes.get();
    left_ = blocks_.empty() ? 0 : blocks_[0].size;
    used_ = 0;
  }
  size_t used() const { return used_; }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  void Grow(size_t size) {
    const size_t block = size > block_size_ ? size : block_size_;
    blocks_.push_back({std::unique_ptr<char[]>(new char[block]), block});
    next_ = blocks_.back().bytes.get();
    left_ = block;
  }

  size_t block_size_;
  std::vector<Block> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
};

}  // namespace waymark::base
