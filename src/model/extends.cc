#include "model/extends.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "model/nearest.h"

namespace waymark::model {
namespace {

constexpr std::array<std::string_view, 5> kNamedLists = {"stages", "signals", "detectors",
                                                         "touchpoints", "personas"};
// Each model says these of itself.
constexpr std::array<std::string_view, 8> kOwnKeys = {
    "extends",       "model",    "version",      "effective_from", "fate",
    "stage_mapping", "priority", "interventions"};

template <class Words>
bool Contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <class Node>
Node* FindChild(Node& node, std::string_view key) {
  const auto at = std::find_if(node.children.begin(), node.children.end(),
                               [key](const YamlNode& child) { return child.key == key; });
  return at == node.children.end() ? nullptr : &*at;
}

std::string_view TextOf(const YamlNode& node, std::string_view key) {
  const YamlNode* const child = FindChild(node, key);
  return child != nullptr && child->IsScalar() ? std::string_view(child->text) : std::string_view();
}

int VersionOf(const YamlNode& node) {
  const std::string_view text = TextOf(node, "version");
  int version = 1;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return version;
}

bool SaysRemove(const YamlNode& node) { return TextOf(node, "remove") == "true"; }

void MoveToNextFile(YamlNode& node) {
  ++node.place.file;
  ++node.key_place.file;
  for (YamlNode& child : node.children) MoveToNextFile(child);
}

size_t CountNodes(const YamlNode& node) {
  size_t count = 1;
  for (const YamlNode& child : node.children) count += CountNodes(child);
  return count;
}

// Keys of `over` replace those of `base`, which gives the others.
void MergeKeys(const YamlNode& base, YamlNode& over) {
  if (!base.IsMap() || !over.IsMap()) return;
  for (const YamlNode& child : base.children) {
    if (FindChild(over, child.key) == nullptr) over.children.push_back(child);
  }
}

// Entries to be left out that no base has.
void RefuseRemoved(YamlNode& list, const std::string& file, std::vector<Fault>& faults) {
  if (!list.IsList()) return;
  std::erase_if(list.children, [&](const YamlNode& entry) {
    if (!SaysRemove(entry)) return false;
    const std::string name(TextOf(entry, "name"));
    faults.push_back({file, entry.place,
                      "there is no '" + name + "' among the '" + list.key + "' to remove",
                      "'remove: true' leaves out what the model that is extended has"});
    return true;
  });
}

// In the order of the base; what is new stands behind it.
void MergeNamed(const YamlNode& base, YamlNode& over, bool by_key) {
  if (!base.IsList() || !over.IsList()) return;
  std::vector<YamlNode> merged;
  const auto named = [](std::vector<YamlNode>& nodes, std::string_view name) {
    return std::find_if(nodes.begin(), nodes.end(), [name](const YamlNode& node) {
      return !name.empty() && TextOf(node, "name") == name;
    });
  };
  for (const YamlNode& entry : base.children) {
    const auto again = named(over.children, TextOf(entry, "name"));
    if (again == over.children.end()) {
      merged.push_back(entry);
      continue;
    }
    if (!SaysRemove(*again)) {
      if (by_key) MergeKeys(entry, *again);
      merged.push_back(std::move(*again));
    }
    over.children.erase(again);
  }
  std::move(over.children.begin(), over.children.end(), std::back_inserter(merged));
  over.children = std::move(merged);
}

void Merge(const YamlNode& base, YamlNode& over) {
  for (const YamlNode& child : base.children) {
    if (Contains(kOwnKeys, child.key)) continue;
    YamlNode* const again = FindChild(over, child.key);
    if (again == nullptr) {
      over.children.push_back(child);
    } else if (child.key == "journey") {
      MergeKeys(child, *again);
    } else if (Contains(kNamedLists, child.key)) {
      MergeNamed(child, *again, child.key == "stages");
    }
  }
}

class Resolver {
 public:
  explicit Resolver(std::vector<ModelSource>& sources)
      : sources_(sources),
        progress_(sources.size(), Progress::kNone),
        some_unread_(std::ranges::any_of(
            sources, [](const ModelSource& source) { return !source.root.has_value(); })) {}

