#include "journey/id_filter.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"
#include "base/hash.h"

namespace waymark::journey {
namespace {

constexpr size_t kFirstWords = 2;  // 128 bits: most profiles have few interactions
constexpr int kProbes = 7;

size_t WordsOf(size_t slice) { return kFirstWords << slice; }
// Later slices get more bits for each id, so that the sum of all slices' faults stays bounded.
size_t BitsPerId(size_t slice) { return std::min<size_t>(16 + 2 * slice, 28); }
size_t CapacityOf(size_t slice) { return WordsOf(slice) * 64 / BitsPerId(slice); }

// The slices that make up so many words: (2^n - 1) * kFirstWords.
size_t SlicesOf(size_t words) {
  size_t slices = 0;
  for (size_t total = 0; total < words; ++slices) total += WordsOf(slices);
  return slices;
}

// A block of at most eight words (a cache line), and bits inside it.
struct Probe {
  size_t first;
  size_t mask;
  uint64_t bits;

  Probe(uint64_t hash, size_t offset, size_t words) {
    const size_t block = words < 8 ? words : 8;
    first = offset + (static_cast<size_t>(hash >> 32) % (words / block)) * block;
    mask = block - 1;
    bits = base::Mix64(hash);
  }
  // Nine bits a probe: three for the word, six for the bit.
  size_t word(int i) const { return first + ((bits >> (i * 9)) & mask); }
  uint64_t bit(int i) const { return 1ULL << ((bits >> (i * 9 + 3)) & 63); }
};

}  // namespace

bool IdFilter::MaybeContains(uint64_t hash) const {
  for (size_t slice = 0, offset = 0; offset < words_.size(); offset += WordsOf(slice++)) {
    const Probe probe(hash, offset, WordsOf(slice));
    bool all = true;
    for (int i = 0; i < kProbes && all; ++i) all = (words_[probe.word(i)] & probe.bit(i)) != 0;
    if (all) return true;
  }
  return false;
}

void IdFilter::Insert(uint64_t hash) {
  size_t slices = SlicesOf(words_.size());
  if (slices == 0 || last_count_ >= CapacityOf(slices - 1)) {
    words_.resize(words_.size() + WordsOf(slices), 0);
    last_count_ = 0;
    ++slices;
  }
  const size_t words = WordsOf(slices - 1);
  const Probe probe(hash, words_.size() - words, words);
  for (int i = 0; i < kProbes; ++i) words_[probe.word(i)] |= probe.bit(i);
  ++last_count_;
}

bool IdFilter::HasRoomFor(int64_t ids) const {
  constexpr size_t kSmall = 30;  // words: not worth the making
  const size_t slices = SlicesOf(words_.size());
  size_t room = 0;
  for (size_t s = 0; s < slices; ++s) room += CapacityOf(s);
  return words_.size() > kSmall && room > static_cast<size_t>(std::max<int64_t>(ids, 0));
}

bool IdFilter::IsValid(size_t words, uint32_t last_count) {
  if (words == 0) return last_count == 0;
  const size_t slices = SlicesOf(words);
  size_t total = 0;
  for (size_t s = 0; s < slices; ++s) total += WordsOf(s);
  return total == words && last_count <= CapacityOf(slices - 1);
}

void IdFilter::Restore(std::vector<uint64_t> words, uint32_t last_count) {
  WAYMARK_CHECK(IsValid(words.size(), last_count), "a stored filter has whole slices");
  words_ = std::move(words);
  last_count_ = last_count;
}

}  // namespace waymark::journey
