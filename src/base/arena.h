#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
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
  // Room for so many values, none of them set yet.
  template <class T>
    requires std::is_trivially_destructible_v<T>
  std::span<T> TakeArray(size_t count) {
    if (count == 0) return {};
    void* at = Take(count * sizeof(T) + alignof(T));
    size_t room = count * sizeof(T) + alignof(T);
    at = std::align(alignof(T), count * sizeof(T), at, room);
    T* const first = static_cast<T*>(at);
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  // Gives everything back. Blocks are kept for the next use, but no more than twice as many as
  // this one took: what is freed to the system and taken again costs more than what lies in it.
  void Clear() {
    const size_t kept_max = blocks_.empty() ? 0 : 2 * (current_ + 1);
    if (blocks_.size() > kept_max) blocks_.resize(kept_max);
    Use(0);
    used_ = 0;
  }
  // As Clear(), but the blocks that were used are for the other one.
  void ClearTo(Arena& other) {
    if (!blocks_.empty()) blocks_.resize(current_ + 1);
    std::move(blocks_.begin(), blocks_.end(), std::back_inserter(other.blocks_));
    blocks_.clear();
    Use(0);
    used_ = 0;
  }
  size_t used() const { return used_; }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  void Grow(size_t size) {
    const size_t next = next_ == nullptr ? 0 : current_ + 1;
    if (next == blocks_.size() || blocks_[next].size < size) {
      const size_t block = std::max(size, block_size_);
      blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(next),
                     {std::unique_ptr<char[]>(new char[block]), block});
    }
    Use(next);
  }
  void Use(size_t block) {
    current_ = block;
    next_ = block < blocks_.size() ? blocks_[block].bytes.get() : nullptr;
    left_ = block < blocks_.size() ? blocks_[block].size : 0;
  }

  size_t block_size_;
  std::vector<Block> blocks_;  // those behind the current one are empty
  size_t current_ = 0;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
};

}  // namespace waymark::base
