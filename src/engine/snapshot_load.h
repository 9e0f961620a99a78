#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "base/strong.h"
#include "codec/fold_state.h"
#include "engine/sorted_load.h"
#include "engine/trim.h"
#include "journey/fold.h"
#include "store/store.h"
#include "stream/consumer.h"

namespace waymark::engine {

// Fills the empty rows of a partition from records of its journeys topic: the last snapshot of each
// profile, and its timer. Bounded: a superseded snapshot that went into the store with an earlier
// portion is overwritten, but leaves its timer, which is found stale when it comes up.
class SnapshotLoad {
 public:
  SnapshotLoad(base::Partition partition, const journey::Fold& fold, store::Store& store,
               size_t bytes_max, const TimelineSettings& timeline);

  // What the rows are written in.
  void SetFormat(int format) { format_ = format; }
  // kStore where a snapshot can't be read.
  base::Status Add(const stream::Record& record);
  base::Status Finish();
  // After Finish(): the profiles in the store.
  base::Result<int64_t> CountProfiles() const;
  // The least epoch of models among the snapshots; max() where there was none.
  int64_t epoch_min() const { return epoch_min_; }

 private:
  base::Status Load();
  base::Status ListPending(const Profile& profile);
  base::Status LoadOne(std::string_view key, std::string_view snapshot);

  const base::Partition partition_;
  const journey::Fold& fold_;
  store::Store& store_;
  const size_t bytes_max_;
  const TimelineSettings timeline_;
  base::Arena bytes_{1 << 20};
  std::vector<store::Row> snapshots_;  // by the profile's key; without the part for consumers
  int format_ = codec::kStateFormatNewest;
  SortedLoad profiles_;
  SortedLoad timers_;
  SortedLoad pending_;  // the list of profiles with pending rows
  bool any_pending_ = false;
  int portions_ = 0;
  int64_t profiles_loaded_ = 0;  // of all portions; one may stand in several
  int64_t epoch_min_ = std::numeric_limits<int64_t>::max();
  std::string value_;
};

}  // namespace waymark::engine
