#include "exports/ocel_sqlite_writer.h"

#include <set>

#include "exports/text.h"

namespace waymark::exports {
namespace {

// What holds from an object's beginning on.
constexpr std::string_view kBeginning = "1970-01-01T00:00:00.000Z";
constexpr double kMillion = 1e6;

constexpr const char* kTables = R"(
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT,
  FOREIGN KEY (ocel_type) REFERENCES event_map_type (ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT,
  FOREIGN KEY (ocel_type) REFERENCES object_map_type (ocel_type));
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT,
  PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier),
  FOREIGN KEY (ocel_event_id) REFERENCES event (ocel_id),
  FOREIGN KEY (ocel_object_id) REFERENCES object (ocel_id));
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT,
  PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier),
  FOREIGN KEY (ocel_source_id) REFERENCES object (ocel_id),
  FOREIGN KEY (ocel_target_id) REFERENCES object (ocel_id));
)";

std::string_view SqlTypeOf(ValueType type) {
  switch (type) {
    case ValueType::kText: return "TEXT";
    case ValueType::kInteger: return "INTEGER";
    case ValueType::kMillionths: return "REAL";
    case ValueType::kTime: return "TIMESTAMP";
  }
  return {};
}

std::string ColumnSql(std::string_view name, ValueType type) {
  return ", " + SqliteName(name).append(" ").append(SqlTypeOf(type));
}

std::string InsertSql(const std::string& table, size_t values) {
  std::string sql = "INSERT INTO " + table + " VALUES (?";
  for (size_t i = 1; i < values; ++i) sql += ",?";
  return sql + ")";
}

std::string TimeText(int64_t ms) {
  std::string text;
  AppendTime(ms, text);
  return text;
}

// `place`: in the statement, from 1.
void SetText(SqliteStatement& statement, int place, ValueType type, std::string_view value) {
  if (type == ValueType::kInteger && !value.empty()) {
    return statement.Set(place, static_cast<int64_t>(std::stoll(std::string(value))));
  }
  statement.Set(place, value);
}

}  // namespace

std::map<std::string, std::string> MapTypes(const std::vector<std::string>& types) {
  std::map<std::string, std::string> mapped;
  std::set<std::string> taken = {"object", "map_type"};
  for (const std::string& type : types) {
    std::string name;
    std::string lower;
    for (const char c : type) {
      const bool is_upper = c >= 'A' && c <= 'Z';
      const bool is_kept = is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      name += is_kept ? c : '_';
      lower += is_upper ? static_cast<char>(c + 32) : name.back();
    }
    std::string ending;
    for (int number = 2; !taken.insert(lower + ending).second; ++number) {
      ending = "_" + std::to_string(number);
    }
    mapped[type] = name + ending;
  }
  return mapped;
}

base::Status OcelSqliteWriter::Begin(const OcelTypes& types) {
  types_ = &types;
  WAYMARK_RETURN_IF_ERROR(file_->Run(kTables));
  WAYMARK_RETURN_IF_ERROR(MakeStatements());
  std::vector<std::string> names;
  for (const auto& [name, columns] : types.events) names.push_back(name);
  for (const auto& [name, mapped] : MapTypes(names)) {
    WAYMARK_RETURN_IF_ERROR(MakeEventTable(name, types.events.at(name), mapped));
  }
  for (size_t i = 0; i < kObjectTypes; ++i) {
    if (!types.objects[i]) continue;
    WAYMARK_RETURN_IF_ERROR(MakeObjectTable(i, std::string(ObjectTypes()[i].name)));
  }
  return {};
}

base::Status OcelSqliteWriter::MakeStatements() {
  WAYMARK_ASSIGN_OR_RETURN(event_, file_->Prepare(InsertSql("event", 2)));
  WAYMARK_ASSIGN_OR_RETURN(object_, file_->Prepare(InsertSql("object", 2)));
  WAYMARK_ASSIGN_OR_RETURN(event_object_, file_->Prepare(InsertSql("event_object", 3)));
  WAYMARK_ASSIGN_OR_RETURN(object_object_, file_->Prepare(InsertSql("object_object", 3)));
  return {};
}

base::Status OcelSqliteWriter::MakeEventTable(const std::string& type, uint64_t columns,
                                              const std::string& mapped) {
  EventTable& table = events_[type];
  const std::string name = SqliteName("event_" + mapped);
  std::string sql = "CREATE TABLE " + name + " (ocel_id TEXT PRIMARY KEY, ocel_time TIMESTAMP";
  for (size_t i = 0; i < types_->columns.size(); ++i) {
    if ((columns >> i & 1U) == 0) continue;
    table.columns.push_back(i);
    sql += ColumnSql(types_->columns[i].name, types_->columns[i].type);
  }
  WAYMARK_RETURN_IF_ERROR(
      file_->Run(sql + ", FOREIGN KEY (ocel_id) REFERENCES event (ocel_id));"));
  WAYMARK_ASSIGN_OR_RETURN(table.insert,
                           file_->Prepare(InsertSql(name, table.columns.size() + 2)));
  WAYMARK_ASSIGN_OR_RETURN(const auto map, file_->Prepare(InsertSql("event_map_type", 2)));
  map->Set(1, type);
  map->Set(2, mapped);
  return map->Run();
}

