#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/output.h"
#include "scenario/fields.h"

namespace waymark::scenario {

// Keeps what readers of a task's topics see: of each row the last record, retracted ones left out.
class Collector final : public engine::Output {
 public:
  using StepKey = std::tuple<std::string, std::string, std::string>;  // profile, system, id

  base::Status Write(engine::OutputTopic topic, base::Partition partition,
                     std::string_view profile_id, std::optional<std::string_view> value) override;
  base::Status WriteSignal(base::Partition partition, const model::Signal& signal) override;
  base::Status WriteDeadLetter(base::Partition partition, const model::DeadLetter& letter) override;

  struct DeadLetter {
    int64_t offset;  // of its origin
    std::string reason;
    std::string detail;
  };

  // Serialised, in the canonical view.
  const std::map<StepKey, std::string>& steps() const { return steps_; }
  const std::map<std::string, std::string>& signals() const { return signals_; }  // by id
  const std::vector<DeadLetter>& dead_letters() const { return dead_letters_; }

 private:
  std::map<StepKey, std::string> steps_;
  std::map<std::string, std::string> signals_;
  std::vector<DeadLetter> dead_letters_;
};

}  // namespace waymark::scenario
