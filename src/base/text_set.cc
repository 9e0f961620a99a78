#include "base/text_set.h"

#include <algorithm>
#include <new>

#include "base/check.h"

namespace waymark::base {
namespace {

size_t SizeBytes(size_t size) {
  size_t bytes = 1;
  for (; size >= 128; size >>= 7) ++bytes;
  return bytes;
}

char* WriteSize(size_t size, char* at) {
  for (; size >= 128; size >>= 7) *at++ = static_cast<char>(size | 128);
  *at++ = static_cast<char>(size);
  return at;
}

// A quarter more, and in whole steps, so that the block fills what the allocator gives.
uint32_t RoomFor(size_t bytes, size_t head) {
  constexpr size_t kStep = 32;
  const size_t wanted = head + bytes + bytes / 4;
  return static_cast<uint32_t>((wanted + kStep - 1) / kStep * kStep - head);
}

}  // namespace

TextSet::BlockPointer TextSet::MakeBlock(uint32_t capacity) {
  BlockPointer block(new (::operator new(sizeof(Block) + capacity)) Block);
  block->capacity = capacity;
  return block;
}

TextSet& TextSet::operator=(const TextSet& other) {
  if (this == &other) return *this;
  BlockPointer copy;
  if (!other.empty()) {
    copy = MakeBlock(other.block_->bytes);
    copy->count = other.block_->count;
    copy->bytes = other.block_->bytes;
    std::memcpy(copy->texts(), other.data(), other.bytes());
  }
  block_ = std::move(copy);
  return *this;
}

std::string_view TextSet::At(uint32_t place) const {
  WAYMARK_CHECK(place >= 1 && place <= size(), "the place is one of the set");
  return *std::next(begin(), place - 1);
}

bool TextSet::Insert(std::string_view text) {
  if (Contains(text)) return false;
  const char* behind = data();  // of the last text before it
  for (const std::string_view known : *this) {
    if (text < known) break;
    behind = known.data() + known.size();
  }
  PutAt(static_cast<size_t>(behind - data()), text);
  return true;
}

void TextSet::PutAt(size_t place, std::string_view text) {
  const size_t more = SizeBytes(text.size()) + text.size();
  const size_t needed = bytes() + more;
  const size_t tail = bytes() - place;
  if (block_ != nullptr && needed <= block_->capacity) {
    char* const at = block_->texts() + place;
    std::memmove(at + more, at, tail);
    std::memcpy(WriteSize(text.size(), at), text.data(), text.size());
  } else {
    BlockPointer grown = MakeBlock(RoomFor(needed, sizeof(Block)));
    grown->count = static_cast<uint32_t>(size());
    char* const at = std::copy_n(data(), place, grown->texts());
    char* const behind = std::copy_n(text.data(), text.size(), WriteSize(text.size(), at));
    std::copy_n(data() + place, tail, behind);
    block_ = std::move(grown);
  }
  block_->bytes = static_cast<uint32_t>(needed);
  ++block_->count;
}

}  // namespace waymark::base
