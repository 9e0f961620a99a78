#include "model/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace waymark::model {
namespace {

Place PlaceOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// What an anchor holds, measured once, so that an alias is refused before it is expanded.
struct Anchored {
  YamlNode node;
  size_t nodes = 0;
  size_t bytes = 0;
  int height = 0;
};

void Measure(const YamlNode& node, Anchored& into, int depth) {
  ++into.nodes;
  into.bytes += node.text.size() + node.key.size();
  into.height = std::max(into.height, depth);
  for (const YamlNode& child : node.children) Measure(child, into, depth + 1);
}

// Builds the tree from the parser's events. After a fault that ends the reading, the rest of the
// events is ignored.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const std::string& file, std::vector<Fault>& faults) : file_(file), faults_(faults) {}

  bool stopped() const { return stopped_; }
  Place start() const { return start_; }
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = PlaceOf(mark); }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    AddLeaf(MakeNode(YamlNode::Kind::kNull, mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckTag(mark, tag);
    YamlNode node = MakeNode(YamlNode::Kind::kScalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    AddLeaf(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    const auto at = anchors_.find(anchor);
    if (at == anchors_.end()) {
      return Stop(PlaceOf(mark), "an alias stands inside its own anchor",
                  "an anchor '&name' holds a value that is whole before '*name' repeats it");
    }
    const Anchored& target = at->second;
    if (!Spend(target.nodes, target.bytes, Depth() + target.height, PlaceOf(mark))) return;
    Attach(YamlNode(target.node), PlaceOf(mark));
  }

 private:
  struct Frame {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key;
    Place key_place;
    std::set<std::string, std::less<>> keys;
  };

  static YamlNode MakeNode(YamlNode::Kind kind, const YAML::Mark& mark) {
    YamlNode node;
    node.kind = kind;
    node.place = PlaceOf(mark);
    return node;
  }

  int Depth() const { return static_cast<int>(stack_.size()) + 1; }

  void AddFault(Place place, std::string message, std::string hint = {}) {
    faults_.push_back({file_, place, std::move(message), std::move(hint)});
  }

  void Stop(Place place, std::string message, std::string hint = {}) {
    AddFault(place, std::move(message), std::move(hint));
    stopped_ = true;
  }

  void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (stopped_ || tag.empty() || tag == "?" || tag == "!") return;
    AddFault(PlaceOf(mark), "tags such as '" + tag + "' are not used here", "leave the tag out");
  }

  // Charges a subtree to the bounds; stops the reading where one is exceeded.
  bool Spend(size_t nodes, size_t bytes, int depth, Place place) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (depth > kYamlDepthMax) {
      Stop(place, "nested deeper than " + std::to_string(kYamlDepthMax) + " levels",
           "conditions rarely need more than four; 'any' and 'all' take lists");
    } else if (nodes_ > kYamlNodesMax) {
      Stop(place, "more than " + std::to_string(kYamlNodesMax) + " values, aliases expanded",
           "say many values at once with 'prefix' or 'like', or make it several files");
    } else if (bytes_ > kYamlExpandedMax) {
      Stop(place, "more than " + std::to_string(kYamlExpandedMax) + " bytes, aliases expanded",
           "repeat less with aliases");
    }
    return !stopped_;
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (stopped_) return;
    CheckTag(mark, tag);
    if (!Spend(1, 0, Depth(), PlaceOf(mark))) return;
    Frame frame;
    frame.node = MakeNode(kind, mark);
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
  }

  void Close() {
    if (stopped_) return;
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    Remember(frame.node, frame.anchor);
    if (!stopped_) Attach(std::move(frame.node), frame.node.place);
  }

  void AddLeaf(YamlNode node, YAML::anchor_t anchor) {
    if (stopped_ || !Spend(1, node.text.size(), Depth(), node.place)) return;
    Remember(node, anchor);
    if (!stopped_) Attach(std::move(node), node.place);
  }

  void Remember(const YamlNode& node, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    Anchored anchored;
    Measure(node, anchored, 0);
    if (!Spend(0, anchored.bytes, 0, node.place)) return;
    anchored.node = node;
    anchors_[anchor] = std::move(anchored);
  }

  // Puts a finished node where it belongs: as a map's key or value, a list's item, or the root.
  // `place` is where it is used, which for an alias is not where it was written.
  void Attach(YamlNode node, Place place) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& parent = stack_.back();
    if (parent.node.IsMap() && !parent.has_key) return TakeKey(parent, node, place);
    if (parent.node.IsMap()) {
      node.key = std::move(parent.key);
      node.key_place = parent.key_place;
      parent.has_key = false;
    }
    parent.node.children.push_back(std::move(node));
  }

  void TakeKey(Frame& parent, YamlNode& node, Place place) {
    if (!node.IsScalar()) return Stop(place, "a key must be text", "write 'key: value'");
    parent.has_key = true;
    parent.key = std::move(node.text);
    parent.key_place = place;
    if (!parent.keys.insert(parent.key).second) {
      AddFault(place, "key '" + parent.key + "' is repeated", "each key may stand once");
    }
  }

  const std::string& file_;
  std::vector<Fault>& faults_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  YamlNode root_;
  Place start_;
  size_t nodes_ = 0;
  size_t bytes_ = 0;
  bool stopped_ = false;
};

