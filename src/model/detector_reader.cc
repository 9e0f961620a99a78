#include "model/detector_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace waymark::model {
namespace {

using Kind = Detector::Kind;
using Follows = SequencePart::Follows;

struct KindKey {
  std::string_view key;
  Kind kind;
};
constexpr std::array<KindKey, 6> kKindKeys = {{{"when", Kind::kInteraction},
                                               {"sequence", Kind::kSequence},
                                               {"silence", Kind::kSilence},
                                               {"stay", Kind::kStay},
                                               {"bounce", Kind::kBounce},
                                               {"narrowing", Kind::kNarrowing}}};

const YamlNode* FindChild(const YamlNode& node, std::string_view key) {
  const auto at = std::find_if(node.children.begin(), node.children.end(),
                               [key](const YamlNode& child) { return child.key == key; });
  return at == node.children.end() ? nullptr : &*at;
}

class Reader {
 public:
  Reader(const DetectorContext& context, YamlReader& yaml) : context_(context), yaml_(yaml) {}

  Detector Read(const YamlNode& entry, YamlMap& map, std::string_view what) {
    detector_.place = entry.place;
    const KindKey* const key = FindKind(entry, what);
    for (const KindKey& known : kKindKeys) map.Take(known.key);
    if (key == nullptr) {
      // Which of these belong to it is not known.
      for (const char* other : {"within", "same", "overlapping", "in", "while"}) map.Take(other);
      return std::move(detector_);
    }
    detector_.kind = key->kind;
    const YamlNode& node = *map.Take(key->key);
    switch (key->kind) {
      case Kind::kInteraction:
        detector_.when = ReadCondition(node, context_.conditions, yaml_);
        break;
      case Kind::kSequence: ReadSequence(node, map); break;
      case Kind::kSilence:
      case Kind::kStay: ReadTimed(node, map); break;
      case Kind::kBounce: ReadBounce(node, map); break;
      case Kind::kNarrowing: ReadNarrowing(node); break;
    }
    return std::move(detector_);
  }

 private:
  // The one key that says what is found.
  const KindKey* FindKind(const YamlNode& entry, std::string_view what) {
    const KindKey* found = nullptr;
    for (const KindKey& key : kKindKeys) {
      const YamlNode* const node = FindChild(entry, key.key);
      if (node == nullptr) continue;
      if (found != nullptr) {
        yaml_.AddFault(node->key_place,
                       std::string(what) + " has both '" + std::string(found->key) + "' and '" +
                           std::string(key.key) + "'",
                       "make it two; one may ask for the other with 'detected'");
        return nullptr;
      }
      found = &key;
    }
    if (found == nullptr && entry.IsMap()) {
      yaml_.AddFault(entry.place, std::string(what) + " says nothing to be found",
                     "add one of when, sequence, silence, stay, bounce or narrowing");
    }
    return found;
  }

  void ReadSequence(const YamlNode& node, YamlMap& map) {
    if (const YamlNode* within = map.Take("within")) {
      detector_.within = yaml_.ReadDuration(*within);
    }
    if (const YamlNode* same = map.Take("same")) ReadSame(*same);
    if (const YamlNode* overlapping = map.Take("overlapping")) {
      detector_.overlapping = yaml_.ReadBool(*overlapping);
    }
    if (!yaml_.ExpectList(node)) return;
    if (node.children.empty() || node.children.size() > kSequencePartsMax) {
      yaml_.AddFault(node.place, "a sequence has 1 to " + std::to_string(kSequencePartsMax) +
                                     " parts, not " + std::to_string(node.children.size()),
                     "what comes again and again is one part with 'times'");
      return;
    }
    for (const YamlNode& item : node.children) ReadPart(item);
    CheckSequence(map);
  }

  void ReadPart(const YamlNode& item) {
    YamlMap map(item, yaml_);
    SequencePart part;
    part.place = item.place;
    const YamlNode* const when = map.Take("when");
    const YamlNode* const absent = map.Take("absent");
    if ((when == nullptr) == (absent == nullptr)) {
      yaml_.AddFault(item.place, "a part of a sequence needs either 'when' or 'absent'",
                     "such as {when: {action: ask}}, or {absent: {kind: STAFF}}");
    }
    part.is_absent = absent != nullptr;
    const YamlNode* const condition = when != nullptr ? when : absent;
    if (condition != nullptr) {
      part.when = ReadCondition(*condition, context_.conditions, yaml_);
    }
    const YamlNode* const times = map.Take("times");
    const YamlNode* const optional = map.Take("optional");
    const YamlNode* const follows = map.Take("follows");
    for (const YamlNode* node : {times, optional, follows}) {
      if (node == nullptr || !part.is_absent) continue;
      yaml_.AddFault(node->key_place, "'" + node->key + "' says nothing of what must not come",
                     "it belongs to a part with 'when'");
    }
    if (times != nullptr) ReadTimes(*times, part);
    if (optional != nullptr && yaml_.ReadBool(*optional)) part.times_min = 0;
    if (follows != nullptr) ReadFollows(*follows, part);
    if (part.times_min == 0 && part.follows == Follows::kDirectly) {
      yaml_.AddFault(follows->key_place, "what may be missing can't be asked to follow directly",
                     "leave 'optional' or 'follows' out");
    }
    map.RefuseRest();
    detector_.sequence.push_back(std::move(part));
  }

