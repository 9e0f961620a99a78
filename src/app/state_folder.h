#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "base/time.h"
#include "config/settings.h"
#include "engine/state_identity.h"
#include "metrics/metrics.h"
#include "rocks/rocks_store.h"

namespace waymark::app {

// The state folder of `run`. It is but a view of the topics: what is damaged, too old, or written
// by an older version is emptied with a warning, and the workers fill it again. What belongs to
// another deployment is refused. One thread calls it, while the workers use the store.
class StateFolder {
 public:
  // A damaged folder is emptied.
  static base::Result<std::unique_ptr<StateFolder>> Open(const config::Settings& settings,
                                                         const base::Clock& clock);

  rocks::RocksStore& store() { return *store_; }

  // Before the workers start: goes on from what the store holds, or empties it.
  base::Status Adopt(const engine::StateIdentity& identity, base::Millis age_max,
                     metrics::Metrics& metrics);
  // Now and then while they work: the store's fault in the background, if there is one. While all
  // are `ready` it notes that the store follows its topics.
  base::Status Watch(bool ready);
  // After the workers ended in good order.
  base::Status Close();

 private:
  StateFolder(const base::Clock& clock, std::string folder)
      : clock_(clock), folder_(std::move(folder)) {}
  base::Status OpenStore(const rocks::RocksSettings& settings);
  base::Status Empty(const std::string& why);
  base::Status EraseDamaged(const base::Status& fault, metrics::Metrics& metrics);
  base::Status Note();

  const base::Clock& clock_;
  const std::string folder_;
  std::unique_ptr<rocks::RocksStore> store_;
  bool was_damaged_ = false;
  engine::StateIdentity identity_;
  base::Millis note_interval_{};
};

}  // namespace waymark::app
