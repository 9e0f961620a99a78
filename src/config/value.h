#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/declaration.h"

namespace waymark::config {

// "256KiB", "64MB", "1GiB", "512" (bytes); nothing where the text is no such size.
std::optional<int64_t> ParseBytes(std::string_view text);
// The shortest exact text that ParseBytes reads back.
std::string FormatBytes(int64_t bytes);

// What somebody wrote for a setting: one text, or a list of them.
struct Given {
  std::vector<std::string> texts;
  bool is_list = false;
};

struct ValueFault {
  std::string message;
  std::string hint;
};

// Reads `given` as the setting's type, checks its bounds, and stores it; leaves `settings` as it
// was where that fails. The message never repeats the value of a secret.
std::optional<ValueFault> Assign(const Declaration& declaration, const Given& given,
                                 Settings& settings);

// The effective value as a text that Assign() reads back; items of a list with commas between.
std::string Format(const Declaration& declaration, const Settings& settings);

}  // namespace waymark::config
