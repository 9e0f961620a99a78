#include "engine/partition_claims.h"

namespace waymark::engine {

PartitionClaims::Claimed& PartitionClaims::Of(base::Partition partition) {
  const std::lock_guard lock(mutex_);
  return claims_[partition];
}

void PartitionClaims::Claim(base::Partition partition, Owner owner) {
  Claimed& claimed = Of(partition);
  const std::lock_guard lock(claimed.mutex);
  claimed.owner = owner;
}

bool PartitionClaims::ClaimIfFree(base::Partition partition, Owner owner) {
  Claimed& claimed = Of(partition);
  const std::lock_guard lock(claimed.mutex);
  if (claimed.owner == nullptr) claimed.owner = owner;
  return claimed.owner == owner;
}

void PartitionClaims::Release(base::Partition partition, Owner owner) {
  Claimed& claimed = Of(partition);
  const std::lock_guard lock(claimed.mutex);
  if (claimed.owner == owner) claimed.owner = nullptr;
}

std::optional<std::unique_lock<std::mutex>> PartitionClaims::Hold(base::Partition partition,
                                                                  Owner owner) {
  Claimed& claimed = Of(partition);
  std::unique_lock lock(claimed.mutex);
  if (claimed.owner == nullptr) claimed.owner = owner;
  if (claimed.owner != owner) return std::nullopt;
  return lock;
}

}  // namespace waymark::engine
