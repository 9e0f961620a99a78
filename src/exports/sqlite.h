#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace waymark::exports {

// A statement with values to fill in, numbered from 1; what is not filled in is NULL. A fault is
// kept until Run() tells it.
class SqliteStatement {
 public:
  // `path`: of the file, for what is told of faults.
  SqliteStatement(sqlite3* database, sqlite3_stmt* statement, std::string path)
      : database_(database), statement_(statement), path_(std::move(path)) {}
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  // Texts must live until Run().
  void Set(int place, std::string_view text);
  void Set(int place, int64_t number);
  void Set(int place, double number);
  // Once; then the values are to be filled in anew.
  base::Status Run();

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
  std::string path_;
  int fault_ = 0;
};

// A database file that is written in one go: unsafe in a crash, which leaves nothing that looks
// whole, since the file gets its name at Close().
class SqliteFile {
 public:
  static base::Result<std::unique_ptr<SqliteFile>> Create(const std::string& path);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  base::Status Run(const std::string& sql);
  base::Result<std::unique_ptr<SqliteStatement>> Prepare(const std::string& sql);
  // Statements must be gone by then.
  base::Status Close();

 private:
  explicit SqliteFile(std::string path) : path_(std::move(path)) {}
  std::string partial() const { return path_ + ".partial"; }
  base::Status Fault() const;

  std::string path_;
  sqlite3* database_ = nullptr;
};

// A name in double quotes.
std::string SqliteName(std::string_view name);

}  // namespace waymark::exports
