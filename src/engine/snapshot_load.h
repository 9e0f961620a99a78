#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "base/strong.h"
#include "codec/fold_state.h"
#include "engine/open_journeys.h"
#include "engine/sorted_load.h"
#include "engine/trim.h"
#include "journey/fold.h"
#include "store/store.h"
#include "stream/consumer.h"

namespace waymark::engine {

// Fills the empty rows of a partition from records of its journeys topic: the last snapshot of each
// profile, and its timer. Bounded by `bytes_max`: where the last snapshots alone take more than a
// third of it they go into the store in portions, which later ones overwrite in part, and the
// timers are read back from the rows at the end.
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
  int64_t profiles() const { return profiles_loaded_; }
  // The least epoch of models among the snapshots; max() where there was none.
  int64_t epoch_min() const { return epoch_min_; }

 private:
  size_t used() const;
  base::Status Shrink();
  base::Status Load();
  base::Status ReadBack();
  base::Status PutTimer(base::Timestamp due, std::string_view profile_id);
  base::Status ListPending(const Profile& profile);
  base::Status LoadOne(std::string_view key, std::string_view snapshot);

  const base::Partition partition_;
  const journey::Fold& fold_;
  store::Store& store_;
  const size_t bytes_max_;
  const TimelineSettings timeline_;
  static constexpr size_t kBlockBytes = 1 << 20;
  base::Arena bytes_{kBlockBytes};
  std::vector<store::Row> snapshots_;  // by the profile's key; without the part for consumers
  int format_ = codec::kStateFormatNewest;
  SortedLoad profiles_;
  SortedLoad timers_;
  SortedLoad pending_;  // the list of profiles with pending rows
  bool any_pending_ = false;
  bool is_whole_ = true;  // not in portions
  int64_t profiles_loaded_ = 0;  // of all portions; one may stand in several until Finish()
  int64_t timers_put_ = 0;
  OpenJourneys open_;
  int64_t epoch_min_ = std::numeric_limits<int64_t>::max();
  std::string value_;
};

}  // namespace waymark::engine
