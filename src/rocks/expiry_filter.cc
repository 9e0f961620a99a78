#include "rocks/expiry_filter.h"

#include <rocksdb/slice.h>

#include <string>
#include <utility>

namespace waymark::rocks {
namespace {

// Of one compaction: its files were chosen before, so that what is written under a prefix whose
// test is taken back never meets the test.
class ExpiryFilter final : public rocksdb::CompactionFilter {
 public:
  explicit ExpiryFilter(std::shared_ptr<const store::Expiry::Tests> tests)
      : tests_(std::move(tests)) {}
  const char* Name() const override { return "waymark.expiry"; }
  bool Filter(int /*level*/, const rocksdb::Slice& key, const rocksdb::Slice& /*value*/,
              std::string* /*new_value*/, bool* /*value_changed*/) const override {
    return store::Expiry::IsExpired(*tests_, {key.data(), key.size()});
  }

 private:
  const std::shared_ptr<const store::Expiry::Tests> tests_;
};

class ExpiryFilters final : public rocksdb::CompactionFilterFactory {
 public:
  explicit ExpiryFilters(std::shared_ptr<const store::Expiry> expiry)
      : expiry_(std::move(expiry)) {}
  const char* Name() const override { return "waymark.expiry"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context& /*context*/) override {
    auto tests = expiry_->tests();
    if (tests->empty()) return nullptr;
    return std::make_unique<ExpiryFilter>(std::move(tests));
  }

 private:
  const std::shared_ptr<const store::Expiry> expiry_;
};

}  // namespace

std::shared_ptr<rocksdb::CompactionFilterFactory> MakeExpiryFilters(
    std::shared_ptr<const store::Expiry> expiry) {
  return std::make_shared<ExpiryFilters>(std::move(expiry));
}

}  // namespace waymark::rocks
