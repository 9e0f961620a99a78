#include "detect/text_match.h"

#include <algorithm>

namespace waymark::detect {
namespace {

using model::Text;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool ContainsIgnoringCase(Text text, Text part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return Lower(a) == Lower(b); }) != text.end();
}

// Goes back to the last star alone: what an earlier one took need never grow.
bool IsLike(Text text, Text pattern) {
  size_t t = 0;
  size_t p = 0;
  size_t star = Text::npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != Text::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace waymark::detect
