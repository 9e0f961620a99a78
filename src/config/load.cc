#include "config/load.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/loader.h"

namespace waymark::config {
namespace {

Environment ReadEnvironment() {
  Environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace

std::string Origin::text() const {
  switch (source) {
    case Source::kDefault: return "default";
    case Source::kFile: return name + ":" + std::to_string(line) + ":" + std::to_string(column);
    case Source::kEnvironment: return "environment " + name;
    case Source::kCommandLine: return "command line";
  }
  return "unknown";
}

base::Status Configuration::status() const {
  if (faults.empty()) return {};
  std::string text;
  for (const Fault& fault : faults) text += (text.empty() ? "" : "\n") + fault.text();
  return {base::StatusCode::kConfig, text};
}

base::Result<Sources> ReadSources(const std::string& file, std::vector<std::string> assignments) {
  Sources sources{file, "", ReadEnvironment(), std::move(assignments)};
  if (file.empty()) return sources;
  std::ifstream in(file, std::ios::binary);
  std::error_code error;
  if (!in || std::filesystem::is_directory(file, error)) {
    return base::Status(base::StatusCode::kConfig, "cannot read the configuration file " + file,
                        "check the path given with --config");
  }
  std::ostringstream text;
  text << in.rdbuf();
  sources.yaml = text.str();
  return sources;
}

std::string VariableName(std::string_view setting) {
  std::string out = "WAYMARK_";
  for (const char c : setting) {
    const bool lower = c >= 'a' && c <= 'z';
    out += c == '.' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

Configuration Load(const Sources& sources, std::span<const Declaration> declarations) {
  Loader loader(sources, declarations);
  loader.TakeFile();
  loader.TakeEnvironment();
  loader.TakeCommandLine();
  return loader.Finish();
}

}  // namespace waymark::config
