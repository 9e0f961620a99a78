#include "config/document.h"

#include <string_view>

#include "config/declaration.h"

namespace waymark::config {
namespace {

constexpr size_t kColumns = 96;

constexpr std::string_view kIntroduction =
    "# The settings of Waymark with their defaults. Each may also be set by the environment\n"
    "# (WAYMARK_SESSION_GAP=30m) or the command line (--set session.gap=30m), which win over this\n"
    "# file. In values, ${NAME} and ${NAME:-default} stand for variables of the environment, and $$\n"
    "# for a dollar sign. `waymark check` tells of every fault, `waymark config show` what holds.\n";

constexpr std::string_view kPassThroughText =
    "\n# What follows these names goes to the library as it is, such as librdkafka.security.protocol.\n"
    "# Secrets are given as file:PATH or env:NAME.\n"
    "librdkafka: {}\n"
    "rocksdb: {}\n";

std::string_view SectionOf(std::string_view name) { return name.substr(0, name.find('.')); }
std::string_view KeyOf(std::string_view name) { return name.substr(name.find('.') + 1); }

// Words of `text` in lines that start with `indent`.
std::string Wrapped(std::string_view text, const std::string& indent) {
  std::string out;
  std::string line = indent;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? "" : text.substr(space + 1);
    if (line.size() + word.size() + 1 > kColumns && line.size() > indent.size()) {
      out += line + "\n";
      line = indent;
    }
    line += " " + std::string(word);
  }
  return out + line + "\n";
}

std::string Choices(const Declaration& declaration) {
  std::string out;
  for (const std::string_view choice : declaration.choices) {
    out += (out.empty() ? "" : ", ") + std::string(choice);
  }
  return out;
}

// "1s to 1y", "auto, json, protobuf", "at least 1 item"
std::string Bounds(const Declaration& declaration) {
  if (declaration.type == Type::kEnum) return Choices(declaration);
  if (declaration.least.empty()) return "";
  if (declaration.type == Type::kList) {
    return "at least " + std::string(declaration.least) + " item";
  }
  return std::string(declaration.least) + " to " + std::string(declaration.most);
}

std::string YamlValue(const Declaration& declaration) {
  const std::string text(declaration.fallback);
  if (declaration.type == Type::kList) return "[\"" + text + "\"]";
  const bool plain = declaration.type != Type::kText && declaration.type != Type::kTime;
  return plain ? text : "\"" + text + "\"";
}

std::string Facts(const Declaration& declaration) {
  std::string out(ToString(declaration.type));
  if (const std::string bounds = Bounds(declaration); !bounds.empty()) out += ": " + bounds;
  if (!declaration.restart_needed) out += "; changes without a restart";
  if (declaration.secret) out += "; a secret: file:PATH or env:NAME";
  if (declaration.stability == Stability::kExperimental) out += "; experimental";
  return out;
}

}  // namespace

std::string SampleYaml() {
  std::string out(kIntroduction);
  std::string_view section;
  for (const Declaration& declaration : Declarations()) {
    if (SectionOf(declaration.name) != section) {
      section = SectionOf(declaration.name);
      out += "\n" + std::string(section) + ":\n";
    }
    out += Wrapped(declaration.help, "  #");
    out += Wrapped("(" + Facts(declaration) + ")", "  #");
    out += "  " + std::string(KeyOf(declaration.name)) + ": " + YamlValue(declaration) + "\n";
  }
  return out + std::string(kPassThroughText);
}

std::string SettingsTableMarkdown() {
  std::string out = "| Setting | Type | Default | Bounds | Restart | Meaning |\n|---|---|---|---|---|---|\n";
  for (const Declaration& declaration : Declarations()) {
    const std::string fallback =
        declaration.fallback.empty() ? "" : "`" + std::string(declaration.fallback) + "`";
    out += "| `" + std::string(declaration.name) + "` | " +
           std::string(ToString(declaration.type)) + " | " + fallback + " | " +
           Bounds(declaration) + " | " + (declaration.restart_needed ? "yes" : "no") + " | " +
           std::string(declaration.help) + " |\n";
  }
  return out;
}

}  // namespace waymark::config
