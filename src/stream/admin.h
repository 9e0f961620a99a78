#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"

namespace waymark::stream {

struct TopicSpec {
  std::string name;
  int32_t partitions = 0;
  int16_t replication = -1;                   // -1: the broker's default
  std::map<std::string, std::string> config;  // such as cleanup.policy
};

struct TopicInfo {
  std::string name;
  int32_t partitions = 0;
  int16_t replication = 0;
  // What is set apart from defaults, and always what decides on keeping and refusing records
  // (cleanup.policy, retention.ms, max.message.bytes …) where the broker tells it.
  std::map<std::string, std::string> config;
};

class Admin {
 public:
  virtual ~Admin() = default;
  // Creates what is missing; true for each topic that was created, false where it existed.
  virtual base::Result<std::vector<bool>> Create(const std::vector<TopicSpec>& topics,
                                                 base::Millis timeout) = 0;
  // Nothing for a topic that does not exist.
  virtual base::Result<std::vector<std::optional<TopicInfo>>> Describe(
      const std::vector<std::string>& topics, base::Millis timeout) = 0;
};

}  // namespace waymark::stream
