#include "exports/sqlite.h"

#include <sqlite3.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace waymark::exports {

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::Set(int place, std::string_view text) {
  // A null pointer would be NULL.
  const char* const data = text.data() == nullptr ? "" : text.data();
  const int result = sqlite3_bind_text64(statement_, place, data, text.size(), SQLITE_STATIC,
                                         SQLITE_UTF8);
  if (result != SQLITE_OK) fault_ = result;
}

void SqliteStatement::Set(int place, int64_t number) {
  const int result = sqlite3_bind_int64(statement_, place, number);
  if (result != SQLITE_OK) fault_ = result;
}

void SqliteStatement::Set(int place, double number) {
  const int result = sqlite3_bind_double(statement_, place, number);
  if (result != SQLITE_OK) fault_ = result;
}

base::Status SqliteStatement::Run() {
  int result = fault_;
  if (result == SQLITE_OK) {
    result = sqlite3_step(statement_);
    if (result == SQLITE_DONE) result = SQLITE_OK;
  }
  const std::string why = result == SQLITE_OK ? "" : sqlite3_errmsg(database_);
  fault_ = SQLITE_OK;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  if (result == SQLITE_OK) return {};
  return {base::StatusCode::kIo, path_ + ": " + why};
}

base::Result<std::unique_ptr<SqliteFile>> SqliteFile::Create(const std::string& path) {
  std::unique_ptr<SqliteFile> file(new SqliteFile(path));
  std::error_code ignored;  // Opening tells.
  std::filesystem::remove(file->partial(), ignored);
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result =
      sqlite3_open_v2(file->partial().c_str(), &file->database_, kFlags, nullptr);
  if (result != SQLITE_OK) return file->Fault();
  WAYMARK_RETURN_IF_ERROR(file->Run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                                    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536; "
                                    "BEGIN;"));
  return file;
}

SqliteFile::~SqliteFile() {
  if (database_ == nullptr) return;
  sqlite3_close_v2(database_);
  std::remove(partial().c_str());
}

base::Status SqliteFile::Fault() const {
  return {base::StatusCode::kIo, path_ + ": " + sqlite3_errmsg(database_)};
}

base::Status SqliteFile::Run(const std::string& sql) {
  const int result = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? base::Status() : Fault();
}

base::Result<std::unique_ptr<SqliteStatement>> SqliteFile::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(database_, sql.c_str(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
  if (result != SQLITE_OK) return Fault();
  return std::make_unique<SqliteStatement>(database_, statement, path_);
}

base::Status SqliteFile::Close() {
  WAYMARK_RETURN_IF_ERROR(Run("COMMIT;"));
  if (sqlite3_close(database_) != SQLITE_OK) return Fault();
  database_ = nullptr;
  std::error_code error;
  std::filesystem::rename(partial(), path_, error);
  if (!error) return {};
  std::remove(partial().c_str());
  return {base::StatusCode::kIo, path_ + ": " + error.message()};
}

std::string SqliteName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace waymark::exports
