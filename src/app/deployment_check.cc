#include "app/deployment_check.h"

#include <charconv>
#include <optional>
#include <vector>

#include "app/kafka_setup.h"
#include "base/counted.h"
#include "base/log.h"
#include "engine/stream_output.h"
#include "engine/task_mark.h"
#include "kafka/admin.h"
#include "kafka/group_view.h"

namespace waymark::app {
namespace {

using base::Status;
using base::StatusCode;
using stream::TopicInfo;

constexpr base::Millis kDeleteRetentionDefault = std::chrono::hours(24);

Status Refuse(std::string message, std::string hint) {
  return {StatusCode::kConfig, std::move(message), std::move(hint)};
}

// The topics that there are, in the order of the names.
base::Result<std::vector<TopicInfo>> FindTopics(const config::Settings& settings,
                                                const std::vector<std::string>& names) {
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(ClientSettingsOf(settings)));
  WAYMARK_ASSIGN_OR_RETURN(auto infos, admin->Describe(names, settings.kafka.connect_timeout));
  std::string missing;
  std::vector<TopicInfo> topics;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!infos[i]) missing += (missing.empty() ? "" : ", ") + names[i];
    if (infos[i]) topics.push_back(std::move(*infos[i]));
  }
  if (missing.empty()) return topics;
  return Refuse(
      "missing topics: " + missing,
      "make them by `waymark topics create`, or check kafka.input_topics and kafka.prefix");
}

Status CheckPartitions(const std::vector<TopicInfo>& topics) {
  const TopicInfo& first = topics.front();
  for (const TopicInfo& topic : topics) {
    if (topic.partitions == first.partitions) continue;
    return Refuse(first.name + " has " + base::Counted(first.partitions, "partition") + ", " +
                      topic.name + " has " + std::to_string(topic.partitions),
                  "inputs and outputs need the same partition count; start a new kafka.prefix "
                  "after changing it");
  }
  if (first.partitions <= engine::kPartitionsMax) return {};
  return Refuse(first.name + " has " + base::Counted(first.partitions, "partition") + ", " +
                    std::to_string(engine::kPartitionsMax) + " are the most",
                "use topics of fewer partitions");
}

std::optional<int64_t> NumberOf(const TopicInfo& topic, const char* name) {
  const auto found = topic.config.find(name);
  if (found == topic.config.end()) return std::nullopt;
  int64_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, value).ptr != end) return std::nullopt;
  return value;
}

// Empty where the brokers do not tell.
std::string PolicyOf(const TopicInfo& topic) {
  const auto found = topic.config.find("cleanup.policy");
  return found == topic.config.end() ? "" : found->second;
}

// How long the steps topic has to keep steps for.
base::Millis KeptFor(const config::Settings& settings) {
  return settings.timeline.enabled ? settings.timeline.retention : base::Millis(0);
}

Status CheckSteps(const TopicInfo& steps, base::Millis timeline) {
  if (PolicyOf(steps).find("compact") != std::string::npos) {
    return Refuse(steps.name + " is compacted (cleanup.policy is " + PolicyOf(steps) +
                      "): of each customer only the last step would stay",
                  "the steps are the log that state is restored from: set cleanup.policy=delete; "
                  "where it was compacted already, start a new kafka.prefix and kafka.group");
  }
  if (NumberOf(steps, "retention.bytes").value_or(-1) >= 0) {
    WAYMARK_WARN("{} has retention.bytes: steps may go before timeline.retention is over, and a "
                 "restore then misses them; set it to -1", steps.name);
  }
  const int64_t kept = NumberOf(steps, "retention.ms").value_or(-1);
  if (kept < 0 || kept >= (timeline + kStepsMargin).count()) return {};
  const std::string wanted = std::to_string((timeline + kStepsMargin).count());
  const std::string message = steps.name + " keeps steps for " +
                              base::FormatDuration(base::Millis(kept)) +
                              ", timeline.retention is " + base::FormatDuration(timeline);
  if (kept < timeline.count()) {
    return Refuse(message + ": a restore would miss the steps between",
                  "set retention.ms=" + wanted + " of " + steps.name +
                      ", or lower timeline.retention");
  }
  WAYMARK_WARN("{}: without a margin a restore may miss the oldest; set retention.ms={}", message,
               wanted);
  return {};
}

