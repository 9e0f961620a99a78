#include "config/reference.h"

#include <filesystem>
#include <fstream>

namespace waymark::config {
namespace {

using base::Result;
using base::Status;
using base::StatusCode;

constexpr size_t kSecretBytesMax = 64 * 1024;
constexpr std::string_view kFile = "file:";
constexpr std::string_view kEnv = "env:";

bool IsVariableName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

// `inner` is what stands between the braces.
Result<std::string> Expand(std::string_view inner, const Environment& environment) {
  const size_t split = inner.find(":-");
  const std::string name(inner.substr(0, split));
  if (!IsVariableName(name)) {
    return Status(StatusCode::kConfig, "'${" + std::string(inner) + "}' names no variable",
                  "write ${NAME} or ${NAME:-default}, and $$ for a dollar sign");
  }
  const auto found = environment.find(name);
  if (found != environment.end()) return found->second;
  if (split != std::string_view::npos) return std::string(inner.substr(split + 2));
  return Status(StatusCode::kConfig, "the environment variable " + name + " is not set",
                "set it, or write ${" + name + ":-default}");
}

Result<std::string> ReadSecretFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kSecretBytesMax + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad() || (in.fail() && !in.eof())) {
    return Status(StatusCode::kConfig, "cannot read the secret file " + path.string(),
                  "check that it exists and that this user may read it");
  }
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > kSecretBytesMax) {
    return Status(StatusCode::kConfig, "the secret file " + path.string() + " is over 64 KiB");
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

Result<std::string> Interpolate(std::string_view text, const Environment& environment) {
  std::string out;
  while (!text.empty()) {
    const size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar);
    if (text.starts_with("$$")) {
      out += '$';
      text.remove_prefix(2);
    } else if (text.starts_with("${")) {
      const size_t close = text.find('}');
      if (close == std::string_view::npos) {
        return Status(StatusCode::kConfig, "'${' without '}'", "write $$ for a dollar sign");
      }
      WAYMARK_ASSIGN_OR_RETURN(const std::string value,
                               Expand(text.substr(2, close - 2), environment));
      out += value;
      text.remove_prefix(close + 1);
    } else {
      out += '$';
      text.remove_prefix(1);
    }
  }
  return out;
}

bool IsSecretReference(std::string_view text) {
  return text.starts_with(kFile) || text.starts_with(kEnv);
}

Result<std::string> ResolveSecret(std::string_view reference, const Environment& environment,
                                  const std::string& folder) {
  if (reference.starts_with(kEnv)) {
    const std::string name(reference.substr(kEnv.size()));
    const auto found = environment.find(name);
    if (found != environment.end()) return found->second;
    return Status(StatusCode::kConfig, "the environment variable " + name + " is not set",
                  "set it, or use file:PATH");
  }
  if (!reference.starts_with(kFile)) return std::string(reference);
  const std::filesystem::path path(reference.substr(kFile.size()));
  return ReadSecretFile(path.is_absolute() ? path : std::filesystem::path(folder) / path);
}

}  // namespace waymark::config
