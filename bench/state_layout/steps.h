// What the measurements work on: steps of skewed customers with realistic bytes, the order that
// timelines are stored in, and two ways to sort: a bounded buffer and an external sort over it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace waymark::bench {

inline constexpr uint32_t kPartitions = 16;
inline constexpr uint32_t kProfiles = 200'000;
inline constexpr double kSkew = 0.6;
inline constexpr uint32_t kBusiestEvery = 200;  // One step in so many belongs to one customer.
inline constexpr size_t kMebibyte = size_t{1} << 20;

// A finaliser good enough to make ids and choices look random.
inline uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

// Order-dependent digest of a sequence of values: equal digests mean that two layouts hold the
// same steps in the same order.
class Digest {
 public:
  void Add(std::string_view bytes) {
    uint64_t word = 0;
    size_t position = 0;
    for (; position + 8 <= bytes.size(); position += 8) {
      std::memcpy(&word, bytes.data() + position, 8);
      state_ = (state_ ^ word) * 0x9e3779b97f4a7c15U;
      state_ ^= state_ >> 32;
    }
    word = 0;
    std::memcpy(&word, bytes.data() + position, bytes.size() - position);
    state_ = Mix(state_ ^ word ^ bytes.size());
    ++count_;
  }
  uint64_t state() const { return state_; }
  uint64_t count() const { return count_; }
  bool operator==(const Digest&) const = default;

 private:
  uint64_t state_ = 1;
  uint64_t count_ = 0;
};

inline void AppendBigEndian(uint64_t value, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

inline void AppendHex(uint64_t value, std::string* out) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  out->append(text.data(), 16);
}

// Signed numbers in the order of their bytes: the sign bit is flipped.
inline void AppendOrdered(int64_t value, std::string* out) {
  AppendBigEndian(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63), 8, out);
}

// partition (2 bytes) | profile id | two zero bytes: what all rows of one profile begin with.
inline std::string ProfilePrefix(uint32_t rank) {
  // The multiplier shares no factor with the modulus, so no two ranks share a number.
  const uint64_t number = 10'000'000 + uint64_t{rank} * 48'271 % 90'000'000;
  std::string prefix;
  AppendBigEndian(Mix(number) % kPartitions, 2, &prefix);
  prefix.append("crm:").append(std::to_string(number));
  prefix.append(2, '\0');
  return prefix;
}

struct Step {
  int64_t time;
  uint64_t value_offset;
  uint32_t value_size;
  uint32_t rank;  // The customer, 0 being the second busiest.
};

// All steps of a run, in order of arrival, which is the order of time over 30 days.
class Workload {
 public:
  explicit Workload(size_t step_count) {
    MakeCumulativeShares();
    prefixes_.reserve(kProfiles + 1);
    for (uint32_t rank = 0; rank <= kProfiles; ++rank) prefixes_.push_back(ProfilePrefix(rank));
    counts_.resize(kProfiles + 1);
    steps_.reserve(step_count);
    values_.reserve(step_count * 310);
    for (size_t index = 0; index < step_count; ++index) AddStep(index, step_count);
  }

  const std::vector<Step>& steps() const { return steps_; }
  const std::string& prefix(uint32_t rank) const { return prefixes_[rank]; }
  uint32_t count(uint32_t rank) const { return counts_[rank]; }
  uint32_t busiest() const { return kProfiles; }
  uint64_t logical_bytes() const { return values_.size() + key_bytes_; }
  double value_bytes_mean() const { return double(values_.size()) / double(steps_.size()); }

  std::string_view value(const Step& step) const {
    return {values_.data() + step.value_offset, step.value_size};
  }

  // The row's key: prefix | time | sequence | source system | zero byte | interaction id.
  void MakeKey(size_t index, std::string* key) const {
    const Step& step = steps_[index];
    *key = prefixes_[step.rank];
    AppendOrdered(step.time, key);
    AppendOrdered(0, key);
    key->append(System(index)).push_back('\0');
    AppendHex(Mix(index), key);
  }

  uint32_t median_count() const {
    std::vector<uint32_t> counts;
    std::copy_if(counts_.begin(), counts_.end(), std::back_inserter(counts),
                 [](uint32_t count) { return count > 0; });
    std::nth_element(counts.begin(), counts.begin() + long(counts.size() / 2), counts.end());
    return counts[counts.size() / 2];
  }

 private:
  static std::string_view System(size_t index) {
    static constexpr std::array<std::string_view, 4> kSystems = {"webshop", "mobile-app",
                                                                 "call-centre", "store-pos"};
    return kSystems[Mix(index * 7 + 1) % kSystems.size()];
  }

  void MakeCumulativeShares() {
    double sum = 0;
    cumulative_.reserve(kProfiles);
    for (uint32_t rank = 1; rank <= kProfiles; ++rank) {
      cumulative_.push_back(sum += std::pow(rank, -kSkew));
    }
  }

