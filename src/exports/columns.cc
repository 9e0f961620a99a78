#include "exports/columns.h"

#include <algorithm>
#include <array>

namespace waymark::exports {
namespace {

using model::Interaction;
using model::Placement;
using model::Rating;
using model::Step;
using model::Text;
using OptionalValue = std::optional<Value>;

OptionalValue TextValue(Text text) {
  if (text.empty()) return {};
  return Value{text, 0};
}

template <Text Interaction::*kField>
OptionalValue OfInteraction(const Event& event) {
  return TextValue(event.interaction->*kField);
}

template <Text Step::*kField>
OptionalValue OfStep(const Event& event) {
  return TextValue(event.step->*kField);
}

template <Text Placement::*kField>
OptionalValue OfPlacement(const Event& event) {
  return event.placement == nullptr ? OptionalValue() : TextValue(event.placement->*kField);
}

template <std::optional<int32_t> Rating::*kField>
OptionalValue OfRating(const Event& event) {
  const auto& rating = event.interaction->rating;
  if (!rating || !((*rating).*kField)) return {};
  return Value{{}, *((*rating).*kField)};
}

OptionalValue ModelVersion(const Event& event) {
  if (event.placement == nullptr) return {};
  return Value{{}, event.placement->model_version};
}

OptionalValue IdOf(const Event& event) { return TextValue(event.step->interaction.id); }

OptionalValue SourceOf(const Event& event) {
  return TextValue(event.step->interaction.source.system);
}

OptionalValue KindOf(const Event& event) {
  switch (event.interaction->kind) {
    case model::Kind::kStaff: return TextValue("STAFF");
    case model::Kind::kSystem: return TextValue("SYSTEM");
    default: return TextValue("CUSTOMER");
  }
}

// Who has the stage where the interaction does not say it; without a journey what it says.
OptionalValue DepartmentOf(const Event& event) {
  if (event.placement != nullptr) return TextValue(event.placement->department);
  return TextValue(event.interaction->source.department);
}

OptionalValue ValueOf(const Event& event) {
  if (!event.interaction->value_micros) return {};
  return Value{{}, *event.interaction->value_micros};
}

struct Fixed {
  std::string_view name;
  Subject subject;
  OptionalValue (*get)(const Event&);
  ValueType type = ValueType::kText;
  std::string_view xes_key = {};
};

constexpr std::array kFixed = {
    Fixed{"customer", Subject::kCustomer, OfStep<&Step::profile_id>},
    Fixed{"persona", Subject::kPerson, OfStep<&Step::persona>},
    Fixed{"target_group", Subject::kPerson, OfStep<&Step::target_group>},
    Fixed{"journey", Subject::kJourney, OfPlacement<&Placement::journey_id>},
    Fixed{"family", Subject::kJourney, OfPlacement<&Placement::family>},
    Fixed{"model", Subject::kJourney, OfPlacement<&Placement::model>},
    Fixed{"model_version", Subject::kJourney, ModelVersion, ValueType::kInteger},
    Fixed{"session", Subject::kSession, OfStep<&Step::session_id>},
    Fixed{"account", Subject::kThing, OfInteraction<&Interaction::account>},
    Fixed{"product", Subject::kThing, OfInteraction<&Interaction::product>},
    Fixed{"campaign", Subject::kThing, OfInteraction<&Interaction::campaign>},
    Fixed{"contract", Subject::kThing, OfInteraction<&Interaction::contract>},
    Fixed{"id", Subject::kEvent, IdOf},
    Fixed{"source", Subject::kEvent, SourceOf},
    Fixed{"kind", Subject::kEvent, KindOf},
    Fixed{"channel", Subject::kEvent, OfInteraction<&Interaction::channel>},
    Fixed{"touchpoint", Subject::kEvent, OfInteraction<&Interaction::touchpoint>},
    Fixed{"action", Subject::kEvent, OfInteraction<&Interaction::action>},
    Fixed{"stage", Subject::kEvent, OfPlacement<&Placement::stage>},
    Fixed{"station", Subject::kEvent, OfPlacement<&Placement::station>},
    Fixed{"department", Subject::kEvent, DepartmentOf, ValueType::kText, "org:group"},
    Fixed{"category", Subject::kEvent, OfInteraction<&Interaction::category>},
    Fixed{"need", Subject::kEvent, OfInteraction<&Interaction::need>},
    Fixed{"impulse", Subject::kEvent, OfInteraction<&Interaction::impulse>},
    Fixed{"intent", Subject::kEvent, OfInteraction<&Interaction::intent>},
    Fixed{"value", Subject::kEvent, ValueOf, ValueType::kMillionths},
    Fixed{"currency", Subject::kEvent, OfInteraction<&Interaction::currency>},
    Fixed{"satisfaction", Subject::kEvent, OfRating<&Rating::satisfaction>, ValueType::kInteger},
    Fixed{"nps", Subject::kEvent, OfRating<&Rating::nps>, ValueType::kInteger},
    Fixed{"emotion", Subject::kEvent, OfRating<&Rating::emotion>, ValueType::kInteger},
    Fixed{"need_fulfilment", Subject::kEvent, OfRating<&Rating::need_fulfilment>,
          ValueType::kInteger},
};

// Names that formats give to something else.
constexpr std::array<std::string_view, 5> kTaken = {"case", "activity", "timestamp", "ocel_id",
                                                    "ocel_time"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// Keys of XES are XML names.
std::string XesKey(std::string_view name) {
  std::string key;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
    const bool is_inner = (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (is_inner && key.empty()) key += '_';
    key += is_letter || is_inner || c == '_' ? c : '_';
  }
  return key;
}

base::Status AddAttribute(const std::string& attribute, std::string name, std::string xes_key,
                          std::vector<Column>& columns) {
  bool is_taken = std::find(kTaken.begin(), kTaken.end(), Lower(name)) != kTaken.end();
  for (const Column& column : columns) {
    is_taken |= Lower(column.name) == Lower(name) || column.xes_key == xes_key;
  }
  if (name.empty() || is_taken) {
    return {base::StatusCode::kConfig,
            "the attribute '" + attribute + "' would have the name of another column",
            "leave it out, or have it named otherwise by the mapping of the input"};
  }
  Column column;
  column.name = std::move(name);
  column.xes_key = std::move(xes_key);
  column.attribute = attribute;
  columns.push_back(std::move(column));
  return {};
}

}  // namespace

OptionalValue Column::Of(const Event& event) const {
  return get == nullptr ? TextValue(event.interaction->Attribute(attribute)) : get(event);
}

base::Result<std::vector<Column>> ColumnsOf(const Selection& selection) {
  std::vector<Column> columns;
  for (const Fixed& fixed : kFixed) {
    const std::string_view key = fixed.xes_key.empty() ? fixed.name : fixed.xes_key;
    columns.push_back({std::string(fixed.name), std::string(key), fixed.type, fixed.subject,
                       fixed.get, {}});
  }
  if (!selection.resource.empty()) {
    WAYMARK_RETURN_IF_ERROR(AddAttribute(selection.resource, "resource", "org:resource", columns));
  }
  if (selection.attributes.size() > kAttributesMax) {
    return base::Status(base::StatusCode::kConfig,
                        "more than " + std::to_string(kAttributesMax) + " attributes");
  }
  for (const std::string& name : selection.attributes) {
    WAYMARK_RETURN_IF_ERROR(AddAttribute(name, name, XesKey(name), columns));
  }
  return columns;
}

}  // namespace waymark::exports
