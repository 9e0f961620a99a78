#include "codec/csv_plan.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "codec/messages.h"
#include "codec/nearest.h"

namespace waymark::codec {

namespace {

constexpr size_t kTextBytesMax = size_t{1} << 20;
constexpr size_t kNodesMax = 10'000;  // aliases followed
constexpr int kAlternativesDepthMax = 4;

class PlanParser {
 public:
  PlanParser(const std::string& file, std::vector<model::Fault>& faults)
      : file_(file), faults_(faults) {}

  CsvPlan Parse(const YAML::Node& root) {
    static const std::vector<std::string> kKeys = {"delimiter", "quotes",  "zone",  "absent",
                                                   "joins",     "columns", "fields"};
    if (!IsMap(root, "the mapping")) return {};
    zone_ = absl::UTCTimeZone();
    CheckKeys(root, kKeys);
    ParseDialect(root);
    if (root["zone"]) zone_ = ParseZone(root["zone"]);
    if (root["joins"]) ParseJoins(root["joins"]);
    if (const YAML::Node fields = root["fields"]) {
      ParseFields(fields);
    } else {
      Add(root, "no `fields`", "say which columns go into which fields");
    }
    ParseAbsent(root);
    return std::move(plan_);
  }

  void Add(const YAML::Node& node, std::string message, std::string hint = {}) {
    Add(PlaceOf(node.Mark()), std::move(message), std::move(hint));
  }
  void Add(model::Place place, std::string message, std::string hint = {}) {
    faults_.push_back({file_, place, std::move(message), std::move(hint)});
  }
  static model::Place PlaceOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

 private:
  bool IsMap(const YAML::Node& node, const std::string& what) {
    if (node.IsMap()) return true;
    Add(node, what + " is not a map");
    return false;
  }

  // Unknown and repeated keys.
  void CheckKeys(const YAML::Node& map, const std::vector<std::string>& known) {
    std::set<std::string> seen;
    for (const auto& item : map) {
      const std::string& key = item.first.Scalar();
      if (!known.empty() && std::ranges::find(known, key) == known.end()) {
        Add(item.first, "unknown key `" + key + "`", DidYouMean(key, known));
      }
      if (!seen.insert(key).second) Add(item.first, "`" + key + "` is given twice");
    }
  }

  // One text or a list of them.
  std::vector<std::string> Texts(const YAML::Node& node, const std::string& what) {
    if (node.IsScalar()) return {node.Scalar()};
    std::vector<std::string> texts;
    if (!node.IsSequence()) {
      Add(node, what + " is neither a text nor a list of texts");
      return texts;
    }
    for (const auto& item : node) {
      if (item.IsScalar()) {
        texts.push_back(item.Scalar());
      } else {
        Add(item, what + " holds something other than a text");
      }
    }
    return texts;
  }

  std::string TextOf(const YAML::Node& node, const std::string& what) {
    if (node.IsScalar()) return node.Scalar();
    Add(node, what + " is not a text", "put texts with braces into quotes");
    return {};
  }

  void ParseDialect(const YAML::Node& root) {
    if (const YAML::Node node = root["delimiter"]) {
      const std::string text = TextOf(node, "`delimiter`");
      if (text.size() != 1 || text == "\n" || text == "\r" || text == "\"") {
        Add(node, "`delimiter` is not one character", "write \"\\t\" for a tab");
      } else {
        plan_.dialect.delimiter = text.front();
      }
    }
    if (const YAML::Node node = root["quotes"]) {
      if (!YAML::convert<bool>::decode(node, plan_.dialect.quotes)) {
        Add(node, "`quotes` is neither true nor false");
      }
    }
  }

  absl::TimeZone ParseZone(const YAML::Node& node) {
    absl::TimeZone zone = absl::UTCTimeZone();
    const std::string name = TextOf(node, "`zone`");
    if (!name.empty() && !absl::LoadTimeZone(name, &zone)) {
      Add(node, "no time zone `" + name + "`", "use a name such as Europe/Berlin, or UTC");
    }
    return zone;
  }

