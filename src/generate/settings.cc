#include "generate/settings.h"

#include <algorithm>
#include <limits>
#include <string>

namespace waymark::generate {
namespace {
constexpr double kShareMax = 0.9;
constexpr int64_t kSpanMinMs = 60'000;
constexpr int64_t kSpanMaxMs = 100LL * 366 * 86'400'000;

base::Status Refuse(const std::string& name, const std::string& bounds) {
  return {base::StatusCode::kConfig, name + " is out of range", "set " + name + " to " + bounds};
}

base::Status CheckShare(const std::string& name, double share) {
  return share >= 0 && share <= kShareMax ? base::Status() : Refuse(name, "0 to 0.9");
}
}  // namespace

base::Status Check(const Settings& settings) {
  if (settings.profiles == 0 || settings.profiles > std::numeric_limits<uint32_t>::max()) {
    return Refuse("profiles", "1 to 4294967295");
  }
  constexpr uint64_t kInteractionsMax = uint64_t{1} << 40;
  if (settings.interactions == 0 || settings.interactions > kInteractionsMax) {
    return Refuse("interactions", "1 to 2^40");
  }
  if (settings.interactions / settings.profiles > 1'000'000) {
    return Refuse("interactions", "at most a million per profile");
  }
  WAYMARK_RETURN_IF_ERROR(CheckShare("noise_share", settings.noise_share));
  WAYMARK_RETURN_IF_ERROR(CheckShare("late_share", settings.late_share));
  WAYMARK_RETURN_IF_ERROR(CheckShare("duplicate_share", settings.duplicate_share));
  WAYMARK_RETURN_IF_ERROR(CheckShare("bad_share", settings.bad_share));
  if (!(settings.rate >= 0)) return Refuse("rate", "0 or more interactions a second");
  if (settings.late_max.count() < 1 || settings.late_max.count() > kSpanMaxMs) {
    return Refuse("late_max", "1ms to 100y");
  }
  if (settings.rate == 0 && settings.span.count() > kSpanMaxMs) {
    return Refuse("span", "at most 100y");
  }
  if (settings.bad_share > 0 && (settings.bad_kinds & kAllBadKinds) == 0) {
    return Refuse("bad_kinds", "at least one kind, or bad_share to 0");
  }
  return {};
}

base::Millis SpanOf(const Settings& settings) {
  if (settings.rate <= 0) return std::max(settings.span, base::Millis(kSpanMinMs));
  const double ms = static_cast<double>(settings.interactions) / settings.rate * 1000;
  if (ms >= static_cast<double>(kSpanMaxMs)) return base::Millis(kSpanMaxMs);
  return base::Millis(std::max(static_cast<int64_t>(ms), kSpanMinMs));
}

}  // namespace waymark::generate
