#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/live_picture.h"
#include "app/group_watch.h"
#include "app/held_partitions.h"
#include "app/neighbours.h"
#include "app/profile_routes.h"
#include "config/settings.h"

namespace waymark::app {

// What one process knows of the whole deployment beside the figures: who holds which customers, and
// what became of all records. Safe from any thread.
class DeploymentView {
 public:
  // `clients` ask for the group's offsets and join no group.
  DeploymentView(const config::Settings& settings, engine::ShadowClients clients,
                 const base::Clock& clock);

  // Before Run(), and before the address is asked for: the port that is listened on.
  void SetPort(uint16_t port);
  void SetToken(const std::string& token) { neighbours_.SetToken(token); }
  // Where others reach this process: scheme://host:port.
  std::string address() const { return neighbours_.own_address(); }
  HeldPartitions& held() { return held_; }
  // Event time that all partitions have passed; nothing: not known yet.
  std::optional<base::Timestamp> horizon() const;
  int32_t partitions() const { return neighbours_.partitions(); }

  // Looks at the group until `stop`. `partitions`: of each input topic.
  void Run(int partitions, const std::atomic<bool>& stop, const GroupWatch::OnAlive& on_alive) {
    watch_.Run(partitions, stop, on_alive);
  }

  // Adds /api/v1/quality and the routes of customers.
  void AddRoutes(const store::Store& store, const api::LivePicture& picture,
                 std::function<std::shared_ptr<const journey::Fold>()> fold,
                 std::function<bool()> is_ready, serve::Router& router);

 private:
  serve::Response Quality(const serve::Request& request, const api::LivePicture& picture);

  const config::Settings& settings_;
  const base::Clock& clock_;
  GroupWatch watch_;
  HeldPartitions held_;
  Neighbours neighbours_;
};

}  // namespace waymark::app
