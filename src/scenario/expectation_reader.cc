#include "scenario/expectation_reader.h"

#include <algorithm>
#include <limits>

#include "codec/decimal.h"
#include "scenario/field_text.h"

namespace waymark::scenario {
namespace {

using model::YamlMap;
using model::YamlNode;
using model::YamlReader;

class ExpectationReader {
 public:
  ExpectationReader(const Times& times, YamlReader& reader) : times_(times), reader_(reader) {}

  Expectation Read(const YamlNode& node, const std::string& customer) {
    Expectation out;
    out.place = node.place;
    out.customer = customer;
    YamlMap map(node, reader_);
    if (const YamlNode* child = map.Take("customer")) out.customer = reader_.ReadText(*child);
    if (const YamlNode* child = map.Take("steps")) out.steps = ReadSteps(*child);
    if (const YamlNode* child = map.Take("sessions")) out.sessions = ReadSessions(*child);
    if (const YamlNode* child = map.Take("signals")) out.signals = ReadRows(*child, SignalFields());
    if (const YamlNode* child = map.Take("no_signals")) out.no_signals = ReadNoSignals(*child);
    if (const YamlNode* child = map.Take("only")) out.only = ReadOnly(*child);
    if (const YamlNode* child = map.Take("journeys")) {
      out.journeys = ExpectedRows{ReadRows(*child, JourneyFields()), child->key_place};
    }
    if (const YamlNode* child = map.Take("profile")) out.profile = ReadRow(*child, ProfileFields());
    if (const YamlNode* child = map.Take("open_session")) out.open_session = ReadOpen(*child);
    map.RefuseRest();
    if (customer.empty() && out.customer.empty()) {
      reader_.AddFault(node.place, "it is not said of which customer this is expected",
                       "name the 'customer' here or beside 'name'");
    }
    return out;
  }

  std::vector<ExpectedRow> ReadRows(const YamlNode& node, std::span<const FieldSpec> fields) {
    std::vector<ExpectedRow> out;
    if (!reader_.ExpectList(node)) return out;
    for (const YamlNode& item : node.children) out.push_back(ReadRow(item, fields));
    return out;
  }

 private:
  ExpectedRow ReadRow(const YamlNode& node, std::span<const FieldSpec> fields) {
    ExpectedRow row;
    row.place = node.place;
    ReadFields(node, "", fields, row);
    if (row.fields.empty() && node.IsMap() && node.children.empty()) {
      reader_.AddFault(node.place, "an empty row expects nothing", "give it a field");
    }
    return row;
  }

  void ReadFields(const YamlNode& node, const std::string& prefix,
                  std::span<const FieldSpec> fields, ExpectedRow& row) {
    if (!reader_.ExpectMap(node)) return;
    for (const YamlNode& child : node.children) {
      const std::string name = prefix + child.key;
      if (const FieldSpec* const spec = FindField(fields, name)) {
        row.fields.push_back({name, ReadValue(child, *spec), child.key_place});
      } else if (child.IsMap()) {
        ReadFields(child, name + ".", fields, row);
      } else {
        AddUnknown(child.key_place, name, fields);
      }
    }
  }

  void AddUnknown(model::Place place, const std::string& name, std::span<const FieldSpec> fields) {
    std::vector<std::string_view> names;
    for (const FieldSpec& field : fields) names.push_back(field.name);
    reader_.AddUnknown(place, "field", name, names);
  }

  std::string ReadValue(const YamlNode& node, const FieldSpec& spec) {
    if (node.kind == YamlNode::Kind::kNull) return {};
    switch (spec.type) {
      case FieldType::kText: return reader_.ReadText(node);
      case FieldType::kWord: return ReadWord(node, spec.words);
      case FieldType::kTexts: return SetText(reader_.ReadTexts(node));
      case FieldType::kTime: return TimeText(times_.Read(node, std::nullopt, reader_).ms);
      case FieldType::kDuration: return ReadDuration(node);
      case FieldType::kInteger: {
        const auto number = reader_.ReadInteger(node, 0, std::numeric_limits<int64_t>::max());
        return std::to_string(number.value_or(0));
      }
      case FieldType::kDecimal: return ReadDecimal(node);
    }
    return {};
  }

