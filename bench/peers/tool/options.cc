#include "options.h"

#include <cstdio>
#include <cstdlib>

namespace waymark::peers {

void Fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

Options::Options(int count, char** arguments, int first) {
  for (int i = first; i < count; ++i) {
    const std::string argument = arguments[i];
    const size_t equals = argument.find('=');
    if (equals == std::string::npos) Fail("'" + argument + "' is not of the form NAME=VALUE");
    values_[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
}

std::string Options::Text(const std::string& name) {
  const std::string text = Text(name, "");
  if (text.empty()) Fail(name + "= is needed");
  return text;
}

std::string Options::Text(const std::string& name, const std::string& fallback) {
  asked_.insert(name);
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : found->second;
}

int64_t Options::Number(const std::string& name, int64_t fallback) {
  return std::stoll(Text(name, std::to_string(fallback)));
}

double Options::Real(const std::string& name, double fallback) {
  return std::stod(Text(name, std::to_string(fallback)));
}

void Options::Finish() const {
  for (const auto& [name, value] : values_) {
    if (!asked_.contains(name)) Fail("unknown argument " + name + "=" + value);
  }
}

}  // namespace waymark::peers
