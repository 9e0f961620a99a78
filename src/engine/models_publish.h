#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "engine/models_topic.h"
#include "model/definition.h"
#include "stream/producer.h"

namespace waymark::engine {

enum class PublishOutcome {
  kNew,
  kUnchanged,  // published already, with this definition
  kRefused,
  kHeldBack,   // good and new, but another one was refused: all are published, or none
};
std::string_view ToString(PublishOutcome outcome);

// What becomes of each definition of some files beside what is in the topic.
struct PublishPlan {
  std::vector<PublishOutcome> outcomes;  // in the order of the definitions
  std::vector<model::Fault> faults;      // of the files, and between them and the topic
  // The new ones, by number, in an order in which each is good beside those before it.
  std::vector<size_t> order;

  bool IsRefused() const { return !faults.empty(); }
  size_t CountOf(PublishOutcome outcome) const;
};

// Checks the set as it would be after each of them: that is how others take them up. With a fault
// nothing of the files may be published.
PublishPlan PlanPublish(const ModelsTopic& topic, const model::DefinitionSet& files);

struct PublishClients {
  MakeLogReader make_reader;
  // All publishers of a topic have one transactional id, PublisherId(): it is their lock.
  std::function<base::Result<std::unique_ptr<stream::TransactionalProducer>>()> make_producer;
};
std::string PublisherId(const std::string& topic);

struct PublishSettings {
  std::string publisher;                          // who writes, for people to read
  base::Timestamp now;                            // written as the time of publishing
  base::Millis timeout = std::chrono::minutes(1);  // of reading, and of each request
  base::Millis pause{50};  // before another try, at least
  bool dry_run = false;
};

// Reads the topic on to its end and publishes what is new of the files, in one transaction, after
// checking them against what is in the topic at that very moment: whoever else publishes at the
// same time comes wholly before or wholly after. In the end `topic` holds what was published. A
// plan that is refused has changed nothing.
base::Result<PublishPlan> PublishModels(const PublishClients& clients,
                                        const model::DefinitionSet& files,
                                        const PublishSettings& settings, ModelsTopic& topic);

}  // namespace waymark::engine
