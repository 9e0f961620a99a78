#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/yaml_reader.h"

namespace waymark::scenario {

// Times of a test as people write them: "2024-03-01T09:00Z", "2024-03-01", the id of a row, `now`,
// and distances from those: "v1+30m", "now-1d".
class Times {
 public:
  // Of rows with one id the first counts.
  void Add(const std::string& id, base::Timestamp time) { times_.emplace(id, time); }

  // A fault where the text is no time. `above`: what "+10m" counts from; nothing: that is a fault.
  base::Timestamp Read(const model::YamlNode& node, std::optional<base::Timestamp> above,
                       model::YamlReader& reader) const;

 private:
  std::optional<base::Timestamp> FromPoint(std::string_view text) const;

  std::map<std::string, base::Timestamp, std::less<>> times_;
};

}  // namespace waymark::scenario