base::Status OcelSqliteWriter::MakeObjectTable(size_t type, const std::string& mapped) {
  const ObjectType& object = ObjectTypes()[type];
  const std::string name = SqliteName("object_" + mapped);
  std::string sql = "CREATE TABLE " + name +
                    " (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT";
  for (const auto& [attribute, value_type] : object.attributes) {
    sql += ColumnSql(attribute, value_type);
  }
  WAYMARK_RETURN_IF_ERROR(
      file_->Run(sql + ", FOREIGN KEY (ocel_id) REFERENCES object (ocel_id));"));
  WAYMARK_ASSIGN_OR_RETURN(objects_[type],
                           file_->Prepare(InsertSql(name, object.attributes.size() + 3)));
  WAYMARK_ASSIGN_OR_RETURN(const auto map, file_->Prepare(InsertSql("object_map_type", 2)));
  map->Set(1, object.name);
  map->Set(2, mapped);
  return map->Run();
}

base::Status OcelSqliteWriter::BeginObject(size_t type, std::string_view id,
                                           std::span<const std::optional<std::string>> values) {
  object_type_ = type;
  object_id_.assign(id);
  object_->Set(1, id);
  object_->Set(2, ObjectTypes()[type].name);
  WAYMARK_RETURN_IF_ERROR(object_->Run());
  SqliteStatement& insert = *objects_[type];
  insert.Set(1, id);
  insert.Set(2, kBeginning);
  for (size_t i = 0; i < values.size(); ++i) {
    const ValueType value_type = ObjectTypes()[type].attributes[i].type;
    if (values[i]) SetText(insert, static_cast<int>(i) + 4, value_type, *values[i]);
  }
  return insert.Run();
}

base::Status OcelSqliteWriter::AddChange(int64_t time, size_t attribute, std::string_view value) {
  const ObjectAttribute& changed = ObjectTypes()[object_type_].attributes[attribute];
  const std::string text = TimeText(time);
  SqliteStatement& insert = *objects_[object_type_];
  insert.Set(1, object_id_);
  insert.Set(2, text);
  insert.Set(3, changed.name);
  SetText(insert, static_cast<int>(attribute) + 4, changed.type, value);
  return insert.Run();
}

base::Status OcelSqliteWriter::EndObject(std::span<const Relation> relations) {
  for (const Relation& relation : relations) {
    object_object_->Set(1, object_id_);
    object_object_->Set(2, relation.object);
    object_object_->Set(3, ObjectTypes()[relation.type].name);
    WAYMARK_RETURN_IF_ERROR(object_object_->Run());
  }
  return {};
}

base::Status OcelSqliteWriter::AddEvent(std::string_view id, const std::string& type,
                                        const Event& event, std::span<const Relation> relations) {
  event_->Set(1, id);
  event_->Set(2, type);
  WAYMARK_RETURN_IF_ERROR(event_->Run());
  EventTable& table = events_.at(type);
  const std::string time = TimeText(event.interaction->time.value_or(0));
  table.insert->Set(1, id);
  table.insert->Set(2, time);
  int place = 3;
  for (const size_t i : table.columns) {
    const Column& column = types_->columns[i];
    const auto value = column.Of(event);
    if (value && column.type == ValueType::kText) table.insert->Set(place, value->text);
    if (value && column.type == ValueType::kInteger) table.insert->Set(place, value->number);
    if (value && column.type == ValueType::kMillionths) {
      table.insert->Set(place, static_cast<double>(value->number) / kMillion);
    }
    ++place;
  }
  WAYMARK_RETURN_IF_ERROR(table.insert->Run());
  for (const Relation& relation : relations) {
    event_object_->Set(1, id);
    event_object_->Set(2, relation.object);
    event_object_->Set(3, ObjectTypes()[relation.type].name);
    WAYMARK_RETURN_IF_ERROR(event_object_->Run());
  }
  return {};
}

base::Status OcelSqliteWriter::End() {
  event_.reset();
  object_.reset();
  event_object_.reset();
  object_object_.reset();
  events_.clear();
  for (Statement& statement : objects_) statement.reset();
  return file_->Close();
}

}  // namespace waymark::exports