  std::string ReadWord(const YamlNode& node, std::span<const std::string_view> words) {
    std::string text = reader_.ReadText(node);
    if (!text.empty() && std::ranges::find(words, text) == words.end()) {
      reader_.AddUnknown(node.place, node.key.empty() ? "word" : node.key, text, words);
    }
    return text;
  }

  std::string ReadDuration(const YamlNode& node) {
    const auto duration = node.IsScalar() ? base::ParseDuration(node.text) : std::nullopt;
    if (duration) return DurationText(duration->count());
    reader_.AddFault(node.place, "'" + node.key + "' must be a duration", "such as 30m or 1h30m");
    return {};
  }

  std::string ReadDecimal(const YamlNode& node) {
    const auto micros = node.IsScalar() ? codec::ParseMicros(node.text) : std::nullopt;
    if (!micros) reader_.AddFault(node.place, "'" + node.key + "' must be a decimal number");
    return DecimalText(micros);
  }

  ExpectedSteps ReadSteps(const YamlNode& node) {
    ExpectedSteps out;
    out.place = node.key_place;
    if (!reader_.ExpectList(node)) return out;
    std::vector<FieldSpec> fields(StepFields().begin(), StepFields().end());
    fields.insert(fields.end(), PlacementFields().begin(), PlacementFields().end());
    // A step may be passed over by {}: its place is what counts.
    for (const YamlNode& item : node.children) {
      YamlNode rest = item;
      ExpectedStep& step = out.rows.emplace_back();
      step.row.place = item.place;
      const auto nested = std::ranges::find(rest.children, "placements", &YamlNode::key);
      if (nested != rest.children.end()) {
        step.placements = ReadRows(*nested, PlacementFields());
        rest.children.erase(nested);
      }
      ReadFields(rest, "", step.placements ? StepFields() : fields, step.row);
    }
    return out;
  }

  ExpectedSessions ReadSessions(const YamlNode& node) {
    ExpectedSessions out;
    out.place = node.key_place;
    if (!reader_.ExpectList(node)) return out;
    for (const YamlNode& item : node.children) out.sessions.push_back(reader_.ReadTexts(item));
    return out;
  }

  // Kinds, or maps that say more of the signal.
  std::vector<ExpectedRow> ReadNoSignals(const YamlNode& node) {
    std::vector<ExpectedRow> out;
    if (!reader_.ExpectList(node)) return out;
    for (const YamlNode& item : node.children) {
      if (item.IsMap()) {
        out.push_back(ReadRow(item, SignalFields()));
      } else {
        ExpectedRow& row = out.emplace_back();
        row.place = item.place;
        row.fields.push_back({"kind", ReadWord(item, SignalKindWords()), item.place});
      }
    }
    return out;
  }

  OnlySignals ReadOnly(const YamlNode& node) {
    OnlySignals out;
    out.place = node.key_place;
    out.all = node.IsScalar() && node.text == "all";
    if (out.all) return out;
    if (node.IsList()) {
      for (const YamlNode& item : node.children) {
        out.kinds.push_back(ReadWord(item, SignalKindWords()));
      }
    } else {
      out.kinds.push_back(ReadWord(node, SignalKindWords()));
    }
    return out;
  }

  ExpectedRow ReadOpen(const YamlNode& node) {
    if (!node.IsScalar() || node.text != "none") return ReadRow(node, SessionFields());
    ExpectedRow none;
    none.place = node.key_place;
    return none;
  }

  const Times& times_;
  YamlReader& reader_;
};

}  // namespace

std::vector<Expectation> ReadExpectations(const YamlNode& node, const std::string& customer,
                                          const Times& times, YamlReader& reader) {
  ExpectationReader expectations(times, reader);
  std::vector<Expectation> out;
  if (!node.IsList()) {
    out.push_back(expectations.Read(node, customer));
    return out;
  }
  for (const YamlNode& item : node.children) out.push_back(expectations.Read(item, customer));
  return out;
}

std::vector<ExpectedRow> ReadExpectedRows(const YamlNode& node, std::span<const FieldSpec> fields,
                                          const Times& times, YamlReader& reader) {
  return ExpectationReader(times, reader).ReadRows(node, fields);
}

}  // namespace waymark::scenario