  // False where the source can't be used.
  bool Resolve(size_t number) {
    ModelSource& source = sources_[number];
    if (!source.root || progress_[number] == Progress::kDone) return source.root.has_value();
    const YamlNode* const extends = FindChild(*source.root, "extends");
    if (extends == nullptr) {
      progress_[number] = Progress::kDone;
      return true;
    }
    progress_[number] = Progress::kBegun;
    chain_.push_back(number);
    const Place place = extends->place;
    const std::string name = extends->IsScalar() ? extends->text : std::string();
    const auto base = FindBase(number, name);
    // What is missing may stand in a file that could not be read; that has its own fault.
    if (!base && some_unread_) return Drop(number);
    if (!base) return Refuse(number, place, "no model '" + name + "' to extend", HintFor(name));
    if (progress_[*base] == Progress::kBegun) {
      return Refuse(number, place, "'extends' goes in a circle: " + Circle(*base),
                    "a model may not extend itself, nor what extends it");
    }
    if (!Resolve(*base)) return Drop(number);
    chain_.pop_back();
    Take(source, sources_[*base]);
    progress_[number] = Progress::kDone;
    if (CountNodes(*source.root) <= kYamlNodesMax) return true;
    return Refuse(number, place, "with what it extends it has more than " +
                                     std::to_string(kYamlNodesMax) + " values",
                  "make it several models, or say many values at once with 'prefix' or 'like'");
  }

 private:
  enum class Progress { kNone, kBegun, kDone };

  static void Take(ModelSource& source, const ModelSource& from) {
    YamlNode base = *from.root;
    MoveToNextFile(base);
    Merge(base, *source.root);
    for (const std::string_view key : kNamedLists) {
      YamlNode* const list = FindChild(*source.root, key);
      if (list != nullptr) RefuseRemoved(*list, source.files[0], source.faults);
    }
    std::erase_if(source.root->children,
                  [](const YamlNode& child) { return child.key == "extends"; });
    source.files.insert(source.files.end(), from.files.begin(), from.files.end());
  }

  bool Refuse(size_t number, Place place, std::string message, std::string hint) {
    ModelSource& source = sources_[number];
    source.faults.push_back({source.files[0], place, std::move(message), std::move(hint)});
    return Drop(number);
  }

  bool Drop(size_t number) {
    if (!chain_.empty() && chain_.back() == number) chain_.pop_back();
    sources_[number].root.reset();
    progress_[number] = Progress::kDone;
    return false;
  }

  // "model" or "family/model"; of several versions the newest, but one older than the source's own
  // where both are one model.
  std::optional<size_t> FindBase(size_t number, std::string_view name) const {
    const size_t slash = name.find('/');
    const std::string_view family = slash == name.npos ? std::string_view() : name.substr(0, slash);
    const std::string_view model = slash == name.npos ? name : name.substr(slash + 1);
    const YamlNode& own = *sources_[number].root;
    std::optional<size_t> best;
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (!sources_[i].root || model.empty()) continue;
      const YamlNode& root = *sources_[i].root;
      if (TextOf(root, "model") != model) continue;
      // Who says no family takes that of its base.
      const std::string_view its_family = TextOf(root, "family");
      if (!family.empty() && !its_family.empty() && its_family != family) continue;
      const bool same = TextOf(own, "model") == model;
      if (same && i != number && VersionOf(root) >= VersionOf(own)) continue;
      const bool better = !best || *best == number ||
                          (i != number && VersionOf(root) > VersionOf(*sources_[*best].root));
      if (better) best = i;
    }
    return best;
  }

  std::string HintFor(std::string_view name) const {
    std::vector<std::string_view> known;
    for (const ModelSource& source : sources_) {
      if (source.root) known.push_back(TextOf(*source.root, "model"));
    }
    std::string hint = DidYouMean(Nearest(name, known));
    return hint.empty() ? "the base must be among the models that are read" : hint;
  }

  std::string Circle(size_t base) const {
    const auto name = [&](size_t i) { return std::string(TextOf(*sources_[i].root, "model")); };
    std::string text;
    for (auto at = std::find(chain_.begin(), chain_.end(), base); at != chain_.end(); ++at) {
      text += name(*at) + " extends ";
    }
    return text + name(base);
  }

  std::vector<ModelSource>& sources_;
  std::vector<Progress> progress_;
  std::vector<size_t> chain_;  // the models under way, each extending the next
  bool some_unread_;
};

}  // namespace

void ResolveExtends(std::vector<ModelSource>& sources) {
  Resolver resolver(sources);
  for (size_t i = 0; i < sources.size(); ++i) resolver.Resolve(i);
}

}  // namespace waymark::model
