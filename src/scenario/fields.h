#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace waymark::scenario {

// What a result is compared by: names and values as text, absent where there is nothing. A test
// file's expectations are brought to the same texts, so that comparing is equality.
using Facts = std::map<std::string, std::string, std::less<>>;

enum class FieldType {
  kText,
  kWord,      // one of `words`
  kTexts,     // a set: sorted, joined by commas
  kTime,      // RFC 3339
  kDuration,  // as base::FormatDuration writes it
  kInteger,
  kDecimal,   // in millionths
};

// A field that a row of an expectation may give. A '*' in the name stands for any word there.
struct FieldSpec {
  std::string_view name;
  FieldType type = FieldType::kText;
  std::span<const std::string_view> words = {};
};

std::span<const FieldSpec> StepFields();
std::span<const FieldSpec> PlacementFields();
std::span<const FieldSpec> SignalFields();
std::span<const FieldSpec> JourneyFields();
std::span<const FieldSpec> ProfileFields();
std::span<const FieldSpec> SessionFields();
std::span<const FieldSpec> DeadLetterFields();
// "STAGE_ENTERED" and so on, without the unspecified one.
std::span<const std::string_view> SignalKindWords();

// The spec that a name falls under; null where there is none.
const FieldSpec* FindField(std::span<const FieldSpec> fields, std::string_view name);

// "kind ABANDONED, at 2024-03-01T09:00:00Z".
std::string Describe(const Facts& facts);
// The value, or empty.
std::string ValueOf(const Facts& facts, std::string_view name);

}  // namespace waymark::scenario
