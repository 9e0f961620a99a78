#include "app/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace waymark::app {
namespace {
constexpr int kWidth = 30;
constexpr std::chrono::milliseconds kRedraw{200};
}  // namespace

ProgressBar::ProgressBar(std::string what, const base::Clock& clock)
    : what_(std::move(what)),
      clock_(clock),
      started_(clock.Monotonic()),
      terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
  if (terminal_ && drawn_.count() != 0) std::fprintf(stderr, "\r\033[K");
}

void ProgressBar::Update(double share, int64_t records) {
  const auto now = clock_.Monotonic();
  if (!terminal_ || now - drawn_ < kRedraw) return;
  drawn_ = now;
  share = std::clamp(share, 0.0, 1.0);
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(records) / seconds : 0;
  const int full = static_cast<int>(share * kWidth);
  std::string bar(static_cast<size_t>(full), '#');
  bar.append(static_cast<size_t>(kWidth - full), '.');
  std::fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %s/s", what_.c_str(), bar.c_str(), share * 100,
               Grouped(static_cast<int64_t>(rate)).c_str());
  if (share > 0.01) {
    std::fprintf(stderr, "  %.0f s left", seconds / share * (1 - share));
  }
  std::fflush(stderr);
}

std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return number < 0 ? "-" + digits : digits;
}

}  // namespace waymark::app