Status CheckJourneys(const TopicInfo& journeys) {
  const std::string policy = PolicyOf(journeys);
  if (policy.empty() || policy == "compact") return {};
  return Refuse(journeys.name + " is not kept for good (cleanup.policy is " + policy +
                    "): customers who were not seen for long would be forgotten",
                "the journeys are the checkpoint that state is restored from: set "
                "cleanup.policy=compact; the records removed already are not brought back");
}

Status CheckModelsTopic(const TopicInfo& models) {
  if (models.partitions != 1) {
    return Refuse(models.name + " has " + base::Counted(models.partitions, "partition") +
                      ": the versions of models would have no order",
                  "it needs exactly one: make it anew by `waymark topics create`; each instance "
                  "publishes its models there again when it starts");
  }
  const std::string policy = PolicyOf(models);
  if (policy.empty() || policy == "compact") return {};
  return Refuse(models.name + " is not kept for good (cleanup.policy is " + policy +
                    "): old versions of models would be missing",
                "set cleanup.policy=compact");
}

Status OtherPartitions(const stream::CommittedOffset& committed, int then, int now) {
  return Refuse(committed.at.topic + " had " + base::Counted(then, "partition") +
                    " when its group last committed, now it has " +
                    std::to_string(now),
                "customers are in other partitions now: start a new kafka.prefix and kafka.group, "
                "which read the input from its beginning");
}

Status CutShort(const kafka::GroupInput& input) {
  return Refuse(input.committed.at.topic + "[" +
                    std::to_string(input.committed.at.partition.value) + "] ends at offset " +
                    std::to_string(input.range.end.value) + ", but it was read up to " +
                    std::to_string(input.committed.offset->value) +
                    ": the topic was made anew or has lost its end",
                "new records would be taken for old ones: start a new kafka.group with a "
                "state.directory of its own; it reads the topic from its beginning, and what is "
                "known already is not counted again, but for dead letters");
}

Status NewerFormat(const stream::CommittedOffset& committed, int format) {
  return Refuse(committed.at.topic + "[" + std::to_string(committed.at.partition.value) +
                    "]: its state is of format " + std::to_string(format) +
                    ", this version reads up to " + std::to_string(codec::kStateFormatNewest),
                "a newer version has written it: run that one");
}

// The newest that there is already, so that whoever reads it now can go on reading; all where the
// operator says so, or nothing is there.
int StateFormatOf(const config::Settings& settings, std::optional<int> found) {
  using config::StateFormat;
  const bool raise = settings.state.format == StateFormat::kNewest;
  const int first = settings.state.format == StateFormat::kOldest ? codec::kStateFormatOldest
                                                                  : codec::kStateFormatNewest;
  const int format = raise ? codec::kStateFormatNewest : found.value_or(first);
  if (format < codec::kStateFormatNewest) {
    WAYMARK_WARN("state is still written in format {} of {}: once all instances run this version, "
                 "set state.format: newest", format, codec::kStateFormatNewest);
  }
  return format;
}

// Whoever has not counted from the beginning can't take back later what was never counted.
base::Result<bool> KeepsMeasures(const config::Settings& settings, std::optional<bool> found) {
  const bool wanted = settings.measures.enabled;
  if (wanted && found == false) {
    WAYMARK_INFO("this deployment was begun without measures: its map stays empty (a new "
                 "kafka.prefix and kafka.group read the input again, and keep them)");
  }
  if (!wanted && found == true) {
    return Refuse("measures.enabled is false, but this deployment keeps measures",
                  "put the setting back, or start a new kafka.prefix and kafka.group");
  }
  return found.value_or(wanted && settings.state.format != config::StateFormat::kOldest);
}

