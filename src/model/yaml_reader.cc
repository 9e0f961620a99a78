#include "model/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/nearest.h"

namespace waymark::model {
namespace {

constexpr size_t kNameMax = 64;
constexpr size_t kListedMax = 32;

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string Joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

// How the value is called: by its key, or as an item of a list.
std::string Subject(const YamlNode& node) {
  return node.key.empty() ? std::string("this value") : Quoted(node.key);
}

bool IsNameLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// What stands there, short enough for a message.
std::string Excerpt(std::string_view text) {
  constexpr size_t kExcerptMax = 40;
  if (text.size() <= kExcerptMax) return Quoted(text);
  size_t end = kExcerptMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return Quoted(std::string(text.substr(0, end)) + "…");
}

// "Awaiting User Info" → "awaiting-user-info".
std::string NameFrom(std::string_view text) {
  std::string name;
  for (const char c : text.substr(0, kNameMax)) {
    if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c - 'A' + 'a');
    } else {
      name += IsNameLetter(c) ? c : '-';
    }
  }
  return name;
}

std::string NumberText(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

template <class T>
bool ParsesWhole(std::string_view text, T& value) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end;
}

}  // namespace

std::string_view KindName(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull: return "empty";
    case YamlNode::Kind::kScalar: return "text";
    case YamlNode::Kind::kList: return "a list";
    case YamlNode::Kind::kMap: return "a map";
  }
  return "unknown";
}

std::string InsteadOf(const YamlNode& node) {
  return ", not " + (node.IsScalar() && !node.text.empty() ? Excerpt(node.text)
                     : node.IsScalar()                     ? std::string("empty text")
                                                           : std::string(KindName(node)));
}

void YamlReader::AddFault(Place place, std::string message, std::string hint) {
  faults_.push_back({file_, place, std::move(message), std::move(hint)});
}

void YamlReader::AddUnknown(Place place, std::string_view what, std::string_view word,
                            std::span<const std::string_view> allowed) {
  std::string hint = DidYouMean(Nearest(word, allowed));
  if (hint.empty() && allowed.empty()) hint = "there is none yet";
  if (hint.empty() && allowed.size() <= kListedMax) hint = "known are: " + Joined(allowed);
  if (hint.empty()) hint = "none of the " + std::to_string(allowed.size()) + " known is like it";
  AddFault(place, "unknown " + std::string(what) + " " + Quoted(word), std::move(hint));
}

bool YamlReader::ExpectMap(const YamlNode& node) {
  if (node.IsMap()) return true;
  AddFault(node.place, Subject(node) + " must be a map, not " + std::string(KindName(node)),
           node.IsNull() ? "what belongs to it stands below, further indented"
                         : "a map has lines 'key: value', or is written {key: value}");
  return false;
}

bool YamlReader::ExpectList(const YamlNode& node) {
  if (node.IsList()) return true;
  AddFault(node.place, Subject(node) + " must be a list, not " + std::string(KindName(node)),
           "a list has lines that begin with '- ', or is written [a, b]");
  return false;
}

std::string YamlReader::ReadText(const YamlNode& node) {
  if (node.IsScalar() && !node.text.empty()) return node.text;
  const std::string_view found = node.IsScalar() ? "empty" : KindName(node);
  AddFault(node.place, Subject(node) + " must be text, not " + std::string(found),
           node.IsList() || node.IsMap() ? "write a single value"
                                         : "write a value, or leave it out");
  return {};
}

std::string YamlReader::ReadName(const YamlNode& node) {
  std::string text = ReadText(node);
  if (text.size() > kNameMax) {
    AddFault(node.place, "the name is longer than " + std::to_string(kNameMax) + " letters",
             "a 'title' may be as long as you like");
  } else if (!std::all_of(text.begin(), text.end(), IsNameLetter)) {
    AddFault(node.place, Quoted(text) + " is no name: use a-z, 0-9, '-' and '_'",
             "write " + Quoted(NameFrom(text)) + "; a 'title' may hold any text");
  }
  return text;
}

std::vector<PlacedText> YamlReader::ReadPlacedTexts(const YamlNode& node) {
  std::vector<PlacedText> out;
  if (node.IsScalar()) {
    out.push_back({ReadText(node), node.place});
  } else if (ExpectList(node)) {
    for (const YamlNode& item : node.children) out.push_back({ReadText(item), item.place});
  }
  return out;
}

