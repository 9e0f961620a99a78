#include "model/definition.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "model/condition_text.h"
#include "model/model_files.h"
#include "model/model_parser.h"
#include "model/yaml_tree.h"

namespace waymark::model {
namespace {

constexpr size_t kLineMax = 100;
constexpr size_t kShownMax = 60;  // of a value in a message
constexpr std::array<std::string_view, 3> kHead = {"family", "model", "version"};

size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) ++at;
  return at;
}

// A number as JSON has it.
bool IsNumber(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t whole = at;
  at = SkipDigits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = at + 1;
    at = SkipDigits(text, fraction);
    if (at == fraction) return false;
  }
  return at == text.size();
}

std::string ScalarText(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kNull) return "null";
  const bool plain =
      !node.quoted && (node.text == "true" || node.text == "false" || IsNumber(node.text));
  return plain ? node.text : QuotedYaml(node.text);
}

bool IsBranch(const YamlNode& node) { return node.IsMap() || node.IsList(); }

// On one line; false where that takes more than `room`.
bool WriteInline(const YamlNode& node, size_t room, std::string& out) {
  if (!IsBranch(node)) {
    out += ScalarText(node);
    return out.size() <= room;
  }
  out += node.IsMap() ? '{' : '[';
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += ", ";
    if (node.IsMap()) out += QuotedYaml(node.children[i].key) + ": ";
    if (!WriteInline(node.children[i], room, out)) return false;
  }
  out += node.IsMap() ? '}' : ']';
  return out.size() <= room;
}

// `before` is what stands on the line already.
void WriteJson(const YamlNode& node, size_t before, size_t indent, std::string& out) {
  std::string line;
  if (!IsBranch(node) || WriteInline(node, kLineMax - std::min(before, kLineMax), line)) {
    out += line.empty() ? ScalarText(node) : line;
    return;
  }
  const std::string margin(indent + 2, ' ');
  out += node.IsMap() ? "{\n" : "[\n";
  for (size_t i = 0; i < node.children.size(); ++i) {
    const std::string key = node.IsMap() ? QuotedYaml(node.children[i].key) + ": " : "";
    out += margin + key;
    WriteJson(node.children[i], margin.size() + key.size() + 1, margin.size(), out);
    out += i + 1 < node.children.size() ? ",\n" : "\n";
  }
  out += std::string(indent, ' ') + (node.IsMap() ? '}' : ']');
}

const YamlNode* FindChild(const YamlNode& node, std::string_view key) {
  const auto at = std::find_if(node.children.begin(), node.children.end(),
                               [key](const YamlNode& child) { return child.key == key; });
  return at == node.children.end() ? nullptr : &*at;
}

// What names the model stands first, and its version always. Interventions change no fold: each
// instance has those of its own files.
std::string JsonOf(YamlNode root, int32_t version) {
  std::erase_if(root.children,
                [](const YamlNode& child) { return child.key == "interventions"; });
  if (FindChild(root, "version") == nullptr) {
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.key = "version";
    node.text = std::to_string(version);
    root.children.push_back(std::move(node));
  }
  const auto rank = [](const YamlNode& node) {
    return std::find(kHead.begin(), kHead.end(), node.key) - kHead.begin();
  };
  std::stable_sort(root.children.begin(), root.children.end(),
                   [&](const YamlNode& a, const YamlNode& b) { return rank(a) < rank(b); });
  std::string json;
  WriteJson(root, kLineMax, 0, json);
  return json + "\n";
}

Fault TooLong(const JourneyModel& model, size_t bytes) {
  return {model.file, model.place,
          "the definition of '" + DefinitionKey(model) + "' has " + std::to_string(bytes) +
              " bytes, with what it extends and its aliases written out; " +
              std::to_string(kDefinitionBytesMax) + " are the most",
          "split the model, or say less in it"};
}

void Take(const ModelSource& source, DefinitionSet& into, ModelSet& set) {
  ModelSet one = ParseSource(source);
  for (const JourneyModel& model : one.models) {
    std::string json = JsonOf(*source.root, model.version);
    if (json.size() > kDefinitionBytesMax) {
      into.faults.push_back(TooLong(model, json.size()));
    } else {
      into.definitions.push_back({model, std::move(json)});
    }
  }
  AddTo(set, std::move(one));
}

DefinitionSet Finish(DefinitionSet definitions, ModelSet set) {
  definitions.customer = std::move(set.customer);
  std::move(set.faults.begin(), set.faults.end(), std::back_inserter(definitions.faults));
  SortFaults(definitions.faults);
  return definitions;
}

