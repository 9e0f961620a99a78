#include "app/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

namespace waymark::app {
namespace {

constexpr size_t kGap = 2;       // between columns
constexpr size_t kWidthMin = 10;  // a column is not cut further

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string Cut(const std::string& text, size_t width) {
  if (DisplayWidth(text) <= width) return text;
  size_t at = 0;
  for (size_t points = 0; points + 1 < width; ++points) {
    ++at;
    while (at < text.size() && IsContinuation(text[at])) ++at;
  }
  return text.substr(0, at) + "…";
}

void AppendRow(const std::vector<std::string>& row, const std::vector<size_t>& widths,
               const std::string& indent, std::string& out) {
  std::string line = indent;
  for (size_t c = 0; c < row.size(); ++c) {
    const std::string cell = Cut(row[c], widths[c]);
    line += cell;
    if (c + 1 < row.size()) line.append(widths[c] - DisplayWidth(cell) + kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out.append(line).push_back('\n');
}

}  // namespace

std::optional<size_t> TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
    return std::nullopt;
  }
  return size.ws_col > 0 ? std::optional<size_t>(size.ws_col) : std::nullopt;
}

size_t DisplayWidth(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  for (const std::string& name : heading_) widths.push_back(DisplayWidth(name));
  for (const auto& row : rows_) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], DisplayWidth(row[c]));
  }
  return widths;
}

std::string Table::Text(std::optional<size_t> width, const std::string& indent) const {
  std::vector<size_t> widths = Widths();
  if (width) {
    const size_t gaps = indent.size() + kGap * (widths.size() - 1);
    while (std::accumulate(widths.begin(), widths.end(), gaps) > *width) {
      const auto widest = std::max_element(widths.begin(), widths.end());
      if (*widest <= kWidthMin) return Blocks(*width, indent);
      --*widest;
    }
  }
  std::string out;
  AppendRow(heading_, widths, indent, out);
  for (const auto& row : rows_) AppendRow(row, widths, indent, out);
  return out;
}

std::string Table::Blocks(size_t width, const std::string& indent) const {
  size_t names = 0;
  for (const std::string& name : heading_) names = std::max(names, DisplayWidth(name));
  const size_t before = indent.size() + kGap + names + kGap;
  const size_t room = std::max(width, before + kWidthMin) - before;
  std::string out;
  for (const auto& row : rows_) {
    for (size_t c = 0; c < row.size(); ++c) {
      if (row[c].empty()) continue;
      out.append(indent).append(c == 0 ? "- " : "  ").append(heading_[c]);
      out.append(names - DisplayWidth(heading_[c]) + kGap, ' ').append(Cut(row[c], room));
      out.push_back('\n');
    }
  }
  return out;
}

}  // namespace waymark::app