std::vector<std::string> YamlReader::ReadTexts(const YamlNode& node) {
  std::vector<std::string> out;
  for (PlacedText& placed : ReadPlacedTexts(node)) out.push_back(std::move(placed.text));
  return out;
}

bool YamlReader::ReadBool(const YamlNode& node) {
  if (node.IsScalar() && node.text == "true") return true;
  if (!node.IsScalar() || node.text != "false") {
    AddFault(node.place, Subject(node) + " must be true or false" + InsteadOf(node),
             "write it in small letters");
  }
  return false;
}

std::optional<int64_t> YamlReader::ReadInteger(const YamlNode& node, int64_t low, int64_t high) {
  int64_t number = 0;
  if (!node.IsScalar() || !ParsesWhole(node.text, number) || number < low || number > high) {
    AddFault(node.place, Subject(node) + " must be a whole number from " + std::to_string(low) +
                             " to " + std::to_string(high) + InsteadOf(node),
             "write digits alone, such as " + std::to_string(std::max<int64_t>(low, 1)));
    return std::nullopt;
  }
  return number;
}

std::optional<double> YamlReader::ReadNumber(const YamlNode& node, double low, double high) {
  double number = 0;
  // Written so that what is not a number falls outside too.
  if (!node.IsScalar() || !ParsesWhole(node.text, number) || !(number >= low && number <= high)) {
    AddFault(node.place, Subject(node) + " must be a number from " + NumberText(low) + " to " +
                             NumberText(high) + InsteadOf(node),
             "write digits and a point, such as " + NumberText((low + high) / 2));
    return std::nullopt;
  }
  return number;
}

std::optional<base::Timestamp> ParseTimeOrDate(std::string_view text) {
  constexpr size_t kDate = 10;    // 2024-03-01
  constexpr size_t kMinute = 16;  // 2024-03-01T09:00
  std::string full(text);
  if (full.size() == kDate) full += "T00:00:00Z";
  if (full.size() > kMinute && full[kMinute] != ':') full.insert(kMinute, ":00");
  return base::ParseRfc3339(full);
}

std::optional<base::Timestamp> YamlReader::ReadTime(const YamlNode& node) {
  const auto time = node.IsScalar() ? ParseTimeOrDate(node.text) : std::nullopt;
  if (!time) {
    AddFault(node.place, Subject(node) + " must be a time or a date" + InsteadOf(node),
             "such as 2024-03-01T09:00:00+01:00, 2024-03-01T09:00Z, or 2024-03-01 in UTC");
  }
  return time;
}

std::optional<base::Millis> YamlReader::ReadDuration(const YamlNode& node) {
  const auto duration = node.IsScalar() ? base::ParseDuration(node.text) : std::nullopt;
  if (!duration || duration->count() <= 0) {
    AddFault(node.place, Subject(node) + " must be a duration longer than zero" + InsteadOf(node),
             "such as 30m, 12h, 14d, 2w, 3y or 1h30m");
    return std::nullopt;
  }
  return duration;
}

YamlMap::YamlMap(const YamlNode& node, YamlReader& reader)
    : node_(node), reader_(reader), is_map_(reader.ExpectMap(node)) {}

const YamlNode* YamlMap::Take(std::string_view key) {
  known_.push_back(key);
  if (!is_map_) return nullptr;
  const auto at = std::find_if(node_.children.begin(), node_.children.end(),
                               [key](const YamlNode& child) { return child.key == key; });
  return at == node_.children.end() ? nullptr : &*at;
}

const YamlNode* YamlMap::Require(std::string_view key, std::string_view what) {
  const YamlNode* child = Take(key);
  if (child == nullptr && is_map_) {
    reader_.AddFault(node_.place, std::string(what) + " needs the key " + Quoted(key),
                     "add '" + std::string(key) + ": …'");
  }
  return child;
}

void YamlMap::RefuseRest() {
  if (!is_map_) return;
  for (const YamlNode& child : node_.children) {
    if (std::find(known_.begin(), known_.end(), child.key) == known_.end()) {
      reader_.AddUnknown(child.key_place, "key", child.key, known_);
    }
  }
}

}  // namespace waymark::model
