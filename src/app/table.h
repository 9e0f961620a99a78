#pragma once

#include <optional>
#include <string>
#include <vector>

namespace waymark::app {

// The columns of the terminal that standard output is; nothing where it is none.
std::optional<size_t> TerminalWidth();

// Rows under a heading, columns aligned. Where the width does not do, the widest columns are cut
// short; where that would leave too little of them, each row becomes a block of lines.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : heading_(std::move(heading)) {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // Each line begins with `indent`; without width nothing is cut.
  std::string Text(std::optional<size_t> width, const std::string& indent = "") const;

 private:
  std::vector<size_t> Widths() const;
  std::string Blocks(size_t width, const std::string& indent) const;

  std::vector<std::string> heading_;
  std::vector<std::vector<std::string>> rows_;
};

// Code points of UTF-8 text: what it takes on a terminal, but for wide scripts.
size_t DisplayWidth(const std::string& text);

}  // namespace waymark::app