  void ParseJoins(const YAML::Node& node) {
    static const std::vector<std::string> kKeys = {"name", "file", "here", "there"};
    if (!node.IsSequence()) return Add(node, "`joins` is not a list");
    for (const auto& item : node) {
      if (!IsMap(item, "a join")) continue;
      CheckKeys(item, kKeys);
      CsvJoin join;
      join.place = PlaceOf(item.Mark());
      for (const char* key : {"name", "file", "here"}) {
        if (!item[key]) Add(item, std::string("a join without `") + key + "`");
      }
      if (item["name"]) join.name = TextOf(item["name"], "`name`");
      if (item["file"]) join.file = TextOf(item["file"], "`file`");
      std::vector<std::string> here;
      if (item["here"]) here = Texts(item["here"], "`here`");
      join.there = item["there"] ? Texts(item["there"], "`there`") : here;
      if (join.there.size() != here.size()) {
        Add(item, "`here` and `there` name different numbers of columns");
      }
      for (const std::string& column : here) {
        join.here.push_back(AddColumn({column, -1, PlaceOf(item["here"].Mark()), {}, 0}));
      }
      plan_.joins.push_back(std::move(join));
    }
  }

  int AddColumn(CsvColumn column) {
    for (size_t i = 0; i < plan_.columns.size(); ++i) {
      const CsvColumn& known = plan_.columns[i];
      if (known.name == column.name && known.join == column.join) return static_cast<int>(i);
    }
    plan_.columns.push_back(std::move(column));
    return static_cast<int>(plan_.columns.size()) - 1;
  }

  // "landings.path" names a column of the join `landings`, all else one of the input.
  CsvColumn ColumnOf(const std::string& name, const YAML::Node& node) {
    CsvColumn column{name, -1, PlaceOf(node.Mark()), {}, 0};
    const std::string prefix = name.substr(0, name.find('.'));
    for (size_t i = 0; i < plan_.joins.size() && prefix.size() < name.size(); ++i) {
      if (plan_.joins[i].name != prefix) continue;
      column.name = name.substr(prefix.size() + 1);
      column.join = static_cast<int>(i);
    }
    return column;
  }

  void ParseAbsent(const YAML::Node& root) {
    std::vector<std::string> everywhere;
    if (root["absent"]) everywhere = Texts(root["absent"], "`absent`");
    if (const YAML::Node columns = root["columns"]; columns && IsMap(columns, "`columns`")) {
      CheckKeys(columns, {});
      for (const auto& item : columns) {
        if (!IsMap(item.second, "a column")) continue;
        CheckKeys(item.second, {"absent"});
        const int index = AddColumn(ColumnOf(item.first.Scalar(), item.first));
        if (!item.second["absent"]) continue;
        plan_.columns[static_cast<size_t>(index)].absent = Texts(item.second["absent"], "`absent`");
      }
    }
    for (CsvColumn& column : plan_.columns) {
      column.absent.insert(column.absent.end(), everywhere.begin(), everywhere.end());
    }
  }

  void ParseFields(const YAML::Node& fields) {
    if (!IsMap(fields, "`fields`")) return;
    CheckKeys(fields, CsvFieldNames(""));
    for (const auto& item : fields) {
      const std::string& name = item.first.Scalar();
      if (name == "identifiers") {
        ParseIdentifiers(item.second);
      } else if (name == "profile") {
        plan_.profile = ParseMapEntries(item.second, name);
      } else if (name == "attributes") {
        plan_.attributes = ParseMapEntries(item.second, name);
      } else if (const CsvSetter setter = FindCsvSetter(name)) {
        plan_.targets.push_back({name, setter, ParseValue(item.second, name)});
      } else if (!CsvFieldNames(name + ".").empty()) {
        ParseInnerFields(item.second, name + ".");
      }
    }
    for (const char* required : {"time", "channel", "action"}) {
      if (!fields[required])
        Add(fields, std::string("no field `") + required +
                        "`, which every "
                        "interaction needs");
    }
    if (fields["value"] && fields["value_micros"]) {
      Add(fields["value"], "both `value` and `value_micros`", "keep one of them");
    }
  }

