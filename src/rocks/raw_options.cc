#include "rocks/raw_options.h"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "rocks/rocks_store.h"

namespace waymark::rocks {
namespace {

// The layout of keys, what is durable when, and what metrics and the watch over faults rest on.
constexpr std::array<std::string_view, 17> kReserved = {
    "allow_2pc",
    "allow_ingest_behind",
    "atomic_flush",
    "avoid_flush_during_shutdown",
    "comparator",
    "compaction_filter",
    "compaction_filter_factory",
    "create_if_missing",
    "create_missing_column_families",
    "error_if_exists",
    "listeners",
    "merge_operator",
    "paranoid_checks",
    "statistics",
    "unordered_write",
    "two_write_queues",
    "write_buffer_manager"};

rocksdb::ConfigOptions Strict() {
  rocksdb::ConfigOptions options;
  options.ignore_unknown_options = false;
  options.input_strings_escaped = false;
  return options;
}

bool IsOfDatabase(const std::string& name) {
  // Asked with a value that no option has, it tells an unknown name from a faulty value.
  rocksdb::DBOptions out;
  const rocksdb::Status status =
      rocksdb::GetDBOptionsFromMap(Strict(), rocksdb::DBOptions(), {{name, ""}}, &out);
  return status.ToString().find("Could not find option") == std::string::npos;
}

using Given = std::unordered_map<std::string, std::string>;

base::Status Refused(const std::string& name, const std::string& reason) {
  return {base::StatusCode::kConfig, "rocksdb." + name + ": " + reason,
          "the names and values are those of RocksDB's DBOptions and ColumnFamilyOptions"};
}

template <class Options, class Get>
base::Status Apply(const RawOptions& raw, bool of_database, Options& options, Get get) {
  for (const auto& [name, value] : raw) {
    if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
      return Refused(name, "set by waymark itself, as its recovery rests on it");
    }
    if (IsOfDatabase(name) != of_database) continue;
    Options changed;
    const rocksdb::Status status = get(Strict(), options, Given{{name, value}}, &changed);
    if (!status.ok()) return Refused(name, status.ToString());
    options = changed;
  }
  return {};
}

}  // namespace

base::Status ApplyRaw(const RawOptions& raw, rocksdb::DBOptions& database) {
  return Apply(raw, true, database,
               [](const auto& config, const auto& base, const auto& map, auto* changed) {
                 return rocksdb::GetDBOptionsFromMap(config, base, map, changed);
               });
}

base::Status ApplyRaw(const RawOptions& raw, rocksdb::ColumnFamilyOptions& family) {
  return Apply(raw, false, family,
               [](const auto& config, const auto& base, const auto& map, auto* changed) {
                 return rocksdb::GetColumnFamilyOptionsFromMap(config, base, map, changed);
               });
}

base::Status CheckOptions(const RawOptions& raw) {
  rocksdb::DBOptions database;
  WAYMARK_RETURN_IF_ERROR(ApplyRaw(raw, database));
  rocksdb::ColumnFamilyOptions family;
  return ApplyRaw(raw, family);
}

}  // namespace waymark::rocks
