#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waymark::journey {

// Which interaction ids a profile has had: "certainly not" or "maybe". A scalable Bloom filter
// (P. Almeida et al. 2007) of 512-bit blocks (F. Putze et al. 2007): two to six bytes an id beyond
// the first few; below three false "maybe" in a thousand, whatever the number of ids.
class IdFilter {
 public:
  bool MaybeContains(uint64_t hash) const;
  void Insert(uint64_t hash);

  // True: it is made for more than this many ids, beyond what the least filter takes.
  bool HasRoomFor(int64_t ids) const;

  // The stored form: the words of all slices, and how many ids the last slice holds.
  const std::vector<uint64_t>& words() const { return words_; }
  uint32_t last_count() const { return last_count_; }
  static bool IsValid(size_t words, uint32_t last_count);
  void Restore(std::vector<uint64_t> words, uint32_t last_count);

 private:
  // Slice s has 2^s times the blocks of the first, so the words say how many slices there are.
  std::vector<uint64_t> words_;
  uint32_t last_count_ = 0;
};

}  // namespace waymark::journey