  void ParseInnerFields(const YAML::Node& fields, const std::string& prefix) {
    if (!IsMap(fields, "`" + prefix.substr(0, prefix.size() - 1) + "`")) return;
    CheckKeys(fields, CsvFieldNames(prefix));
    for (const auto& item : fields) {
      const std::string path = prefix + item.first.Scalar();
      const CsvSetter setter = FindCsvSetter(path);
      if (setter != nullptr) plan_.targets.push_back({path, setter, ParseValue(item.second, path)});
    }
  }

  void ParseIdentifiers(const YAML::Node& list) {
    if (!list.IsSequence()) return Add(list, "`identifiers` is not a list");
    for (const auto& item : list) {
      if (!IsMap(item, "an identifier")) continue;
      CheckKeys(item, {"namespace", "value"});
      if (!item["namespace"] || !item["value"]) {
        Add(item, "an identifier needs `namespace` and `value`");
        continue;
      }
      plan_.identifiers.push_back(
          {TextOf(item["namespace"], "`namespace`"), ParseValue(item["value"], "identifiers")});
    }
  }

  std::vector<CsvEntry> ParseMapEntries(const YAML::Node& map, const std::string& name) {
    std::vector<CsvEntry> entries;
    if (!IsMap(map, "`" + name + "`")) return entries;
    CheckKeys(map, {});
    for (const auto& item : map) {
      const std::string& key = item.first.Scalar();
      entries.push_back({key, ParseValue(item.second, name + "." + key)});
    }
    std::ranges::sort(entries, {}, &CsvEntry::name);
    return entries;
  }

  CsvValue ParseValue(const YAML::Node& node, const std::string& path, int depth = 0) {
    CsvValue value;
    value.zone = zone_;
    if (++nodes_ > kNodesMax || depth > kAlternativesDepthMax) {
      Add(node, "more than the " + std::to_string(kNodesMax) + " values or " +
                    std::to_string(kAlternativesDepthMax) + " levels that a mapping may have");
    } else if (node.IsScalar()) {
      value.parts = ParseTemplate(node.Scalar(), node);
    } else if (node.IsSequence() && node.size() > 0) {
      for (const auto& item : node) {
        value.alternatives.push_back(ParseValue(item, path, depth + 1));
      }
    } else if (node.IsMap()) {
      ParseValueMap(node, path, value);
    } else {
      Add(node, "`" + path + "` is no value",
          "write a text, a map with `text`, or a list of these");
    }
    return value;
  }

  void ParseValueMap(const YAML::Node& node, const std::string& path, CsvValue& value) {
    static const std::vector<std::string> kKeys = {"text",    "column", "values", "otherwise",
                                                   "default", "case",   "format", "zone"};
    CheckKeys(node, kKeys);
    if (node["text"] && node["column"]) Add(node, "both `text` and `column`");
    if (node["text"]) {
      value.parts = ParseTemplate(TextOf(node["text"], "`text`"), node["text"]);
    } else if (node["column"]) {
      const std::string name = TextOf(node["column"], "`column`");
      value.parts.push_back({"", AddColumn(ColumnOf(name, node["column"]))});
    } else {
      Add(node, "`" + path + "` has neither `text` nor `column`",
          "put a text with braces into quotes: \"{name}\"");
    }
    if (node["values"]) ParseTranslation(node, value);
    if (node["otherwise"] && !node["values"])
      Add(node["otherwise"], "`otherwise` without `values`");
    if (node["default"]) value.fallback = TextOf(node["default"], "`default`");
    if (node["case"]) value.letter_case = ParseCase(node["case"]);
    if (node["zone"]) value.zone = ParseZone(node["zone"]);
    if (node["format"]) ParseFormats(node["format"], path, value);
  }

