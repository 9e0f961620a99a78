#include "fold.h"

#include <algorithm>

namespace waymark::peers {
namespace {

uint64_t Mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

int StageOfAction(std::string_view action) {
  if (action == "view") return 1;
  if (action == "search" || action == "compare") return 2;
  if (action == "add_to_cart") return 3;
  if (action == "purchase") return kPurchase;
  if (action == "deliver" || action == "support") return 5;
  if (action == "rate" || action == "recommend") return 6;
  return 0;
}

int StageOfName(std::string_view name) {
  if (name.empty()) return 0;
  const auto found = std::find(kStages.begin(), kStages.end(), name);
  return static_cast<int>(found - kStages.begin()) + 1;
}

Placed Customer::Place(int64_t time_ms, std::string_view action) {
  const bool first = at_.session == 0;
  const bool opens = first || time_ms - last_ > kSessionGapMs;
  if (opens) {
    ++at_.session;
    at_.session_start = time_ms;
  }
  last_ = time_ms;
  const int target = StageOfAction(action);
  const bool again = opens && at_.stage >= kPurchase && target > 0 && target < kPurchase;
  if (first || again) {
    ++at_.journey;
    at_.stage = 0;
  }
  at_.previous_stage = 0;
  if (target > at_.stage) {
    at_.previous_stage = at_.stage;
    at_.stage = target;
    at_.stage_entered = time_ms;
  }
  return at_;
}

uint64_t HashText(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  return Mix(hash);
}

uint64_t Checksum(std::string_view interaction_id, uint64_t profile, const Placed& placed) {
  uint64_t sum = Mix(HashText(interaction_id) ^ profile);
  for (const int64_t field :
       {placed.session, placed.session_start, placed.journey, int64_t{placed.stage},
        int64_t{placed.previous_stage}, placed.stage_entered}) {
    sum = Mix(sum * 31 + static_cast<uint64_t>(field));
  }
  return sum;
}

}  // namespace waymark::peers
