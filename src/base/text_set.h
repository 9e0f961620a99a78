#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace waymark::base {

// Few distinct texts in ascending order, back to back in one block: a third of the memory of a
// vector of strings, and found with one look at memory. Takes eight bytes while empty.
class TextSet {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    explicit Iterator(const char* at) : at_(at) {}
    std::string_view operator*() const {
      uint32_t size = 0;
      const char* const text = ReadSize(at_, size);
      return {text, size};
    }
    Iterator& operator++() {
      const std::string_view text = **this;
      at_ = text.data() + text.size();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const char* at_ = nullptr;
  };

  using value_type = std::string_view;
  using const_iterator = Iterator;
  using iterator = Iterator;

  TextSet() = default;
  TextSet(const TextSet& other) { *this = other; }
  TextSet(TextSet&&) noexcept = default;
  TextSet& operator=(const TextSet& other);
  TextSet& operator=(TextSet&&) noexcept = default;
  ~TextSet() = default;

  size_t size() const { return block_ == nullptr ? 0 : block_->count; }
  bool empty() const { return size() == 0; }
  Iterator begin() const { return Iterator(data()); }
  Iterator end() const { return Iterator(data() + bytes()); }

  // Its place in the order, from 1; 0 where it is not in.
  uint32_t PlaceOf(std::string_view text) const;
  bool Contains(std::string_view text) const { return PlaceOf(text) != 0; }
  // By its place, from 1 to size().
  std::string_view At(uint32_t place) const;
  // One that comes behind all that are in, as they were read from this order.
  void Append(std::string_view text) { PutAt(bytes(), text); }
  // False: it was in already.
  bool Insert(std::string_view text);
  void clear() { block_.reset(); }

  // Of the memory that is looked at.
  const void* memory() const { return block_.get(); }
  size_t memory_bytes() const { return block_ == nullptr ? 0 : sizeof(Block) + block_->capacity; }

  friend bool operator==(const TextSet& a, const TextSet& b) {
    return std::string_view(a.data(), a.bytes()) == std::string_view(b.data(), b.bytes());
  }

 private:
  // The texts follow, each behind its size as a varint.
  struct Block {
    uint32_t count = 0;
    uint32_t bytes = 0;
    uint32_t capacity = 0;
    char* texts() { return reinterpret_cast<char*>(this + 1); }
    const char* texts() const { return reinterpret_cast<const char*>(this + 1); }
  };
  struct Free {
    void operator()(Block* block) const { ::operator delete(block); }
  };
  using BlockPointer = std::unique_ptr<Block, Free>;

  void PutAt(size_t place, std::string_view text);
  static BlockPointer MakeBlock(uint32_t capacity);
  static const char* ReadSize(const char* at, uint32_t& size) {
    size = static_cast<uint8_t>(*at++);
    if (size < 128) return at;
    size &= 127;
    for (int shift = 7;; shift += 7) {
      const auto part = static_cast<uint8_t>(*at++);
      size |= static_cast<uint32_t>(part & 127) << shift;
      if (part < 128) return at;
    }
  }
  const char* data() const { return block_ == nullptr ? nullptr : block_->texts(); }
  size_t bytes() const { return block_ == nullptr ? 0 : block_->bytes; }

  BlockPointer block_;
};

inline uint32_t TextSet::PlaceOf(std::string_view text) const {
  const char* at = data();
  const char* const end = at + bytes();
  for (uint32_t place = 1; at != end; ++place) {
    uint32_t size = 0;
    at = ReadSize(at, size);
    if (size == text.size() && std::memcmp(at, text.data(), size) == 0) return place;
    at += size;
  }
  return 0;
}

}  // namespace waymark::base