std::string Shown(const YamlNode* node) {
  if (node == nullptr) return "nothing";
  std::string text;
  if (WriteInline(*node, kShownMax, text)) return text;
  if (node->IsScalar()) return "a text of " + std::to_string(node->text.size()) + " bytes";
  return node->IsMap() ? "a map" : "a list of " + std::to_string(node->children.size());
}

std::string Join(const std::string& path, std::string_view part) {
  return path.empty() ? std::string(part) : path + "." + std::string(part);
}

std::string Different(const std::string& path, const YamlNode* is, const YamlNode* was) {
  return path + ": " + Shown(is) + " instead of " + Shown(was);
}

// An entry of a list by its name, where it has one.
std::string EntryName(const YamlNode& entry, size_t number) {
  const YamlNode* const name = FindChild(entry, "name");
  return name != nullptr && name->IsScalar() ? name->text : std::to_string(number + 1);
}

std::string Compare(const std::string& path, const YamlNode& is, const YamlNode& was);

std::string CompareMaps(const std::string& path, const YamlNode& is, const YamlNode& was) {
  for (const YamlNode& child : is.children) {
    const YamlNode* const other = FindChild(was, child.key);
    const std::string at = Join(path, child.key);
    std::string found = other == nullptr ? Different(at, &child, nullptr)
                                         : Compare(at, child, *other);
    if (!found.empty()) return found;
  }
  for (const YamlNode& child : was.children) {
    if (FindChild(is, child.key) == nullptr) {
      return Different(Join(path, child.key), nullptr, &child);
    }
  }
  return {};
}

std::string Compare(const std::string& path, const YamlNode& is, const YamlNode& was) {
  if (is.kind != was.kind) return Different(path, &is, &was);
  if (!IsBranch(is)) return is.text == was.text ? std::string() : Different(path, &is, &was);
  if (is.IsMap()) return CompareMaps(path, is, was);
  const size_t both = std::min(is.children.size(), was.children.size());
  for (size_t i = 0; i < both; ++i) {
    std::string found =
        Compare(Join(path, EntryName(was.children[i], i)), is.children[i], was.children[i]);
    if (!found.empty()) return found;
  }
  if (is.children.size() == was.children.size()) return {};
  const YamlNode& longer = is.children.size() > both ? is : was;
  const YamlNode* const entry = &longer.children[both];
  return Different(Join(path, EntryName(*entry, both)), &longer == &is ? entry : nullptr,
                   &longer == &was ? entry : nullptr);
}

void Emit(const YamlNode& node, YAML::Emitter& out) {
  if (node.kind == YamlNode::Kind::kNull) {
    out << YAML::Null;
  } else if (node.IsScalar()) {
    out << node.text;
  } else if (node.IsMap()) {
    out << YAML::BeginMap;
    for (const YamlNode& child : node.children) {
      out << YAML::Key << child.key << YAML::Value;
      Emit(child, out);
    }
    out << YAML::EndMap;
  } else {
    const bool flat = std::none_of(node.children.begin(), node.children.end(), IsBranch);
    if (flat) out << YAML::Flow;
    out << YAML::BeginSeq;
    for (const YamlNode& child : node.children) Emit(child, out);
    out << YAML::EndSeq;
  }
}

std::optional<YamlNode> TreeOf(std::string_view json) {
  std::vector<Fault> faults;
  return ParseYaml(json, {}, faults);
}

}  // namespace

DefinitionSet LoadDefinitions(std::span<const std::string> paths) {
  DefinitionSet definitions;
  ModelSet set;
  for (const ModelSource& source : ReadSources(paths, set.faults)) Take(source, definitions, set);
  return Finish(std::move(definitions), std::move(set));
}

DefinitionSet ParseDefinition(std::string_view json, const std::string& name) {
  DefinitionSet definitions;
  ModelSet set;
  std::vector<ModelSource> sources = {ReadSource(json, name)};
  ResolveExtends(sources);
  Take(sources[0], definitions, set);
  return Finish(std::move(definitions), std::move(set));
}

std::string DefinitionKey(const JourneyModel& model) {
  return model.family + "/" + model.name + "/" + std::to_string(model.version);
}

std::string DefinitionDifference(std::string_view is, std::string_view instead_of) {
  if (is == instead_of) return {};
  const auto a = TreeOf(is);
  const auto b = TreeOf(instead_of);
  if (!a || !b) return "it can't be read";
  return Compare({}, *a, *b);
}

std::string DefinitionYaml(std::string_view json) {
  const auto tree = TreeOf(json);
  if (!tree) return std::string(json);
  YAML::Emitter out;
  Emit(*tree, out);
  return std::string(out.c_str()) + "\n";
}

}  // namespace waymark::model
