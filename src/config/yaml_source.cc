#include "config/yaml_source.h"

#include <yaml-cpp/yaml.h>

#include <map>

namespace waymark::config {
namespace {

constexpr size_t kBytesMax = 1 << 20;
constexpr int kDepthMax = 8;
constexpr size_t kEntriesMax = 10'000;

class Flattener {
 public:
  explicit Flattener(const std::string& file) : file_(file) {}

  void Walk(const YAML::Node& map, const std::string& prefix, int depth) {
    for (const auto& item : map) {
      const YAML::Mark mark = item.first.Mark();
      if (!item.first.IsScalar() || item.first.Scalar().empty()) {
        Complain(mark, "a key is not a name", "write name: value");
        continue;
      }
      const std::string key = prefix + item.first.Scalar();
      if (out_.entries.size() >= kEntriesMax) return;
      if (item.second.IsMap() && item.second.size() > 0) {
        Descend(item.second, key, mark, depth);
      } else {
        AddLeaf(item.second, key, mark);
      }
    }
  }

  void Complain(const YAML::Mark& mark, std::string message, std::string hint) {
    out_.faults.push_back(
        {file_, mark.line + 1, mark.column + 1, std::move(message), std::move(hint)});
  }

  YamlEntries Take() { return std::move(out_); }

 private:
  void Descend(const YAML::Node& map, const std::string& key, const YAML::Mark& mark, int depth) {
    if (depth >= kDepthMax) {
      Complain(mark, key + " is nested too deeply", "no setting is; see the sample file");
      return;
    }
    Walk(map, key + ".", depth + 1);
  }

  void AddLeaf(const YAML::Node& value, const std::string& key, const YAML::Mark& mark) {
    YamlEntry entry{key, {}, mark.line + 1, mark.column + 1};
    if (value.IsScalar()) {
      entry.given.texts.push_back(value.Scalar());
    } else if (value.IsSequence()) {
      entry.given.is_list = true;
      for (const YAML::Node& item : value) {
        if (!item.IsScalar()) {
          Complain(item.Mark(), key + ": an item of the list is not a plain value", "");
          return;
        }
        entry.given.texts.push_back(item.Scalar());
      }
    }
    if (const auto [first, fresh] = seen_.emplace(key, entry.line); !fresh) {
      Complain(mark, key + " is given twice",
               "the first time on line " + std::to_string(first->second));
      return;
    }
    out_.entries.push_back(std::move(entry));
  }

  std::string file_;
  std::map<std::string, int> seen_;
  YamlEntries out_;
};

}  // namespace

YamlEntries ReadYaml(std::string_view text, const std::string& file) {
  Flattener flattener(file);
  if (text.size() > kBytesMax) {
    flattener.Complain(YAML::Mark(), "the file is over 1 MiB", "no configuration is that large");
    return flattener.Take();
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) {
      flattener.Complain(documents[1].Mark(), "a second document begins here",
                         "keep one document a file");
    }
    if (documents.empty() || documents.front().IsNull()) return flattener.Take();
    if (documents.front().IsMap()) {
      flattener.Walk(documents.front(), "", 1);
    } else {
      flattener.Complain(documents.front().Mark(), "the file holds no settings",
                         "write it like session: {gap: 30m}");
    }
  } catch (const YAML::Exception& e) {
    const YAML::Mark mark = e.mark.is_null() ? YAML::Mark() : e.mark;
    flattener.Complain(mark, "not readable as YAML: " + e.msg, "check indentation and quotes");
  }
  return flattener.Take();
}

}  // namespace waymark::config