  void ReadTimes(const YamlNode& node, SequencePart& part) {
    const auto read = [&](const YamlNode& number) {
      return static_cast<int32_t>(yaml_.ReadInteger(number, 1, kSequenceTimesMax).value_or(1));
    };
    if (!node.IsMap()) {
      part.times_min = part.times_max = read(node);
      return;
    }
    YamlMap map(node, yaml_);
    part.times_max = kSequenceTimesMax;
    if (const YamlNode* least = map.Take("at_least")) part.times_min = read(*least);
    if (const YamlNode* most = map.Take("at_most")) part.times_max = read(*most);
    map.RefuseRest();
    if (part.times_min > part.times_max) {
      yaml_.AddFault(node.place, "'at_least' is more than 'at_most'",
                     "no number lies between the two: exchange them");
    }
  }

  void ReadFollows(const YamlNode& node, SequencePart& part) {
    constexpr std::array<std::string_view, 3> kNames = {"later", "directly", "any"};
    const std::string text = yaml_.ReadText(node);
    const auto at = std::find(kNames.begin(), kNames.end(), text);
    if (at == kNames.end()) {
      if (!text.empty()) yaml_.AddUnknown(node.place, "way to follow", text, kNames);
      return;
    }
    part.follows = static_cast<Follows>(at - kNames.begin());
    if (detector_.sequence.empty()) {
      yaml_.AddFault(node.key_place, "the first part follows nothing",
                     "leave 'follows' out here; it says how a part follows the one before it");
    } else if (part.follows == Follows::kDirectly && detector_.sequence.back().is_absent) {
      yaml_.AddFault(node.key_place, "what follows directly has nothing before it to be absent",
                     "leave the part with 'absent' out: nothing at all lies between");
    }
  }

  void CheckSequence(YamlMap& map) {
    const std::vector<SequencePart>& parts = detector_.sequence;
    if (parts.front().is_absent) {
      yaml_.AddFault(parts.front().place, "a sequence can't begin with what must not come",
                     "begin with what sets it off");
    } else if (parts.front().times_min == 0) {
      yaml_.AddFault(parts.front().place, "the first part of a sequence can't be missing",
                     "begin with what sets it off");
    }
    const auto last = std::find_if(parts.rbegin(), parts.rend(),
                                   [](const SequencePart& part) { return !part.is_absent; });
    if (last != parts.rend() && parts.size() > 1 && last->times_min == 0) {
      yaml_.AddFault(last->place, "the last part that comes can't be missing",
                     "without it the sequence is found already: leave it out");
    }
    if (parts.back().is_absent && map.Take("within") == nullptr) {
      yaml_.AddFault(parts.back().place, "what must not come at the end needs 'within'",
                     "say how long to wait, from the first part on: within: 2d");
    }
  }

  void ReadSame(const YamlNode& node) {
    for (const PlacedText& text : yaml_.ReadPlacedTexts(node)) {
      const auto field = ReadPlainText(text);
      if (field) detector_.same.push_back(*field);
    }
  }

  // A text field of the interaction itself.
  std::optional<FieldRef> ReadPlainText(const PlacedText& text) {
    if (text.text.empty()) return std::nullopt;
    auto field = ReadField(text.text, text.place, yaml_);
    if (!field) return std::nullopt;
    const bool is_text = !IsNumeric(field->field) && !IsSet(field->field);
    if (is_text && !IsOfJourney(field->field)) return field;
    yaml_.AddFault(text.place, "'" + text.text + "' is no text of an interaction",
                   "name a field such as product or touchpoint");
    return std::nullopt;
  }

  void ReadTimed(const YamlNode& node, YamlMap& map) {
    detector_.duration = yaml_.ReadDuration(node).value_or(base::Millis(1));
    if (const YamlNode* in = map.Take("in")) {
      detector_.in = ReadStageParts(*in, context_.names, yaml_);
    } else if (detector_.kind == Kind::kStay) {
      yaml_.AddFault(node.key_place, "'stay' needs 'in': where",
                     "such as in: [purchase/basket]");
    }
    if (const YamlNode* condition = map.Take("while")) {
      detector_.when = ReadCondition(*condition, context_.conditions, yaml_);
    }
  }

  void ReadBounce(const YamlNode& node, YamlMap& map) {
    if (const YamlNode* within = map.Take("within")) {
      detector_.within = yaml_.ReadDuration(*within);
    }
    YamlMap bounce(node, yaml_);
    if (const YamlNode* between = bounce.Require("between", "'bounce'")) {
      const auto field = ReadPlainText({yaml_.ReadText(*between), between->place});
      if (field) detector_.between = *field;
    }
    if (const YamlNode* times = bounce.Require("times", "'bounce'")) {
      detector_.times =
          static_cast<int32_t>(yaml_.ReadInteger(*times, 1, kBounceTimesMax).value_or(1));
    }
    bounce.RefuseRest();
  }

  void ReadNarrowing(const YamlNode& node) {
    YamlMap map(node, yaml_);
    const auto read = [&](std::string_view key) {
      const YamlNode* const number = map.Require(key, "'narrowing'");
      if (number == nullptr) return 1;
      return static_cast<int>(yaml_.ReadInteger(*number, 1, kRelevantLastMax).value_or(1));
    };
    detector_.from = read("from");
    detector_.to = read("to");
    map.RefuseRest();
    if (detector_.from <= detector_.to) {
      yaml_.AddFault(node.place, "'from' must be more than 'to'",
                     "such as {from: 4, to: 2}: four are left to two");
    }
  }

  const DetectorContext& context_;
  YamlReader& yaml_;
  Detector detector_;
};

}  // namespace

bool SaysDetector(const YamlNode& entry) {
  return std::any_of(kKindKeys.begin() + 1, kKindKeys.end(), [&](const KindKey& key) {
    return FindChild(entry, key.key) != nullptr;
  });
}

Detector ReadDetector(const YamlNode& entry, YamlMap& map, std::string_view what,
                      const DetectorContext& context, YamlReader& reader) {
  return Reader(context, reader).Read(entry, map, what);
}

}  // namespace waymark::model
