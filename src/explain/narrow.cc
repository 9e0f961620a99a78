#include "explain/narrow.h"

#include <algorithm>
#include <utility>

namespace waymark::explain {
namespace {

using model::Condition;
using Kind = Condition::Kind;

// Fields that the interaction alone says, or the stage that is given.
bool IsKnown(model::Field field, const detect::Facts& facts) {
  if (field == model::Field::kStage) return facts.journey != nullptr;
  return field <= model::Field::kAttribute;
}

// True where the condition cannot have held.
bool IsRefuted(const Condition& condition, const detect::Facts& facts,
               const detect::Names& names) {
  const auto is_refuted = [&](const Condition& child) { return IsRefuted(child, facts, names); };
  switch (condition.kind) {
    case Kind::kAlways: return false;
    case Kind::kAll: return std::ranges::any_of(condition.children, is_refuted);
    case Kind::kAny: return std::ranges::all_of(condition.children, is_refuted);
    case Kind::kNot: {
      const Condition& inner = condition.children[0];
      const bool is_field = inner.children.empty() && inner.kind != Kind::kAlways;
      return is_field && IsKnown(inner.field.field, facts) &&
             detect::Predicate(inner, names).Holds(facts);
    }
    default:
      return IsKnown(condition.field.field, facts) &&
             !detect::Predicate(condition, names).Holds(facts);
  }
}

}  // namespace

Condition Narrowed(const Condition& condition, const detect::Facts& facts,
                   const detect::Names& names) {
  if (condition.kind != Kind::kAll && condition.kind != Kind::kAny) return condition;
  Condition out = condition;
  out.children.clear();
  for (const Condition& child : condition.children) {
    if (condition.kind == Kind::kAny && IsRefuted(child, facts, names)) continue;
    out.children.push_back(Narrowed(child, facts, names));
  }
  if (condition.kind == Kind::kAny && out.children.size() == 1) {
    return std::move(out.children.front());
  }
  return out;
}

}  // namespace waymark::explain
