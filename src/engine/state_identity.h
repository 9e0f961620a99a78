#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "store/store.h"

namespace waymark::engine {

// The layout of the stored rows that this version writes. Another number: the rows are rebuilt from
// the topics, or belong to a newer version.
inline constexpr int kStateLayout = 3;
// The most partitions that keys can tell apart and leave a prefix free for the store's own rows.
inline constexpr int kPartitionsMax = 0xffff;

// Whose state a store holds: one row of its meta family, behind a prefix that no partition has.
struct StateIdentity {
  int layout = kStateLayout;
  int partitions = 0;  // of the topics: keys go elsewhere where it changes
  std::string prefix;  // of the topics
  std::string group;
  std::string cluster;    // the id that Kafka's brokers give to themselves
  base::Timestamp noted;  // when the store was last known to follow its topics, by wall time

  std::string Encode() const;
  // Nothing where the bytes are no identity. Of another layout only the number is read.
  static std::optional<StateIdentity> Decode(std::string_view bytes);
};

// What a start does with a store.
enum class StateFit {
  kEmpty,      // Nothing is in it.
  kFits,       // Go on from it.
  kOldLayout,  // Written by an older version: erase it, the topics have everything.
  kStale,      // Older than `age_max`: erase it, it may have missed tombstones.
};

// Compares what the store says of itself with the deployment at hand. Refuses with kConfig and a
// hint what belongs to another one or was written by a newer version.
base::Result<StateFit> JudgeState(const store::Store& store, const StateIdentity& wanted,
                                  base::Timestamp now, base::Millis age_max);

// Writes the row. Durable with the store's next flush, together with everything before it.
base::Status WriteIdentity(store::Store& store, const StateIdentity& identity);

}  // namespace waymark::engine
