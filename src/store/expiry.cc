#include "store/expiry.h"

#include <utility>

namespace waymark::store {

void Expiry::Set(std::string_view prefix, KeyTest test) {
  const std::lock_guard lock(mutex_);
  if (test) {
    waiting_.insert_or_assign(std::string(prefix), Waiting{++number_, std::move(test)});
    return;
  }
  if (const auto at = waiting_.find(prefix); at != waiting_.end()) waiting_.erase(at);
  if (!tests_->contains(prefix)) return;
  auto left = std::make_shared<Tests>(*tests_);
  left->erase(left->find(prefix));
  tests_ = std::move(left);
}

uint64_t Expiry::BeginFlush() const {
  const std::lock_guard lock(mutex_);
  return number_;
}

void Expiry::EndFlush(uint64_t begun) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return;
  auto all = std::make_shared<Tests>(*tests_);
  std::erase_if(waiting_, [&](auto& entry) {
    if (entry.second.number > begun) return false;
    all->insert_or_assign(entry.first, std::move(entry.second.test));
    return true;
  });
  tests_ = std::move(all);
}

void Expiry::Clear() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  tests_ = std::make_shared<Tests>();
}

std::shared_ptr<const Expiry::Tests> Expiry::tests() const {
  const std::lock_guard lock(mutex_);
  return tests_;
}

bool Expiry::IsExpired(const Tests& tests, std::string_view key) {
  const auto behind = tests.upper_bound(key);
  if (behind == tests.begin()) return false;
  const auto& [prefix, test] = *std::prev(behind);
  return key.starts_with(prefix) && test(key);
}

}  // namespace waymark::store
