#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/models_publish.h"
#include "engine/models_topic.h"
#include "stream/memory_broker.h"

namespace waymark::engine {

using base::Millis;
using base::StatusCode;

inline constexpr Millis kSoon{100};
inline constexpr const char* kTopic = "p.models";

inline std::string Yaml(const std::string& name, int version = 1,
                        const std::string& action = "view", const std::string& head = "") {
  return "family: f\nmodel: " + name + "\nversion: " + std::to_string(version) + "\n" + head +
         "scope: {segment: " + name + "}\nstages: [{name: s, enter: {action: " + action + "}}]\n";
}

inline model::DefinitionSet Files(const std::vector<std::string>& yamls) {
  model::DefinitionSet files;
  for (const std::string& yaml : yamls) {
    model::DefinitionSet one = model::ParseDefinition(
        yaml, "file" + std::to_string(files.definitions.size() + 1) + ".yaml");
    for (const model::Fault& fault : one.faults) ADD_FAILURE() << fault.text();
    for (auto& definition : one.definitions) files.definitions.push_back(std::move(definition));
  }
  return files;
}

// A models topic in memory, empty at first.
class ModelsTopicTest : public ::testing::Test {
 protected:
  ModelsTopicTest() {
    const auto created = broker_.MakeAdmin()->Create({{kTopic, 1, -1, {}}}, kSoon);
    EXPECT_TRUE(created.ok());
  }

  static stream::MemoryBrokerOptions Options() {
    stream::MemoryBrokerOptions options;
    options.wait = false;
    return options;
  }

  PublishClients Clients() {
    PublishClients clients;
    clients.make_reader = [this] {
      return base::Result<std::unique_ptr<stream::LogReader>>(broker_.MakeLogReader());
    };
    clients.make_producer = [this] {
      if (before_lock_) std::exchange(before_lock_, nullptr)();
      return base::Result<std::unique_ptr<stream::TransactionalProducer>>(
          broker_.MakeTransactionalProducer(PublisherId(kTopic)));
    };
    return clients;
  }

  base::Result<PublishPlan> Publish(const std::vector<std::string>& yamls, bool dry_run = false) {
    ModelsTopic topic(kTopic);
    PublishSettings settings;
    settings.publisher = "waymark 1 on here";
    settings.now = clock_.Now();
    settings.timeout = kSoon;
    settings.pause = Millis(0);
    settings.dry_run = dry_run;
    return PublishModels(Clients(), Files(yamls), settings, topic);
  }

  PublishPlan Published(const std::vector<std::string>& yamls, bool dry_run = false) {
    auto plan = Publish(yamls, dry_run);
    EXPECT_TRUE(plan.ok()) << plan.status().text();
    return plan.ok() ? std::move(plan).value() : PublishPlan();
  }

  void Write(const std::string& key, std::optional<std::string> value) {
    stream::OutputRecord record;
    record.topic = kTopic;
    record.key = key;
    if (value) record.value = *value;
    const stream::Header by{kPublisherHeader, "waymark 9"};
    record.headers = {&by, 1};
    record.timestamp = clock_.Now();
    EXPECT_TRUE(broker_.MakePlainProducer()->Send(record).ok());
  }

  base::Status Read(ModelsTopic& topic) {
    return topic.ReadToEnd(*broker_.MakeLogReader(), kSoon);
  }

  std::vector<std::string> Keys() {
    ModelsTopic topic(kTopic);
    const base::Status status = Read(topic);
    EXPECT_TRUE(status.ok()) << status.text();
    std::vector<std::string> keys;
    for (const auto& m : topic.models()) keys.push_back(model::DefinitionKey(m.definition.model));
    return keys;
  }

  base::ManualClock clock_{{1'700'000'000'000}};
  stream::MemoryBroker broker_{clock_, Options()};
  std::function<void()> before_lock_;  // once
};

}  // namespace waymark::engine
