#include "model/condition_text.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "base/time.h"

namespace waymark::model {
namespace {

using Kind = Condition::Kind;

std::string Listed(const std::vector<std::string>& parts) {
  std::string text = "[";
  for (const std::string& part : parts) text += (text.size() > 1 ? ", " : "") + part;
  return text + "]";
}

std::string ChildrenOf(const Condition& condition) {
  std::vector<std::string> parts;
  for (const Condition& child : condition.children) parts.push_back(ToYaml(child));
  return Listed(parts);
}

std::string ValuesOf(const Condition& condition) {
  std::vector<std::string> parts;
  for (const std::string& value : condition.values) parts.push_back(QuotedYaml(value));
  return Listed(parts);
}

// "19.99"; of a duration "36h".
std::string BoundOf(const Condition& condition) {
  constexpr int64_t kMicros = 1'000'000;
  constexpr int64_t kMicrosOfMilli = 1'000;
  const int64_t micros = condition.bound_micros;
  if (IsDuration(condition.field.field)) {
    return base::FormatDuration(base::Millis(micros / kMicrosOfMilli));
  }
  const int64_t whole = micros / kMicros;
  const int64_t rest = micros % kMicros < 0 ? -(micros % kMicros) : micros % kMicros;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%s%lld.%06lld", micros < 0 && whole == 0 ? "-" : "",
                static_cast<long long>(whole), static_cast<long long>(rest));
  std::string out = text.data();
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string_view OperatorOf(Kind kind) {
  switch (kind) {
    case Kind::kPrefix: return "prefix";
    case Kind::kContains: return "contains";
    case Kind::kLike: return "like";
    case Kind::kInOrder: return "in_order";
    case Kind::kAtLeast: return "at_least";
    case Kind::kAtMost: return "at_most";
    case Kind::kMoreThan: return "more_than";
    case Kind::kLessThan: return "less_than";
    default: return {};
  }
}

}  // namespace

std::string QuotedYaml(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      quoted += escape.data();
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string ToYaml(const Condition& condition) {
  const std::string field = ToString(condition.field);
  switch (condition.kind) {
    case Kind::kAlways: return "always";
    case Kind::kAll: return "{all: " + ChildrenOf(condition) + "}";
    case Kind::kAny: return "{any: " + ChildrenOf(condition) + "}";
    case Kind::kNot:
      return condition.children[0].kind == Kind::kAlways
                 ? std::string("never")
                 : "{not: " + ToYaml(condition.children[0]) + "}";
    case Kind::kIn: return "{" + field + ": " + ValuesOf(condition) + "}";
    case Kind::kExists: return "{" + field + ": {exists: true}}";
    case Kind::kPrefix:
    case Kind::kContains:
    case Kind::kLike:
    case Kind::kInOrder:
      return "{" + field + ": {" + std::string(OperatorOf(condition.kind)) + ": " +
             ValuesOf(condition) + "}}";
    default:
      return "{" + field + ": {" + std::string(OperatorOf(condition.kind)) + ": " +
             BoundOf(condition) + "}}";
  }
}

}  // namespace waymark::model
