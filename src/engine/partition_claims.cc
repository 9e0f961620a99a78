#include "engine/partition_claims.h"

#include <utility>

namespace waymark::engine {

PartitionClaims::Claimed& PartitionClaims::Of(base::Partition partition) {
  const std::lock_guard lock(mutex_);
  return claims_[partition];
}

void PartitionClaims::Claim(base::Partition partition, Owner owner) {
  Claimed& claimed = Of(partition);
  const std::lock_guard lock(claimed.mutex);
  if (claimed.owner == owner) return;
  if (const auto hand_over = std::exchange(claimed.hand_over, {})) hand_over();
  claimed.owner = owner;
}

bool PartitionClaims::ClaimIfFree(base::Partition partition, Owner owner,
                                  std::function<void()> hand_over) {
  Claimed& claimed = Of(partition);
  const std::lock_guard lock(claimed.mutex);
  if (claimed.owner == nullptr) {
    claimed.owner = owner;
    claimed.hand_over = std::move(hand_over);
  }
  return claimed.owner == owner;
}

void PartitionClaims::Release(base::Partition partition, Owner owner) {
  Claimed& claimed = Of(partition);
  const std::lock_guard lock(claimed.mutex);
  if (claimed.owner != owner) return;
  claimed.owner = nullptr;
  claimed.hand_over = {};
}

std::optional<std::unique_lock<std::mutex>> PartitionClaims::Hold(base::Partition partition,
                                                                  Owner owner) {
  Claimed& claimed = Of(partition);
  std::unique_lock lock(claimed.mutex);
  if (claimed.owner != owner) return std::nullopt;
  return lock;
}

std::optional<std::unique_lock<std::mutex>> PartitionClaims::HoldOrReclaim(
    base::Partition partition, Owner owner) {
  Claimed& claimed = Of(partition);
  std::unique_lock lock(claimed.mutex);
  if (claimed.owner == nullptr) claimed.owner = owner;
  if (claimed.owner != owner) return std::nullopt;
  return lock;
}

}  // namespace waymark::engine
