#include "exports/ocel_json_writer.h"

#include "exports/text.h"

namespace waymark::exports {
namespace {

// What holds from an object's beginning on.
constexpr std::string_view kBeginning = "1970-01-01T00:00:00.000Z";

std::string_view NameOf(ValueType type) {
  switch (type) {
    case ValueType::kText: return "string";
    case ValueType::kInteger: return "integer";
    case ValueType::kMillionths: return "float";
    case ValueType::kTime: return "time";
  }
  return {};
}

class TypeList {
 public:
  explicit TypeList(std::string& out) : out_(out) {}
  void Begin(std::string_view name) {
    out_ += is_first_ ? "\n{\"name\":" : ",\n{\"name\":";
    is_first_ = false;
    AppendJson(name, out_);
    out_ += ",\"attributes\":[";
    is_first_attribute_ = true;
  }
  void Add(std::string_view name, ValueType type) {
    if (!is_first_attribute_) out_ += ',';
    is_first_attribute_ = false;
    out_ += "{\"name\":";
    AppendJson(name, out_);
    out_.append(",\"type\":\"").append(NameOf(type)).append("\"}");
  }
  void End() { out_ += "]}"; }

 private:
  std::string& out_;
  bool is_first_ = true;
  bool is_first_attribute_ = true;
};

}  // namespace

base::Status OcelJsonWriter::Begin(const OcelTypes& types) {
  types_ = &types;
  std::string& out = output_.text();
  out += "{\"objectTypes\":[";
  TypeList objects(out);
  for (size_t i = 0; i < kObjectTypes; ++i) {
    if (!types.objects[i]) continue;
    objects.Begin(ObjectTypes()[i].name);
    for (const auto& [name, type] : ObjectTypes()[i].attributes) objects.Add(name, type);
    objects.End();
  }
  out += "\n],\n\"eventTypes\":[";
  TypeList events(out);
  for (const auto& [name, columns] : types.events) {
    events.Begin(name);
    for (size_t i = 0; i < types.columns.size(); ++i) {
      const bool is_used = (columns >> i & 1U) != 0;
      if (is_used) events.Add(types.columns[i].name, types.columns[i].type);
    }
    events.End();
  }
  out += "\n],\n\"objects\":[";
  return {};
}

void OcelJsonWriter::Separate(bool& is_first) {
  if (!is_first) output_.text() += ',';
  is_first = false;
}

void OcelJsonWriter::BeginLine(std::string_view id, std::string_view type) {
  std::string& out = output_.text();
  out += "\n{\"id\":";
  AppendJson(id, out);
  out += ",\"type\":";
  AppendJson(type, out);
  is_first_value_ = true;
}

void OcelJsonWriter::EndLine(std::span<const Relation> relations) {
  std::string& out = output_.text();
  out += "],\"relationships\":[";
  bool is_first = true;
  for (const Relation& relation : relations) {
    Separate(is_first);
    out += "{\"objectId\":";
    AppendJson(relation.object, out);
    out += ",\"qualifier\":";
    AppendJson(ObjectTypes()[relation.type].name, out);
    out += '}';
  }
  out += "]}";
}

base::Status OcelJsonWriter::BeginObject(size_t type, std::string_view id,
                                         std::span<const std::optional<std::string>> values) {
  object_type_ = type;
  Separate(is_first_object_);
  BeginLine(id, ObjectTypes()[type].name);
  output_.text() += ",\"attributes\":[";
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i]) AddObjectValue(i, kBeginning, *values[i]);
  }
  return {};
}

void OcelJsonWriter::AddObjectValue(size_t attribute, std::string_view time,
                                    std::string_view value) {
  const auto& [name, type] = ObjectTypes()[object_type_].attributes[attribute];
  std::string& out = output_.text();
  Separate(is_first_value_);
  out += "{\"name\":";
  AppendJson(name, out);
  out.append(",\"time\":\"").append(time).append("\",\"value\":");
  if (type == ValueType::kInteger && !value.empty()) {
    out += value;
  } else {
    AppendJson(value, out);
  }
  out += '}';
}

base::Status OcelJsonWriter::AddChange(int64_t time, size_t attribute, std::string_view value) {
  std::string text;
  AppendTime(time, text);
  AddObjectValue(attribute, text, value);
  return output_.Pass();
}

base::Status OcelJsonWriter::EndObject(std::span<const Relation> relations) {
  EndLine(relations);
  return output_.Pass();
}

base::Status OcelJsonWriter::AddEvent(std::string_view id, const std::string& type,
                                      const Event& event, std::span<const Relation> relations) {
  std::string& out = output_.text();
  if (is_first_event_) out += "\n],\n\"events\":[";
  Separate(is_first_event_);
  BeginLine(id, type);
  out += ",\"time\":\"";
  AppendTime(event.interaction->time.value_or(0), out);
  out += "\",\"attributes\":[";
  for (const Column& column : types_->columns) {
    const auto value = column.Of(event);
    if (!value) continue;
    Separate(is_first_value_);
    out += "{\"name\":";
    AppendJson(column.name, out);
    out += ",\"value\":";
    switch (column.type) {
      case ValueType::kText: AppendJson(value->text, out); break;
      case ValueType::kMillionths: AppendMillionths(value->number, out); break;
      default: out += std::to_string(value->number);
    }
    out += '}';
  }
  EndLine(relations);
  return output_.Pass();
}

base::Status OcelJsonWriter::End() {
  if (is_first_event_) output_.text() += "\n],\n\"events\":[";
  output_.text() += "\n]}\n";
  return output_.Close();
}

}  // namespace waymark::exports