  uint32_t DrawRank(size_t index) {
    if (index % kBusiestEvery == 0) return busiest();
    const double point = std::uniform_real_distribution<>(0, cumulative_.back())(random_);
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
    return static_cast<uint32_t>(std::min<long>(found - cumulative_.begin(), kProfiles - 1));
  }

  void AddStep(size_t index, size_t step_count) {
    constexpr int64_t kStart = 1'760'000'000'000;
    constexpr int64_t kSpan = int64_t{30} * 86'400'000;
    Step step{};
    step.rank = DrawRank(index);
    step.time = kStart + kSpan * int64_t(index) / int64_t(step_count);
    step.value_offset = values_.size();
    AppendInteraction(index, step);
    AppendPlacement(step);
    step.value_size = static_cast<uint32_t>(values_.size() - step.value_offset);
    ++counts_[step.rank];
    key_bytes_ += prefixes_[step.rank].size() + 16 + System(index).size() + 1 + 16;
    steps_.push_back(step);
  }

  void AppendField(int tag, std::string_view bytes) {
    values_.push_back(static_cast<char>(tag << 3 | 2));
    values_.push_back(static_cast<char>(bytes.size()));
    values_.append(bytes);
  }

  void AppendVarint(int tag, uint64_t value) {
    values_.push_back(static_cast<char>(tag << 3));
    for (; value >= 128; value >>= 7) values_.push_back(static_cast<char>(value | 128));
    values_.push_back(static_cast<char>(value));
  }

