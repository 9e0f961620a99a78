#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace waymark::generate {

// Which customer is next: a binary heap of small entries, whose top can be moved to a later time
// without being taken out. Ties go to the lower profile.
class EventQueue {
 public:
  struct Entry {
    int64_t time = 0;
    uint32_t profile = 0;
    uint32_t slot = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  bool empty() const { return heap_.empty(); }
  size_t size() const { return heap_.size(); }
  const Entry& top() const { return heap_.front(); }

  void Push(Entry entry) {
    size_t at = heap_.size();
    heap_.push_back(entry);
    for (; at > 0 && entry < heap_[(at - 1) / 2]; at = (at - 1) / 2)
      heap_[at] = heap_[(at - 1) / 2];
    heap_[at] = entry;
  }

  void MoveTop(int64_t time) {
    Entry entry = top();
    entry.time = time;
    Sink(entry);
  }

  void Pop() {
    const Entry last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) Sink(last);
  }

 private:
  // Puts `entry` in the place of the top and lets it sink.
  void Sink(Entry entry) {
    size_t at = 0;
    for (size_t child = 1; child < heap_.size(); child = 2 * at + 1) {
      if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
      if (!(heap_[child] < entry)) break;
      heap_[at] = heap_[child];
      at = child;
    }
    heap_[at] = entry;
  }

  std::vector<Entry> heap_;
};

}  // namespace waymark::generate
