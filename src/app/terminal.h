#pragma once

#include <termios.h>

#include <cstddef>
#include <optional>
#include <string>

namespace waymark::app {

// A terminal that a picture is redrawn on in place: the other screen, no cursor, keys as they are
// pressed. The destructor gives the terminal back as it was.
class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // True where standard output is a terminal.
  static bool IsThere();

  struct Size {
    size_t columns = 80;
    size_t rows = 24;
    friend bool operator==(const Size&, const Size&) = default;
  };
  static Size SizeNow();

  // Puts the text over what is there; what does not fit below is left out.
  void Draw(const std::string& text) const;
  // A key that was pressed within the time; nothing: none was.
  std::optional<char> Key(int timeout_ms) const;

 private:
  bool has_keys_ = false;  // standard input is a terminal, too
  termios before_{};
};

}  // namespace waymark::app
