#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "app/group_watch.h"
#include "app/held_partitions.h"
#include "serve/http_client.h"
#include "serve/http_message.h"

namespace waymark::app {

// A question with this header was passed on by another instance; it is not passed on again.
inline constexpr const char* kHopHeader = "waymark-hop";
// The code of its answer where the profile is unknown to the instance that was asked.
inline constexpr int kUnknownHere = 421;

// The other instances of the deployment, asked for what they hold. Safe from any thread.
class Neighbours {
 public:
  // What is passed lives as long as this.
  Neighbours(serve::ClientTls tls, const GroupWatch& watch, const HeldPartitions& held,
             const base::Clock& clock)
      : tls_(std::move(tls)), watch_(watch), held_(held), clock_(clock) {}

  // As the marks of this process name it.
  void SetOwnAddress(const std::string& address);
  std::string own_address() const;
  // The token of this deployment, for a client that came with a certificate.
  void SetToken(const std::string& token);

  // Asks the instances that may hold the profile, the likeliest first. What one of them answers, if
  // it is not that it does not know it; 404 where nobody does, 503 where that can't be told since
  // somebody did not answer. `target`: path and query, encoded.
  serve::Response Ask(const serve::Request& request, const std::string& target,
                      const std::string& profile_id);
  // Of each input topic; 0: not known yet.
  int32_t partitions() const;
  // Whom the marks name as the holder of a partition; empty: nobody.
  std::string HolderOf(base::Partition partition) const;

 private:
  struct Other {
    std::string address;
    bool is_likeliest = false;
  };
  struct Doubt {
    bool is_likeliest = false;
    std::string why;
  };
  std::vector<Other> Others(base::Partition likeliest, std::vector<Doubt>& doubts) const;
  base::Result<serve::Answer> AskOne(const std::string& address, const serve::Request& request,
                                     const std::string& target, base::Millis timeout) const;
  std::string token() const;

  const serve::ClientTls tls_;
  const GroupWatch& watch_;
  const HeldPartitions& held_;
  const base::Clock& clock_;
  std::atomic<int> under_way_{0};
  mutable std::mutex mutex_;
  std::string token_;
  std::string own_address_;
};

// `text` as it may stand in a path or query.
std::string EncodePercent(std::string_view text);

}  // namespace waymark::app
