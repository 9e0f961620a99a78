#include "app/neighbours.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/hash.h"

namespace waymark::app {
namespace {

using serve::ErrorResponse;
using serve::Response;

// Each takes a thread of the server while it waits; HttpThreads() leaves more than these.
constexpr int kUnderWayMost = 6;
constexpr size_t kOthersMost = 32;
constexpr base::Millis kPatience{2'000};  // of all of them together
constexpr base::Millis kPatienceLeast{50};
constexpr size_t kBodyMost = 16u << 20;

class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count), number_(++count) {}
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int number() const { return number_; }

 private:
  std::atomic<int>& count_;
  const int number_;
};

Response Unknown(const std::string& id, const std::string& doubt) {
  return ErrorResponse(404, "no profile " + id,
                       "an id is the record key, or namespace:value of the first identifier" +
                           (doubt.empty() ? "" : "; not all could be asked: " + doubt));
}

Response Passed(serve::Answer answer, const std::string& address) {
  Response response;
  response.code = answer.code;
  response.content_type = std::move(answer.content_type);
  response.body = std::move(answer.body);
  response.headers = {{"Cache-Control", "no-store"}, {"Waymark-Instance", address}};
  return response;
}

}  // namespace

std::string EncodePercent(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<uint8_t>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

void Neighbours::SetToken(const std::string& token) {
  const std::lock_guard lock(mutex_);
  token_ = token;
}

void Neighbours::SetOwnAddress(const std::string& address) {
  const std::lock_guard lock(mutex_);
  own_address_ = address;
}

std::string Neighbours::own_address() const {
  const std::lock_guard lock(mutex_);
  return own_address_;
}

std::string Neighbours::token() const {
  const std::lock_guard lock(mutex_);
  return token_;
}

int32_t Neighbours::partitions() const {
  const auto view = watch_.Latest();
  return static_cast<int32_t>(view ? view->marks.size() : 0);
}

std::string Neighbours::HolderOf(base::Partition partition) const {
  const auto view = watch_.Latest();
  const auto index = static_cast<size_t>(partition.value);
  if (!view || index >= view->marks.size() || !view->marks[index]) return {};
  return view->marks[index]->address;
}

// Who holds a partition that is not held here. What nobody can be asked about is a doubt.
std::vector<Neighbours::Other> Neighbours::Others(base::Partition likeliest,
                                                  std::vector<Doubt>& doubts) const {
  std::vector<Other> others;
  const auto view = watch_.Latest();
  if (!view) {
    doubts.push_back({true, "who holds which partition is not known yet"});
    return others;
  }
  const auto held = held_.All();
  const std::string own = own_address();
  for (size_t p = 0; p < view->marks.size(); ++p) {
    const base::Partition partition(static_cast<int32_t>(p));
    if (!view->marks[p] || std::ranges::binary_search(held, partition)) continue;
    const bool is_likeliest = partition == likeliest;
    const std::string& address = view->marks[p]->address;
    const std::string name = "partition " + std::to_string(p);
    if (address.empty()) {
      doubts.push_back({is_likeliest, name + " is held by an instance that names no address"});
    } else if (address == own) {
      doubts.push_back({is_likeliest, name + " is not restored here yet"});
    } else {
      const auto known = std::ranges::find(others, address, &Other::address);
      if (known == others.end()) {
        others.push_back({address, is_likeliest});
      } else {
        known->is_likeliest |= is_likeliest;
      }
    }
  }
  std::ranges::stable_partition(others, &Other::is_likeliest);
  if (others.size() > kOthersMost) {
    doubts.push_back({false, "there are more than " + std::to_string(kOthersMost) + " instances"});
    others.resize(kOthersMost);
  }
  return others;
}

base::Result<serve::Answer> Neighbours::AskOne(const std::string& address,
                                               const serve::Request& request,
                                               const std::string& target,
                                               base::Millis timeout) const {
  WAYMARK_ASSIGN_OR_RETURN(const serve::Endpoint endpoint, serve::ParseEndpoint(address));
  serve::Question question{.path = target, .timeout = timeout, .body_bytes_max = kBodyMost};
  question.headers.emplace_back(kHopHeader, "1");
  const auto pass = [&](const char* name) {
    const auto at = request.headers.find(name);
    if (at == request.headers.end()) return false;
    question.headers.emplace_back(name, at->second);
    return true;
  };
  pass("accept");
  if (const std::string own = token(); !pass("authorization") && !own.empty()) {
    question.headers.emplace_back("authorization", "Bearer " + own);
  }
  return serve::Ask(endpoint, question, tls_);
}

Response Neighbours::Ask(const serve::Request& request, const std::string& target,
                         const std::string& profile_id) {
  const Counted counted(under_way_);
  if (counted.number() > kUnderWayMost) {
    return ErrorResponse(503, "too many questions to other instances are under way", "try again");
  }
  const int32_t count = partitions();
  const base::Partition likeliest(count == 0 ? 0 : base::Murmur2Partition(profile_id, count));
  std::vector<Doubt> doubts;
  const auto until = clock_.Monotonic() + kPatience;
  for (const Other& other : Others(likeliest, doubts)) {
    const auto left = std::chrono::duration_cast<base::Millis>(until - clock_.Monotonic());
    auto answer = AskOne(other.address, request, target, std::max(left, kPatienceLeast));
    if (!answer.ok()) {
      doubts.push_back({other.is_likeliest, answer.status().message()});
    } else if (answer->code == 503) {
      doubts.push_back({other.is_likeliest, other.address + " is not ready"});
    } else if (answer->code == 401) {
      doubts.push_back({other.is_likeliest, other.address + " takes another token"});
    } else if (answer->code != kUnknownHere) {
      return Passed(*std::move(answer), other.address);
    }
  }
  std::ranges::stable_partition(doubts, &Doubt::is_likeliest);
  const std::string doubt = doubts.empty() ? "" : doubts.front().why;
  if (doubts.empty() || !doubts.front().is_likeliest) return Unknown(profile_id, doubt);
  return ErrorResponse(503, "profile " + profile_id + " is not held here: " + doubt,
                       "try again soon; http.advertised is where others reach an instance");
}

}  // namespace waymark::app
