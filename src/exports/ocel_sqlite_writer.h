#pragma once

#include <memory>

#include "exports/object_writer.h"
#include "exports/sqlite.h"

namespace waymark::exports {

// OCEL 2.0 as a SQLite database: the tables, keys and types of the standard.
class OcelSqliteWriter final : public ObjectWriter {
 public:
  explicit OcelSqliteWriter(std::unique_ptr<SqliteFile> file) : file_(std::move(file)) {}
  base::Status Begin(const OcelTypes& types) override;
  base::Status BeginObject(size_t type, std::string_view id,
                           std::span<const std::optional<std::string>> values) override;
  base::Status AddChange(int64_t time, size_t attribute, std::string_view value) override;
  base::Status EndObject(std::span<const Relation> relations) override;
  base::Status AddEvent(std::string_view id, const std::string& type, const Event& event,
                        std::span<const Relation> relations) override;
  base::Status End() override;

 private:
  using Statement = std::unique_ptr<SqliteStatement>;
  struct EventTable {
    std::vector<size_t> columns;  // of OcelTypes::columns
    Statement insert;
  };

  base::Status MakeObjectTable(size_t type, const std::string& mapped);
  base::Status MakeEventTable(const std::string& type, uint64_t columns,
                              const std::string& mapped);
  base::Status MakeStatements();

  std::unique_ptr<SqliteFile> file_;
  const OcelTypes* types_ = nullptr;
  Statement event_;
  Statement object_;
  Statement event_object_;
  Statement object_object_;
  std::map<std::string, EventTable> events_;
  std::array<Statement, kObjectTypes> objects_;
  size_t object_type_ = 0;
  std::string object_id_;
};

// The endings of the tables of these types, which the standard maps types to: letters, digits and
// "_" alone, each once whatever the case, and none of the standard's own tables.
std::map<std::string, std::string> MapTypes(const std::vector<std::string>& types);

}  // namespace waymark::exports
