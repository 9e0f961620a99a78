#include "engine/state_identity.h"

#include "base/counted.h"
#include "codec/compact.h"

namespace waymark::engine {
namespace {

using base::Status;
using base::StatusCode;

constexpr std::string_view kIdentityKey = "\xff\xff" "identity";

base::Result<bool> IsEmpty(const store::Store& store) {
  for (const auto family : {store::Family::kMeta, store::Family::kProfiles,
                            store::Family::kTimelines, store::Family::kTimers}) {
    const auto cursor = store.Read(family, {}, {});
    if (cursor->Next()) return false;
    WAYMARK_RETURN_IF_ERROR(cursor->status());
  }
  return true;
}

Status Newer(const StateIdentity& found) {
  return {StatusCode::kConfig,
          "the state folder has layout " + std::to_string(found.layout) + ", this version knows " +
              std::to_string(kStateLayout),
          "a newer version wrote it: run that one, or remove the folder (state.directory) to have "
          "it rebuilt from the topics"};
}

Status Foreign(const char* what, const std::string& found, const std::string& wanted) {
  return {StatusCode::kConfig,
          std::string("the state folder belongs to ") + what + " '" + found + "', not '" + wanted +
              "'",
          "it is another deployment's: give this one a state.directory of its own, or remove the "
          "folder to have it rebuilt from the topics"};
}

Status OtherPartitions(int found, int wanted) {
  return {StatusCode::kConfig,
          "the state was built on topics of " + base::Counted(found, "partition") +
              ", now they have " + std::to_string(wanted),
          "customers are in other partitions now: start a new kafka.prefix and kafka.group with a "
          "state.directory of their own"};
}

Status CheckOwner(const StateIdentity& found, const StateIdentity& wanted) {
  if (found.cluster != wanted.cluster) {
    return Foreign("the Kafka cluster", found.cluster, wanted.cluster);
  }
  if (found.prefix != wanted.prefix) return Foreign("kafka.prefix", found.prefix, wanted.prefix);
  if (found.group != wanted.group) return Foreign("kafka.group", found.group, wanted.group);
  if (found.partitions == wanted.partitions) return {};
  return OtherPartitions(found.partitions, wanted.partitions);
}

}  // namespace

std::string StateIdentity::Encode() const {
  std::string bytes;
  codec::CompactWriter out(bytes);
  out.Signed(layout);
  out.Signed(partitions);
  out.Text(prefix);
  out.Text(group);
  out.Text(cluster);
  out.Signed(noted.ms);
  out.Finish();
  return bytes;
}

std::optional<StateIdentity> StateIdentity::Decode(std::string_view bytes) {
  codec::CompactReader in(bytes);
  StateIdentity identity;
  identity.layout = static_cast<int>(in.Signed());
  if (in.failed()) return std::nullopt;
  if (identity.layout != kStateLayout) return identity;
  identity.partitions = static_cast<int>(in.Signed());
  identity.prefix = in.Text();
  identity.group = in.Text();
  identity.cluster = in.Text();
  identity.noted.ms = in.Signed();
  if (in.failed() || !in.at_end()) return std::nullopt;
  return identity;
}

base::Result<StateFit> JudgeState(const store::Store& store, const StateIdentity& wanted,
                                  base::Timestamp now, base::Millis age_max) {
  WAYMARK_ASSIGN_OR_RETURN(const auto row, store.Get(store::Family::kMeta, kIdentityKey));
  if (!row) {
    WAYMARK_ASSIGN_OR_RETURN(const bool empty, IsEmpty(store));
    return empty ? StateFit::kEmpty : StateFit::kOldLayout;
  }
  const auto found = StateIdentity::Decode(*row);
  if (!found || found->layout < kStateLayout) return StateFit::kOldLayout;
  if (found->layout > kStateLayout) return Newer(*found);
  WAYMARK_RETURN_IF_ERROR(CheckOwner(*found, wanted));
  return now > found->noted + age_max ? StateFit::kStale : StateFit::kFits;
}

Status WriteIdentity(store::Store& store, const StateIdentity& identity) {
  store::Batch batch;
  batch.Put(store::Family::kMeta, kIdentityKey, identity.Encode());
  return store.Write(batch);
}

}  // namespace waymark::engine
