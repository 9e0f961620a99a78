#include "rocks/fault_watch.h"

#include "base/log.h"
#include "rocks/damage.h"

namespace waymark::rocks {
namespace {

const char* HintFor(const rocksdb::Status& status) {
  if (status.IsCorruption()) {
    return "remove the state folder (state.directory): it is rebuilt from the topics";
  }
  if (status.IsNoSpace()) {
    return "the disk of state.directory is full: make room and start again, nothing is lost";
  }
  if (status.IsIOError()) {
    return "check state.directory: that it is the right folder, its permissions, the disk's room";
  }
  if (status.IsInvalidArgument()) {
    return "a newer version may have written it: run that one, or remove the state folder "
           "(state.directory) to have it rebuilt from the topics";
  }
  return "";
}

const char* NameOf(rocksdb::BackgroundErrorReason reason) {
  switch (reason) {
    case rocksdb::BackgroundErrorReason::kFlush:
    case rocksdb::BackgroundErrorReason::kFlushNoWAL: return "flushing in the background";
    case rocksdb::BackgroundErrorReason::kCompaction: return "merging files";
    case rocksdb::BackgroundErrorReason::kManifestWrite:
    case rocksdb::BackgroundErrorReason::kManifestWriteNoWAL: return "writing the list of files";
    default: return "working in the background";
  }
}

}  // namespace

bool IsDamage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsPathNotFound();
}

base::Status ToStatus(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return {};
  return {base::StatusCode::kStore,
          "state store: " + std::string(what) + ": " + status.ToString(), HintFor(status)};
}

base::Status FaultWatch::Check(const rocksdb::Status& status, std::string_view what) const {
  if (status.ok()) return {};
  const base::Status fault = ToStatus(status, what);
  if (read_only_ || !IsDamage(status)) return fault;
  NoteDamage(folder_, fault.message());
  return {fault.code(), fault.message(),
          "start again: `run` then empties the state folder and rebuilds it from the topics"};
}

base::Status FaultWatch::background() const {
  if (!failed_) return {};
  const std::lock_guard lock(mutex_);
  return fault_;
}

void FaultWatch::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                   rocksdb::Status* status) {
  const base::Status fault = Check(*status, NameOf(reason));
  WAYMARK_ERROR("{}", fault.text());
  const std::lock_guard lock(mutex_);
  if (!failed_) fault_ = fault;
  failed_ = true;
}

}  // namespace waymark::rocks
