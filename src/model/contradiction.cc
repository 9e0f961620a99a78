#include "model/contradiction.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace waymark::model {
namespace {

using Kind = Condition::Kind;

// What is demanded of one field.
struct Demand {
  std::optional<std::set<std::string>> one_of;
  std::set<std::string> none_of;
  bool is_present = false;
  bool is_absent = false;
  int64_t low = std::numeric_limits<int64_t>::min();
  int64_t high = std::numeric_limits<int64_t>::max();

  bool IsImpossible() const {
    if (low > high || (is_present && is_absent)) return true;
    if (!one_of) return false;
    if (is_absent) return true;
    return std::all_of(one_of->begin(), one_of->end(),
                       [&](const std::string& value) { return none_of.contains(value); });
  }
};

// Conditions that must hold together, field by field.
class Demands {
 public:
  // Adds a condition; false where it can't hold beside the others.
  bool Add(const Condition& condition) {
    switch (condition.kind) {
      case Kind::kAll:
        return std::all_of(condition.children.begin(), condition.children.end(),
                           [&](const Condition& child) { return Add(child); });
      case Kind::kAny: return AnyIsPossible(condition);
      case Kind::kNot: return AddNegated(condition.children[0]);
      default: return AddSimple(condition);
    }
  }

 private:
  // Of alternatives nothing is known but that one must be possible.
  bool AnyIsPossible(const Condition& condition) const {
    return std::any_of(condition.children.begin(), condition.children.end(),
                       [&](const Condition& child) { return Demands(*this).Add(child); });
  }

  Demand& Of(const Condition& condition) { return by_field_[ToString(condition.field)]; }

  bool AddNegated(const Condition& negated) {
    switch (negated.kind) {
      case Kind::kAlways: return false;
      case Kind::kAny:  // none of them
        return std::all_of(negated.children.begin(), negated.children.end(),
                           [&](const Condition& child) { return AddNegated(child); });
      case Kind::kNot: return Add(negated.children[0]);
      case Kind::kExists:
        Of(negated).is_absent = true;
        return !Of(negated).IsImpossible();
      case Kind::kIn:
        Of(negated).none_of.insert(negated.values.begin(), negated.values.end());
        return !Of(negated).IsImpossible();
      default: return true;
    }
  }

  bool AddSimple(const Condition& condition) {
    if (condition.kind == Kind::kAlways || IsSet(condition.field.field)) return true;
    Demand& demand = Of(condition);
    switch (condition.kind) {
      case Kind::kIn: {
        std::set<std::string> values(condition.values.begin(), condition.values.end());
        if (demand.one_of) {
          std::erase_if(values, [&](const auto& value) { return !demand.one_of->contains(value); });
        }
        demand.one_of = std::move(values);
        break;
      }
      case Kind::kExists: demand.is_present = true; break;
      case Kind::kAtLeast: demand.low = std::max(demand.low, condition.bound_micros); break;
      case Kind::kAtMost: demand.high = std::min(demand.high, condition.bound_micros); break;
      case Kind::kMoreThan: demand.low = std::max(demand.low, condition.bound_micros + 1); break;
      case Kind::kLessThan: demand.high = std::min(demand.high, condition.bound_micros - 1); break;
      default: break;
    }
    if (IsNumeric(condition.field.field)) demand.is_present = true;
    return !demand.IsImpossible();
  }

  std::map<std::string, Demand> by_field_;
};

bool SaysNever(const Condition& condition) {
  return condition.kind == Kind::kNot && condition.children[0].kind == Kind::kAlways;
}

}  // namespace

bool IsContradictory(const Condition& condition) {
  return !SaysNever(condition) && !Demands().Add(condition);
}

std::string CanonicalText(const Condition& condition) {
  std::string text = std::to_string(static_cast<int>(condition.kind)) + " " +
                     ToString(condition.field) + " " + std::to_string(condition.bound_micros);
  std::vector<std::string> parts = condition.values;
  for (const Condition& child : condition.children) parts.push_back(CanonicalText(child));
  if (condition.kind != Kind::kInOrder) std::sort(parts.begin(), parts.end());
  for (const std::string& part : parts) text += " " + std::to_string(part.size()) + ":" + part;
  return text;
}

}  // namespace waymark::model
