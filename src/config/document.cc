#include "config/document.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/declaration.h"

namespace waymark::config {
namespace {

constexpr size_t kColumns = 96;

constexpr std::string_view kIntroduction =
    "# The settings of Waymark with their defaults. Each may also be set by the environment\n"
    "# (WAYMARK_SESSION_GAP=30m) or the command line (--set session.gap=30m), which win over\n"
    "# this file. In values, ${NAME} and ${NAME:-default} stand for variables of the\n"
    "# environment, and $$ for a dollar sign. `waymark check` tells of every fault, and\n"
    "# `waymark config show` what holds.\n";

constexpr std::string_view kPassThroughText =
    "\n"
    "# What follows these names goes to the library as it is, such as\n"
    "# librdkafka.security.protocol. Secrets are given as file:PATH or env:NAME.\n"
    "librdkafka: {}\n"
    "rocksdb: {}\n";

// Sections and key: "http", "tls", "key".
std::vector<std::string_view> PartsOf(std::string_view name) {
  std::vector<std::string_view> parts;
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    parts.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  parts.push_back(name);
  return parts;
}

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
  std::vector<std::string_view> open;  // sections within each other
  for (const Declaration& declaration : Declarations()) {
    std::vector<std::string_view> sections = PartsOf(declaration.name);
    const std::string_view key = sections.back();
    sections.pop_back();
    size_t same = 0;
    while (same < std::min(open.size(), sections.size()) && open[same] == sections[same]) ++same;
    for (size_t depth = same; depth < sections.size(); ++depth) {
      out += depth == 0 ? "\n" : std::string(2 * depth, ' ');
      out.append(sections[depth]).append(":\n");
    }
    open = sections;
    const std::string indent(2 * sections.size(), ' ');
    out += Wrapped(declaration.help, indent + "#");
    out += Wrapped("(" + Facts(declaration) + ")", indent + "#");
    out.append(indent).append(key).append(": ").append(YamlValue(declaration)).append("\n");
  }
  return out + std::string(kPassThroughText);
}

std::string SettingsTableMarkdown() {
  std::string out =
      "| Setting | Type | Default | Bounds | Restart | Meaning |\n|---|---|---|---|---|---|\n";
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
