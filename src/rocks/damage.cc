#include "rocks/damage.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/log.h"
#include "store/store.h"

namespace waymark::rocks {
namespace {

namespace fs = std::filesystem;

std::string NoteOf(const std::string& folder) { return folder + "/DAMAGED"; }

bool HasTables(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".sst") return true;
  }
  return false;
}

}  // namespace

void NoteDamage(const std::string& folder, std::string_view what) {
  std::error_code error;
  if (fs::exists(NoteOf(folder), error)) return;
  std::ofstream note(NoteOf(folder));
  note << what << std::flush;
  if (note) return;
  WAYMARK_ERROR("the state folder {} is damaged, but that can't be noted in it: remove it",
                folder);
}

void ForgetDamage(const std::string& folder) {
  std::error_code error;
  fs::remove(NoteOf(folder), error);
}

std::optional<std::string> FindDamage(const std::string& folder) {
  std::ifstream note(NoteOf(folder));
  if (note) {
    const std::string text((std::istreambuf_iterator<char>(note)), {});
    return text.empty() ? "noted without a reason" : text;
  }
  // RocksDB takes a folder without CURRENT for a new one.
  std::error_code error;
  if (!fs::exists(folder + "/CURRENT", error) && HasTables(folder)) return "CURRENT is missing";
  return std::nullopt;
}

base::Status EmptyFolder(const std::string& folder) {
  std::error_code error;
  fs::remove_all(folder + "/ingest", error);
  std::vector<rocksdb::ColumnFamilyDescriptor> none;
  const rocksdb::Status status = rocksdb::DestroyDB(folder, rocksdb::Options(), none);
  if (status.ok()) fs::remove(NoteOf(folder), error);
  if (status.ok() && !error) return {};
  return {base::StatusCode::kStore,
          "cannot empty the state folder " + folder + ": " +
              (status.ok() ? error.message() : status.ToString()),
          "stop the process that has it open, or remove the folder"};
}

}  // namespace waymark::rocks
