#include "model/target_groups.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace waymark::model {
namespace {

using Kind = Condition::Kind;

constexpr std::string_view kTargetGroup = "target_group";
constexpr std::string_view kPersona = "persona";

// What is known of a customer; empty: it is not known to be anything.
struct Customer {
  std::string_view target_group;
  std::string_view persona;
};

// Nothing where a condition asks for anything else.
std::optional<std::string_view> ValueOf(const FieldRef& field, const Customer& customer) {
  if (field.field != Field::kProfile) return std::nullopt;
  if (field.name == kTargetGroup) return customer.target_group;
  if (field.name == kPersona) return customer.persona;
  return std::nullopt;
}

enum class Answer { kNo, kMaybe, kYes };

Answer AnswerOf(const Condition& condition, const Customer& customer);

// True where one of the texts begins with one of the values.
bool BeginsWithOne(std::string_view text, const std::vector<std::string>& values) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& value) { return text.starts_with(value); });
}

Answer AnswerOfField(const Condition& condition, const Customer& customer) {
  const auto value = ValueOf(condition.field, customer);
  if (!value) return Answer::kMaybe;
  if (value->empty()) return Answer::kNo;
  const auto& values = condition.values;
  switch (condition.kind) {
    case Kind::kIn:
      return std::find(values.begin(), values.end(), *value) != values.end() ? Answer::kYes
                                                                             : Answer::kNo;
    case Kind::kPrefix: return BeginsWithOne(*value, values) ? Answer::kYes : Answer::kNo;
    case Kind::kExists: return Answer::kYes;
    default: return Answer::kMaybe;
  }
}

// The least of the children's answers, or the greatest.
Answer AnswerOfAll(const Condition& condition, const Customer& customer) {
  Answer least = Answer::kYes;
  for (const Condition& child : condition.children) {
    least = std::min(least, AnswerOf(child, customer));
  }
  return least;
}

Answer AnswerOfAny(const Condition& condition, const Customer& customer) {
  Answer greatest = Answer::kNo;
  for (const Condition& child : condition.children) {
    greatest = std::max(greatest, AnswerOf(child, customer));
  }
  return greatest;
}

Answer AnswerOf(const Condition& condition, const Customer& customer) {
  switch (condition.kind) {
    case Kind::kAlways: return Answer::kYes;
    case Kind::kAll: return AnswerOfAll(condition, customer);
    case Kind::kAny: return AnswerOfAny(condition, customer);
    case Kind::kNot: {
      const Answer inner = AnswerOf(condition.children[0], customer);
      if (inner == Answer::kMaybe) return inner;
      return inner == Answer::kYes ? Answer::kNo : Answer::kYes;
    }
    default: return AnswerOfField(condition, customer);
  }
}

using Personas = std::set<std::string, std::less<>>;

// Those that the customer file gives to the group, and those of models that name it.
Personas PersonasOf(const TargetGroup& group, const ModelSet& set) {
  Personas personas(group.personas.begin(), group.personas.end());
  for (const JourneyModel& model : set.models) {
    for (const Persona& persona : model.personas) {
      if (persona.target_group == group.name) personas.insert(persona.name);
    }
  }
  return personas;
}

bool IsDrawnFor(const JourneyModel& model, const TargetGroup& group) {
  return std::any_of(model.personas.begin(), model.personas.end(), [&](const Persona& persona) {
    const auto& listed = group.personas;
    return persona.target_group == group.name ||
           (persona.target_group.empty() &&
            std::find(listed.begin(), listed.end(), persona.name) != listed.end());
  });
}

bool IsOwn(const JourneyModel& model, const TargetGroup& group, const Personas& personas) {
  if (!model.scope || model.scope->kind == Kind::kAlways) return false;
  const auto may_be = [&](std::string_view persona) {
    return AnswerOf(*model.scope, {group.name, persona}) != Answer::kNo;
  };
  if (!may_be({}) && std::none_of(personas.begin(), personas.end(), may_be)) return false;
  // Who is in no group at all is refused: the scope asks for some.
  return AnswerOf(*model.scope, {}) == Answer::kNo || IsDrawnFor(model, group);
}

}  // namespace

std::vector<Fault> CheckTargetGroups(const ModelSet& set) {
  std::vector<Fault> faults;
  if (!set.customer) return faults;
  for (const TargetGroup& group : set.customer->target_groups) {
    if (!group.important) continue;
    const Personas personas = PersonasOf(group, set);
    const bool has_own =
        std::any_of(set.models.begin(), set.models.end(), [&](const JourneyModel& model) {
          return IsOwn(model, group, personas);
        });
    if (has_own) continue;
    faults.push_back({set.customer->file, group.place,
                      "important target group '" + group.name + "' has no model of its own",
                      "give a model the scope {target_group: " + group.name +
                          "}, or a persona with this target_group"});
  }
  return faults;
}

}  // namespace waymark::model
