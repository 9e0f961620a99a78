#include "app/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

namespace waymark::app {
namespace {

// The other screen and no cursor; back again.
constexpr char kEnter[] = "\033[?1049h\033[?25l";
constexpr char kLeave[] = "\033[?25h\033[?1049l";

void Write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

bool Terminal::IsThere() { return isatty(STDOUT_FILENO) != 0; }

Terminal::Terminal() {
  has_keys_ = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &before_) == 0;
  if (has_keys_) {
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    // Stopped by a key, it would leave its screen to the shell.
    now.c_cc[VSUSP] = _POSIX_VDISABLE;
    tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  Write(kEnter);
}

Terminal::~Terminal() {
  Write(kLeave);
  if (has_keys_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

Terminal::Size Terminal::SizeNow() {
  winsize size{};
  Size now;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return now;
  if (size.ws_col > 0) now.columns = size.ws_col;
  if (size.ws_row > 0) now.rows = size.ws_row;
  return now;
}

void Terminal::Draw(const std::string& text) const {
  const size_t rows = SizeNow().rows;
  std::string out = "\033[H";
  size_t from = 0;
  for (size_t row = 0; row < rows && from < text.size(); ++row) {
    const size_t end = std::min(text.find('\n', from), text.size());
    if (row > 0) out += "\n";
    out.append(text, from, end - from).append("\033[K");
    from = end + 1;
  }
  Write(out + "\033[J");
}

std::optional<char> Terminal::Key(int timeout_ms) const {
  if (!has_keys_) {
    std::this_thread::sleep_for(std::chrono::milliseconds(timeout_ms));
    return std::nullopt;
  }
  pollfd keys{STDIN_FILENO, POLLIN, 0};
  if (poll(&keys, 1, timeout_ms) <= 0) return std::nullopt;
  char key = 0;
  // A terminal that is gone says so again and again.
  if (read(STDIN_FILENO, &key, 1) != 1) return 'q';
  return key;
}

}  // namespace waymark::app
