#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "exports/event.h"

namespace waymark::exports {

enum class ValueType { kText, kInteger, kMillionths, kTime };

struct Value {
  model::Text text;    // kText
  int64_t number = 0;  // the others; kTime: ms since epoch
};

// What a column tells of; where a format has a place of its own for that, the column is left out.
enum class Subject { kCustomer, kPerson, kJourney, kSession, kThing, kEvent };

// A named fact of an event.
struct Column {
  std::string name;
  std::string xes_key;  // its name in XES: that of a standard extension where one has it
  ValueType type = ValueType::kText;
  Subject subject = Subject::kEvent;
  std::optional<Value> (*get)(const Event&) = nullptr;
  std::string attribute;  // of interactions; where there is no `get`

  // Nothing where it is absent.
  std::optional<Value> Of(const Event& event) const;
};

// The fixed ones, in their order, then those of the attributes selected. kConfig where an attribute
// has the name of another column.
base::Result<std::vector<Column>> ColumnsOf(const Selection& selection);

inline constexpr size_t kAttributesMax = 32;

}  // namespace waymark::exports