// The length of the UTF-8 character that starts the text, 0 where there is none.
size_t Utf8Length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

// The fault of the first byte that is no UTF-8 or a control character; the parser would guess
// another encoding or take one of them for the end of the text.
std::optional<Fault> FindBadByte(std::string_view text, const std::string& file) {
  Place place{1, 1};
  for (size_t at = 0; at < text.size();) {
    const size_t length = Utf8Length(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool control = byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
    if (length == 0) {
      return Fault{file, place, "a byte that is not UTF-8 text", "save the file as UTF-8"};
    }
    if (control || byte == 0x7f) {
      return Fault{file, place, "a control character, code " + std::to_string(byte),
                   "a model is plain text: remove it"};
    }
    place = byte == '\n' ? Place{place.line + 1, 1}
                         : Place{place.line, place.column + static_cast<int>(length)};
    at += length;
  }
  return std::nullopt;
}

struct SyntaxHint {
  std::string_view message;  // of the library, its beginning
  std::string_view hint;
};
const std::array<SyntaxHint, 9> kSyntaxHints = {{
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a list that begins with '[' ends with ']' before this"},
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "a map that begins with '{' ends with '}' before this"},
    {YAML::ErrorMsg::END_OF_SEQ, "the entries of a list stand under each other, equally indented"},
    {YAML::ErrorMsg::END_OF_MAP, "the keys of a map stand under each other, equally indented"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "indent with spaces, not with tabs"},
    {YAML::ErrorMsg::BLOCK_ENTRY,
     "a list begins on a line of its own, indented with spaces, not with tabs"},
    {YAML::ErrorMsg::MAP_VALUE, "text that holds ': ' stands in quotes"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "'*name' repeats what '&name' stands before, further up"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN,
     "text that begins with a sign such as @, %, ` or | stands in quotes"},
}};

Fault SyntaxFault(const std::string& file, Place place, const std::string& message) {
  std::string_view hint = "look for quotes and brackets left open, and at the indentation";
  for (const SyntaxHint& known : kSyntaxHints) {
    if (message.starts_with(known.message)) hint = known.hint;
  }
  return {file, place, "no valid YAML: " + message, std::string(hint)};
}

}  // namespace

std::optional<YamlNode> ParseYaml(std::string_view text, const std::string& file,
                                  std::vector<Fault>& faults) {
  if (text.size() > kYamlBytesMax) {
    faults.push_back({file, {1, 1},
                      "larger than " + std::to_string(kYamlBytesMax) + " bytes",
                      "one file holds one model; split it"});
    return std::nullopt;
  }
  if (auto bad = FindBadByte(text, file)) {
    faults.push_back(std::move(*bad));
    return std::nullopt;
  }
  Builder builder(file, faults);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      faults.push_back({file, {1, 1}, "the file is empty", "config/models/README.md begins small"});
      return std::nullopt;
    }
    if (builder.stopped()) return std::nullopt;
    std::vector<Fault> more;
    Builder rest(file, more);
    if (parser.HandleNextDocument(rest)) {
      faults.push_back({file, rest.start(), "more than one document in the file",
                        "one file holds one model: remove the '---', or make it two files"});
      return std::nullopt;
    }
    return builder.TakeRoot();
  } catch (const YAML::Exception& error) {
    if (!builder.stopped()) {
      faults.push_back(SyntaxFault(file, PlaceOf(error.mark), error.msg));
    }
    return std::nullopt;
  }
}

}  // namespace waymark::model
