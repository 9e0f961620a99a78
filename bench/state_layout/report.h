#pragma once

#include <time.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace waymark::bench {

inline double Seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

// Wall time and CPU time since its making: of this thread, and of the process with RocksDB's own
// threads.
class Meter {
 public:
  double wall() const { return Seconds(CLOCK_MONOTONIC) - wall_; }
  double process() const { return Seconds(CLOCK_PROCESS_CPUTIME_ID) - process_; }
  double thread() const { return Seconds(CLOCK_THREAD_CPUTIME_ID) - thread_; }

 private:
  double wall_ = Seconds(CLOCK_MONOTONIC);
  double process_ = Seconds(CLOCK_PROCESS_CPUTIME_ID);
  double thread_ = Seconds(CLOCK_THREAD_CPUTIME_ID);
};

inline std::string Number(double value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

// Markdown that is shown as it grows and written to the results file at the end.
class Report {
 public:
  void Line(const std::string& line) {
    std::cout << line << std::endl;
    text_ += line + "\n";
  }
  void Row(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells) line += " " + cell + " |";
    Line(line);
  }
  void Head(const std::string& title, const std::vector<std::string>& columns) {
    Line("\n" + title + "\n");
    Row(columns);
    Row(std::vector<std::string>(columns.size(), "---"));
  }

  void Append(const Report& other) { text_ += other.text_; }

  // The conclusion is written by hand, so a new run keeps it.
  void Write(const std::string& path) const {
    std::stringstream before;
    before << std::ifstream(path).rdbuf();
    const size_t conclusion = before.str().find("\n## Conclusion");
    std::ofstream out(path);
    out << text_;
    if (conclusion != std::string::npos) out << before.str().substr(conclusion);
  }

 private:
  std::string text_;
};

}  // namespace waymark::bench