Status CheckGroup(const config::Settings& settings, Ground& ground) {
  const int partitions = ground.partitions;
  std::optional<int> format;
  std::optional<bool> measures;
  std::vector<stream::TopicPartition> inputs;
  for (const std::string& topic : settings.kafka.input_topics) {
    for (int p = 0; p < partitions; ++p) inputs.push_back({topic, base::Partition(p)});
  }
  kafka::ClientSettings client = ClientSettingsOf(settings);
  client.group_id = settings.kafka.group;
  WAYMARK_ASSIGN_OR_RETURN(const auto group,
                           kafka::LookAtGroup(client, inputs, settings.kafka.connect_timeout));
  for (const kafka::GroupInput& input : group) {
    if (!input.committed.offset) continue;
    const auto mark = engine::TaskMark::Parse(input.committed.metadata);
    if (mark && mark->partitions != 0 && mark->partitions != partitions) {
      return OtherPartitions(input.committed, mark->partitions, partitions);
    }
    if (mark && mark->format > codec::kStateFormatNewest) {
      return NewerFormat(input.committed, mark->format);
    }
    if (mark) format = std::max(format.value_or(codec::kStateFormatOldest), mark->format);
    if (mark) measures = measures.value_or(true) && mark->has_measures;
    if (*input.committed.offset > input.range.end) return CutShort(input);
  }
  ground.state_format = StateFormatOf(settings, format);
  WAYMARK_ASSIGN_OR_RETURN(ground.measures, KeepsMeasures(settings, measures));
  return {};
}

// Asked for only where they are kept: who comes from an older version goes on without the topic.
Status CheckMeasures(const config::Settings& settings, const TopicInfo& input) {
  const std::string name = engine::TopicNames(settings.kafka.prefix).measures;
  WAYMARK_ASSIGN_OR_RETURN(auto topics, FindTopics(settings, {name}));
  const std::string policy = PolicyOf(topics.front());
  if (!policy.empty() && policy != "compact") {
    return Refuse(name + " is not kept for good (cleanup.policy is " + policy +
                      "): figures of the past would be lost",
                  "a restore goes on from the figures in it: set cleanup.policy=compact");
  }
  topics.insert(topics.begin(), input);
  return CheckPartitions(topics);
}

}  // namespace

base::Result<Deployment> CheckDeployment(const config::Settings& settings) {
  const engine::TopicNames names(settings.kafka.prefix);
  std::vector<std::string> all = {names.steps, names.journeys, names.signals, names.dead_letters,
                                  names.models};
  all.insert(all.begin(), settings.kafka.input_topics.begin(), settings.kafka.input_topics.end());
  const size_t inputs = settings.kafka.input_topics.size();
  WAYMARK_ASSIGN_OR_RETURN(auto topics, FindTopics(settings, all));
  WAYMARK_RETURN_IF_ERROR(CheckModelsTopic(topics.back()));
  topics.pop_back();
  WAYMARK_RETURN_IF_ERROR(CheckPartitions(topics));
  WAYMARK_RETURN_IF_ERROR(CheckSteps(topics[inputs], KeptFor(settings)));
  const TopicInfo& journeys = topics[inputs + 1];
  WAYMARK_RETURN_IF_ERROR(CheckJourneys(journeys));
  Deployment deployment;
  deployment.identity.partitions = topics.front().partitions;
  deployment.identity.prefix = settings.kafka.prefix;
  deployment.identity.group = settings.kafka.group;
  WAYMARK_ASSIGN_OR_RETURN(
      deployment.identity.cluster,
      kafka::ClusterId(ClientSettingsOf(settings), settings.kafka.connect_timeout));
  const int64_t tombstones = NumberOf(journeys, "delete.retention.ms")
                                 .value_or(kDeleteRetentionDefault.count());
  deployment.state_age_max = base::Millis(tombstones / 2);
  deployment.ground.partitions = deployment.identity.partitions;
  WAYMARK_RETURN_IF_ERROR(CheckGroup(settings, deployment.ground));
  if (deployment.ground.measures) WAYMARK_RETURN_IF_ERROR(CheckMeasures(settings, topics.front()));
  return deployment;
}

}  // namespace waymark::app
