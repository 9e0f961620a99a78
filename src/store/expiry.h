#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace waymark::store {

// Whether a row of this key has expired; may be called by any thread.
using KeyTest = std::function<bool(std::string_view key)>;

// Which rows a store may drop, by the prefix of their keys. What was set holds from the end of a
// flush on that began later: what replaces the rows is durable then.
class Expiry {
 public:
  // By prefix; no prefix is the beginning of another.
  using Tests = std::map<std::string, KeyTest, std::less<>>;

  // No test: every row under the prefix stays, from now on.
  void Set(std::string_view prefix, KeyTest test);
  // To be called before a flush; what it gives, once the flush is through.
  uint64_t BeginFlush() const;
  void EndFlush(uint64_t begun);
  // Nothing expires until it is set again: a store keeps none of this.
  void Clear();

  std::shared_ptr<const Tests> tests() const;
  static bool IsExpired(const Tests& tests, std::string_view key);

 private:
  struct Waiting {
    uint64_t number;
    KeyTest test;
  };
  mutable std::mutex mutex_;
  uint64_t number_ = 0;
  std::map<std::string, Waiting, std::less<>> waiting_;
  std::shared_ptr<const Tests> tests_ = std::make_shared<Tests>();
};

}  // namespace waymark::store
