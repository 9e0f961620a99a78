#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace waymark::peers {

inline constexpr int64_t kSessionGapMs = 30 * 60 * 1000;
inline constexpr std::array<std::string_view, 6> kStages = {
    "inspiration", "information", "basket", "purchase", "use", "advocacy"};
inline constexpr int kPurchase = 4;

// The stage that an action leads to, 1 to 6; 0: none.
int StageOfAction(std::string_view action);
// Of a stage's name; 0: empty; 7: of another model.
int StageOfName(std::string_view name);

// Where an interaction stands. Sessions and journeys are numbered from 1 for each customer, so that
// systems whose ids differ compare.
struct Placed {
  int64_t session = 0;
  int64_t session_start = 0;
  int64_t journey = 0;
  int stage = 0;
  int previous_stage = 0;  // where this interaction changed it, else 0
  int64_t stage_entered = 0;
};

// The common job for one customer, written down once more and plainly: what the outputs are
// checked against. Interactions are given in order and without duplicates.
class Customer {
 public:
  Placed Place(int64_t time_ms, std::string_view action);
  const Placed& at() const { return at_; }

 private:
  Placed at_;
  int64_t last_ = 0;
};

uint64_t HashText(std::string_view text);

// Of one row; sums of it do not depend on the order of rows.
uint64_t Checksum(std::string_view interaction_id, uint64_t profile, const Placed& placed);

}  // namespace waymark::peers
