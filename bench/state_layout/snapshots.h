#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "report.h"
#include "store.h"

namespace waymark::bench {

// Snapshots of one size: words that compress and ids that do not, half and half.
class Snapshots {
 public:
  explicit Snapshots(size_t bytes) : values_(1'024) {
    static constexpr std::string_view kWords =
        "purchase consideration awareness product-page web app open marketing ";
    for (size_t i = 0; i < values_.size(); ++i) {
      std::string& value = values_[i];
      for (uint64_t part = 0; value.size() < bytes; ++part) {
        const uint64_t chance = Mix(i * 1'000 + part);
        AppendHex(chance, &value);
        value.append(kWords.substr(chance % 48, 16));
      }
      value.resize(bytes);
    }
  }
  // A fresh snapshot: the stamp makes it differ from every other.
  const std::string& Make(uint32_t rank, uint64_t stamp) {
    std::string& value = values_[(rank + stamp) % values_.size()];
    const uint64_t mark = Mix(rank ^ stamp << 32);
    std::memcpy(value.data() + value.size() / 2, &mark, sizeof(mark));
    return value;
  }

 private:
  std::vector<std::string> values_;
};

void MeasureSnapshots(const Workload& workload, const std::string& folder, Report* report);
void MeasureRestores(const Workload& workload, const std::string& folder, Report* report);

}  // namespace waymark::bench
