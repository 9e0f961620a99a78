#pragma once

#include <string>

#include "app/setup.h"
#include "kafka/settings.h"

namespace waymark::app {

// The options of commands that talk to Kafka beside `run`: the common ones and --brokers, which
// stands for --set kafka.brokers=… and is checked like it.
struct KafkaOptions {
  CommonOptions common;
  std::string brokers;

  void AddTo(CLI::App& command);
  // The common options with what the others stand for.
  CommonOptions merged() const;
};

// What clients need of the settings: brokers, sizes, and what is passed through.
kafka::ClientSettings ClientSettingsOf(const config::Settings& settings);

// Steps outlive timelines by this, so that a restore finds all that a timeline still holds.
inline constexpr base::Millis kStepsMargin = std::chrono::hours(7 * 24);

// How large a message of Waymark's topics may get: an interaction of the largest size that grew
// as a step or a dead letter; never below Kafka's own default.
int64_t MessageBytesMax(const config::Settings& settings);

// Waits for kafka.connect_timeout until a broker answers. The fault is kKafka, with a hint.
base::Status Connect(const kafka::ClientSettings& client, const config::Settings& settings);

// Fails with kConfig and a hint where the topic does not exist.
base::Status RequireTopic(const kafka::ClientSettings& client, const config::Settings& settings,
                          const std::string& topic);

}  // namespace waymark::app