  // About 200 bytes: ids and amounts that do not compress, words and names that do.
  void AppendInteraction(size_t index, const Step& step) {
    static constexpr std::array<std::string_view, 4> kChannels = {"web", "app", "hotline", "store"};
    static constexpr std::array<std::string_view, 5> kActions = {"view", "click", "add_to_cart",
                                                                 "purchase", "support"};
    static constexpr std::array<std::string_view, 4> kTouchpoints = {
        "product-page", "category-page", "self-service", "checkout-payment"};
    const uint64_t chance = Mix(index + 99);
    std::string text;
    AppendHex(Mix(index), &text);
    AppendField(1, text);
    AppendVarint(2, static_cast<uint64_t>(step.time));
    AppendField(4, std::string_view(prefixes_[step.rank]).substr(6, 8));
    text = "cookie:";
    AppendHex(Mix(step.rank * 3 + chance % 3), &text);
    AppendField(4, text);
    AppendField(6, kChannels[chance % 4]);
    AppendField(7, kTouchpoints[chance / 4 % 4]);
    AppendField(8, kActions[chance / 16 % 5]);
    AppendField(9, "campaign-" + std::to_string(chance / 128 % 40));
    AppendField(10, "sku-" + std::to_string(100'000 + chance / 5'120 % 50'000));
    AppendField(11, "household/appliances");
    AppendVarint(12, 10'000 * (chance >> 40 & 0xffff));
    AppendField(13, "EUR");
    AppendField(14, System(index));
    AppendField(15, "online-sales");
    AppendField(5, "page=/shop/item/" + std::to_string(chance >> 32) + "?view=list");
  }

  // About 100 bytes: session and journey ids that last for a while, model and stages.
  void AppendPlacement(const Step& step) {
    static constexpr std::array<std::string_view, 6> kStages = {
        "awareness", "consideration", "purchase", "service", "loyalty", "advocacy"};
    const auto hour = static_cast<uint64_t>(step.time / 3'600'000);
    const size_t stage = Mix(step.rank + hour / 48) % kStages.size();
    std::string text;
    AppendHex(Mix(step.rank ^ hour << 20), &text);
    AppendField(3, text);
    text.clear();
    AppendHex(Mix(step.rank ^ hour / 360 << 24), &text);
    AppendField(5, text);
    AppendField(6, "purchase");
    AppendField(7, "default-2");
    AppendField(8, kStages[stage]);
    AppendField(9, kStages[(stage + 5) % kStages.size()]);
    AppendVarint(10, static_cast<uint64_t>(step.time - int64_t(Mix(step.rank) % 86'400'000)));
    AppendField(11, "marketing");
    AppendVarint(12, Mix(step.rank) % 100'000);
  }

  std::mt19937_64 random_{42};
  std::vector<double> cumulative_;
  std::vector<std::string> prefixes_;
  std::vector<uint32_t> counts_;
  std::vector<Step> steps_;
  std::string values_;
  uint64_t key_bytes_ = 0;
};

// The first 16 bytes of a key as numbers, which decide most comparisons.
struct KeyHead {
  explicit KeyHead(std::string_view key) {
    std::array<char, 16> bytes{};
    std::memcpy(bytes.data(), key.data(), std::min(key.size(), bytes.size()));
    std::memcpy(&high, bytes.data(), 8);
    std::memcpy(&low, bytes.data() + 8, 8);
    high = __builtin_bswap64(high);
    low = __builtin_bswap64(low);
  }
  auto operator<=>(const KeyHead&) const = default;
  uint64_t high = 0;
  uint64_t low = 0;
};

// Rows that wait for the next flush, back to back in one block of memory.
class SortBuffer {
 public:
  void Add(std::string_view key, std::string_view value) {
    entries_.push_back({KeyHead(key), bytes_.size(), static_cast<uint32_t>(key.size()),
                        static_cast<uint32_t>(value.size())});
    bytes_.append(key).append(value);
  }
  void Sort() {
    std::sort(entries_.begin(), entries_.end(), [this](const Entry& left, const Entry& right) {
      if (left.head != right.head) return left.head < right.head;
      return Key(left) < Key(right);
    });
  }
  void Clear() {
    entries_.clear();
    bytes_.clear();
  }
  size_t size() const { return entries_.size(); }
  size_t memory_bytes() const { return bytes_.size() + entries_.size() * sizeof(Entry); }
  std::string_view key(size_t index) const { return Key(entries_[index]); }
  std::string_view value(size_t index) const {
    const Entry& entry = entries_[index];
    return {bytes_.data() + entry.offset + entry.key_size, entry.value_size};
  }

 private:
  struct Entry {
    KeyHead head;
    uint64_t offset;
    uint32_t key_size;
    uint32_t value_size;
  };
  std::string_view Key(const Entry& entry) const {
    return {bytes_.data() + entry.offset, entry.key_size};
  }
  std::vector<Entry> entries_;
  std::string bytes_;
};

// Sorts more rows than memory holds: sorted buffers are spilled to flat files, then merged.
class ExternalSort {
 public:
  using Sink = std::function<void(std::string_view key, std::string_view value)>;

  ExternalSort(std::string path, size_t memory_bytes)
      : path_(std::move(path)), memory_bytes_(memory_bytes) {}

  void Add(std::string_view key, std::string_view value) {
    buffer_.Add(key, value);
    if (buffer_.memory_bytes() >= memory_bytes_) Spill();
  }

  // Gives every row to the sink in the order of keys; the runs are removed.
  void Merge(const Sink& sink) {
    Spill();
    std::vector<std::unique_ptr<Run>> runs;
    std::priority_queue<Run*, std::vector<Run*>, After> front;
    for (size_t index = 0; index < run_count_; ++index) {
      runs.push_back(std::make_unique<Run>(RunPath(index)));
      if (runs.back()->Next()) front.push(runs.back().get());
    }
    while (!front.empty()) {
      Run* run = front.top();
      front.pop();
      sink(run->key, run->value);
      if (run->Next()) front.push(run);
    }
    for (size_t index = 0; index < run_count_; ++index) std::remove(RunPath(index).c_str());
  }

  uint64_t spilled_bytes() const { return spilled_bytes_; }
  size_t run_count() const { return run_count_; }

 private:
  using Sizes = std::array<uint32_t, 2>;
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closer>;

  static File Open(const std::string& path, const char* mode) {
    File file(std::fopen(path.c_str(), mode));
    if (!file) {
      std::perror(path.c_str());
      std::abort();
    }
    std::setvbuf(file.get(), nullptr, _IOFBF, kMebibyte);
    return file;
  }

  struct Run {
    explicit Run(const std::string& path) : file(Open(path, "rb")) {}
    bool Next() {
      Sizes sizes{};
      if (std::fread(sizes.data(), sizeof(sizes), 1, file.get()) != 1) return false;
      row.resize(sizes[0] + sizes[1]);
      if (std::fread(row.data(), 1, row.size(), file.get()) != row.size()) std::abort();
      key = std::string_view(row).substr(0, sizes[0]);
      value = std::string_view(row).substr(sizes[0]);
      head = KeyHead(key);
      return true;
    }
    File file;
    std::string row;
    std::string_view key;
    std::string_view value;
    KeyHead head{std::string_view()};
  };

  struct After {
    bool operator()(const Run* left, const Run* right) const {
      return left->head != right->head ? left->head > right->head : left->key > right->key;
    }
  };

  std::string RunPath(size_t index) const { return path_ + "." + std::to_string(index); }

  void Spill() {
    if (buffer_.size() == 0) return;
    buffer_.Sort();
    const File file = Open(RunPath(run_count_++), "wb");
    for (size_t index = 0; index < buffer_.size(); ++index) {
      const std::string_view key = buffer_.key(index);
      const std::string_view value = buffer_.value(index);
      const Sizes sizes = {uint32_t(key.size()), uint32_t(value.size())};
      bool written = std::fwrite(sizes.data(), sizeof(sizes), 1, file.get()) == 1;
      written &= std::fwrite(key.data(), 1, key.size() + value.size(), file.get()) ==
                 key.size() + value.size();
      if (!written) std::abort();
      spilled_bytes_ += sizeof(sizes) + key.size() + value.size();
    }
    buffer_.Clear();
  }

  std::string path_;
  size_t memory_bytes_;
  SortBuffer buffer_;
  size_t run_count_ = 0;
  uint64_t spilled_bytes_ = 0;
};

}  // namespace waymark::bench
