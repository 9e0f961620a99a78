#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exports/columns.h"

namespace waymark::exports {

struct ObjectAttribute {
  std::string_view name;
  ValueType type = ValueType::kText;
};

struct ObjectType {
  std::string_view name;  // also what relations to such objects are qualified by
  std::span<const ObjectAttribute> attributes;
};

inline constexpr size_t kObjectTypes = 7;
// By name.
const std::array<ObjectType, kObjectTypes>& ObjectTypes();

// The types that occur. Columns of an event type: a bit for each that one of its events has.
struct OcelTypes {
  std::vector<Column> columns;
  std::map<std::string, uint64_t> events;
  std::array<bool, kObjectTypes> objects{};
};

struct Relation {
  size_t type = 0;  // of the object, which is its qualifier, too
  std::string object;
};

// Takes an object-centric event log, OCEL 2.0: first all objects, then all events. Values of
// objects come as text: numbers in decimal, times as RFC 3339.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual base::Status Begin(const OcelTypes& types) = 0;
  // `values`: of the type's attributes as the object begins.
  virtual base::Status BeginObject(size_t type, std::string_view id,
                                   std::span<const std::optional<std::string>> values) = 0;
  // An attribute's value from that time on; empty where there is none any more. Times ascend.
  virtual base::Status AddChange(int64_t time, size_t attribute, std::string_view value) = 0;
  virtual base::Status EndObject(std::span<const Relation> relations) = 0;
  virtual base::Status AddEvent(std::string_view id, const std::string& type, const Event& event,
                                std::span<const Relation> relations) = 0;
  virtual base::Status End() = 0;
};

}  // namespace waymark::exports