  void ParseTranslation(const YAML::Node& node, CsvValue& value) {
    const YAML::Node values = node["values"];
    if (!IsMap(values, "`values`")) return;
    CheckKeys(values, {});
    for (const auto& item : values) {
      if (++nodes_ > kNodesMax) return Add(item.first, "too many values");
      std::optional<std::string> to;
      if (!item.second.IsNull()) to = TextOf(item.second, "a value of `values`");
      std::string from = item.first.Scalar();
      if (from.ends_with('*')) {
        from.pop_back();
        value.prefixes.emplace_back(std::move(from), std::move(to));
      } else {
        value.translation[std::move(from)] = std::move(to);
      }
    }
    const YAML::Node otherwise = node["otherwise"];
    if (!otherwise) return;
    value.otherwise =
        otherwise.IsNull() ? CsvValue::Otherwise::kAbsent : CsvValue::Otherwise::kReplace;
    if (!otherwise.IsNull()) value.otherwise_text = TextOf(otherwise, "`otherwise`");
  }

  LetterCase ParseCase(const YAML::Node& node) {
    const std::string name = TextOf(node, "`case`");
    if (name == "lower") return LetterCase::kLower;
    if (name == "upper") return LetterCase::kUpper;
    if (name == "snake") return LetterCase::kSnake;
    Add(node, "unknown case `" + name + "`", "use lower, upper or snake");
    return LetterCase::kAsIs;
  }

  void ParseFormats(const YAML::Node& node, const std::string& path, CsvValue& value) {
    if (path != "time" && !path.ends_with(".time")) {
      return Add(node, "`format` at a field that is no time");
    }
    for (const std::string& text : Texts(node, "`format`")) {
      using Kind = TimeFormat::Kind;
      if (text == "unix_ms") {
        value.formats.push_back({Kind::kUnixMillis, {}});
      } else if (text == "unix_s") {
        value.formats.push_back({Kind::kUnixSeconds, {}});
      } else if (text == "rfc3339") {
        value.formats.push_back({Kind::kRfc3339, {}});
      } else if (text.find('%') != std::string::npos) {
        value.formats.push_back({Kind::kPattern, text});
      } else {
        Add(node, "unknown time format `" + text + "`",
            "use unix_ms, unix_s, rfc3339 or a pattern such as %Y-%m-%d %H:%M:%E*S");
      }
    }
  }

  // "a{column}b": doubled braces stand for themselves.
  std::vector<CsvValue::Part> ParseTemplate(const std::string& text, const YAML::Node& node) {
    std::vector<CsvValue::Part> parts;
    std::string before;
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
        before.push_back(c);
        ++i;
      } else if (c == '}') {
        Add(node, "a closing brace without an opening one", "double a brace to mean itself");
      } else if (c != '{') {
        before.push_back(c);
      } else {
        const size_t end = text.find('}', i);
        if (end == std::string::npos || end == i + 1) {
          Add(node, "a brace without a column's name", "double a brace to mean itself");
          return parts;
        }
        const std::string name = text.substr(i + 1, end - i - 1);
        parts.push_back({std::move(before), AddColumn(ColumnOf(name, node))});
        before.clear();
        i = end;
      }
    }
    if (!before.empty() || parts.empty()) parts.push_back({std::move(before), -1});
    return parts;
  }

  const std::string& file_;
  std::vector<model::Fault>& faults_;
  CsvPlan plan_;
  absl::TimeZone zone_;
  size_t nodes_ = 0;
};

}  // namespace

CsvPlan ParseCsvPlan(std::string_view yaml, const std::string& file,
                     std::vector<model::Fault>& faults) {
  PlanParser parser(file, faults);
  if (yaml.size() > kTextBytesMax) {
    parser.Add(model::Place{1, 1}, "more than 1 MiB, the most that a mapping may have");
    return {};
  }
  try {
    return parser.Parse(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& error) {
    parser.Add(PlanParser::PlaceOf(error.mark), "no YAML: " + error.msg);
    return {};
  }
}

}  // namespace waymark::codec
