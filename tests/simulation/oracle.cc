#include "simulation/oracle.h"

#include <set>
#include <stdexcept>

#include "codec/fold_state.h"
#include "codec/measure_json.h"
#include "engine/keys.h"
#include "engine/profile_cache.h"
#include "engine/restore.h"
#include "engine/task.h"
#include "store/memory_store.h"

namespace waymark::test {
namespace {

constexpr size_t kAll = 1'000'000;
constexpr base::Millis kNoWait{0};

void Must(const base::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.text());
}

// Every committed record of a partition, in order.
template <class F>
void ForEachRecord(stream::MemoryBroker& broker, const std::string& topic, int partition, F visit) {
  const auto reader = broker.MakeLogReader();
  Must(reader->Open({topic, base::Partition(partition)}, base::Offset(0)));
  while (true) {
    auto records = reader->Next(kAll, kNoWait);
    Must(records.status());
    if (records->empty()) return;
    for (const stream::Record& record : *records) visit(record);
  }
}

// Takes one topic in, and sees to it that each row's revisions rise: then none stands twice under
// one revision, and nobody who lost the partition has written behind its new owner.
class TopicCheck {
 public:
  TopicCheck(CollectingOutput& output, engine::OutputTopic topic)
      : output_(output), topic_(topic) {}

  void Take(const stream::Record& record) {
    if (!record.value || topic_ == engine::OutputTopic::kMeasures) {
      // A tombstone or an erase mark, or what has no revision.
    } else if (topic_ == engine::OutputTopic::kSteps) {
      model::Step step;
      Must(codec::Decode(*record.value, step));
      const model::Interaction& interaction = step.interaction;
      Note({step.profile_id, interaction.source.system, interaction.id}, step.revision);
    } else if (topic_ == engine::OutputTopic::kSignals) {
      model::Signal signal;
      Must(codec::Decode(*record.value, signal));
      Note({signal.profile_id, signal.id}, signal.revision);
    } else {
      model::CustomerJourneys journeys;
      Must(codec::Decode(*record.value, journeys));
      Note({*record.key}, journeys.revision);
    }
    Must(output_.Write(topic_, record.partition, *record.key, record.value));
  }

 private:
  void Note(std::initializer_list<model::Text> row, int64_t revision) {
    std::string name;
    for (const model::Text part : row) name.append(part).push_back('/');
    const auto [last, is_new] = revisions_.try_emplace(name, revision);
    if (!is_new && revision <= last->second) {
      throw std::runtime_error(name + ": revision " + std::to_string(revision) + " behind " +
                               std::to_string(last->second));
    }
    last->second = revision;
  }
  CollectingOutput& output_;
  engine::OutputTopic topic_;
  std::map<std::string, int64_t> revisions_;
};

std::string HeaderOf(const stream::Record& record, std::string_view name) {
  for (const stream::Header& header : record.headers) {
    if (header.name == name) return std::string(header.value);
  }
  throw std::runtime_error("a dead letter without " + std::string(name));
}

void AddTotals(const engine::Totals& totals, Published& published) {
  if (!totals.AddUp()) throw std::runtime_error("totals do not add up");
  published.totals[0] += totals.consumed;
  published.totals[1] += totals.steps;
  published.totals[2] += totals.duplicates;
  published.totals[3] += totals.dead_letters_total();
}

std::optional<engine::TaskMark> MarkOf(const Deployment& deployment, int partition) {
  const auto consumer = deployment.broker.MakeConsumer(deployment.group);
  const stream::TopicPartition at{deployment.topics[0], base::Partition(partition)};
  auto committed = consumer->Committed({&at, 1}, kNoWait);
  Must(committed.status());
  return engine::TaskMark::Parse(committed->front().metadata);
}

template <class F>
void SummariesOf(const journey::Fold& fold, const store::Store& store, F is_left_out,
                 std::map<std::string, std::string>& summaries) {
  Must(store.Scan(store::Family::kProfiles, {}, {}, [&](auto, std::string_view value) {
    engine::Profile profile;
    Must(engine::ProfileCache::DecodeRow(fold, value, profile));
    if (is_left_out(profile.state)) return true;
    base::Arena arena;
    model::CustomerJourneys summary;
    journey::Summarize(profile.state, arena, summary);
    codec::EncodeCanonical(summary, summaries[profile.state.profile_id]);
    return true;
  }));
}

std::string NameOf(const std::string& key) { return key; }
std::string NameOf(const CollectingOutput::StepKey& key) {
  return std::get<0>(key) + "/" + std::get<1>(key) + "/" + std::get<2>(key);
}
std::string NameOf(const std::tuple<int64_t, int64_t, std::string>& key) {
  return std::to_string(std::get<0>(key)) + "/" + std::to_string(std::get<1>(key));
}

template <class Map>
void Compare(const char* name, const Map& expected, const Map& actual, std::string& text) {
  if (expected == actual) return;
  size_t missing = 0;
  size_t differing = 0;
  std::string first;
  const auto note = [&](const auto& key) {
    if (first.empty()) first = NameOf(key);
  };
  for (const auto& [key, value] : expected) {
    const auto at = actual.find(key);
    if (at != actual.end() && at->second == value) continue;
    ++(at == actual.end() ? missing : differing);
    note(key);
  }
  std::string added;
  for (const auto& [key, value] : actual) {
    if (!expected.contains(key) && added.empty()) added = NameOf(key);
  }
  const size_t more = actual.size() + missing - expected.size();
  text += std::string(name) + ": " + std::to_string(missing) + " missing, " +
          std::to_string(differing) + " different, " + std::to_string(more) +
          " too many, such as " + first + (added.empty() ? "" : " and " + added) + "; ";
}

}  // namespace

std::string Difference(const Published& expected, const Published& actual) {
  std::string text;
  Compare("steps", expected.steps, actual.steps, text);
  Compare("signals", expected.signals, actual.signals, text);
  Compare("journeys", expected.journeys, actual.journeys, text);
  Compare("measures", expected.measures, actual.measures, text);
  Compare("dead letters", expected.dead_letters, actual.dead_letters, text);
  constexpr std::array kNames = {"consumed", "steps", "duplicates", "dead letters"};
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (expected.totals[i] == actual.totals[i]) continue;
    text += std::string("total of ") + kNames[i] + ": " + std::to_string(actual.totals[i]) +
            " instead of " + std::to_string(expected.totals[i]) + "; ";
  }
  return text;
}

namespace {

using Places = std::set<std::tuple<std::string, int, int64_t>>;  // topic, partition, offset

Places FoundTooOld(const Deployment& deployment, int partition) {
  Places places;
  const std::string topic = engine::TopicNames(deployment.prefix).dead_letters;
  ForEachRecord(deployment.broker, topic, partition, [&](const stream::Record& record) {
    if (HeaderOf(record, "reason") != "older_than_timeline") return;
    places.emplace(HeaderOf(record, "topic"), partition, std::stoll(HeaderOf(record, "offset")));
  });
  return places;
}

void AddMeasures(const CollectingOutput& output, int partition, Published& published) {
  for (const auto& [bytes, value] : output.measures) {
    measure::CellKey key;
    measure::Cell cell;
    if (!measure::ParseKey(bytes, key) || !cell.Parse(value)) throw std::runtime_error("no cell");
    std::string name;
    std::string counts;
    codec::EncodeJson(key, {}, name);
    codec::EncodeJson(key, cell, counts);
    published.measures.emplace(std::to_string(partition) + "/" + name, counts);
  }
}

// One partition's input.
class OracleTask {
 public:
  OracleTask(const Deployment& deployment, int partition, base::Timestamp now,
             base::Timestamp horizon, Published& published)
      : deployment_(deployment),
        partition_(partition),
        now_(now),
        horizon_(horizon),
        published_(published),
        too_old_(FoundTooOld(deployment, partition)),
        task_(base::Partition(partition), deployment.fold, store_, output_,
              Settings(deployment)) {}

  void Run() {
    task_.Begin(now_);
    for (const std::string& topic : deployment_.topics) {
      ForEachRecord(deployment_.broker, topic, partition_,
                    [this](const stream::Record& record) { Take(record); });
    }
    Must(task_.EndBatch(horizon_, horizon_));
    Must(task_.Flush());
    published_.steps.merge(output_.Steps());
    published_.signals.merge(output_.Signals());
    AddMeasures(output_, partition_, published_);
    const auto mark = MarkOf(deployment_, partition_);
    const bool forgets = deployment_.timeline.is_limited() && mark &&
                         mark->format >= codec::kStateFormatWithForgetting;
    const auto is_forgotten = [&](const journey::State& state) {
      return forgets && state.lapses_at + deployment_.timeline.ForgetAfter() < horizon_;
    };
    SummariesOf(deployment_.fold, store_, is_forgotten, published_.journeys);
    AddTotals(task_.totals(), published_);
  }

 private:
  static engine::TaskSettings Settings(const Deployment& deployment) {
    engine::TaskSettings settings;
    settings.measures.enabled = deployment.measures;
    settings.publish_snapshots = false;
    return settings;
  }

  void Take(const stream::Record& record) {
    engine::RawRecord raw;
    if (record.key && !record.key->empty()) raw.key = record.key;
    raw.value = record.value;
    raw.origin = {record.topic, partition_, record.offset.value};
    engine::Arrival arrival;
    auto refusal = intake_.Take(raw, now_, arrival);
    const Places::value_type place(record.topic, partition_, record.offset.value);
    if (!refusal && too_old_.contains(place)) {
      if (arrival.interaction->timestamp() >= deployment_.timeline.AcceptedFrom(horizon_)) {
        throw std::runtime_error("refused as too old, though no horizon has come so far");
      }
      refusal = codec::Refusal{model::DeadLetterReason::kOlderThanTimeline, {}};
    }
    if (!refusal) return Must(task_.Accept(arrival));
    Must(task_.Reject(intake_.LetterOf(raw, *refusal)));
    const std::string reason(model::ToString(refusal->reason));
    ++published_.dead_letters[{partition_, record.offset.value, reason}];
  }

  const Deployment& deployment_;
  const int partition_;
  const base::Timestamp now_;
  const base::Timestamp horizon_;
  Published& published_;
  const Places too_old_;
  store::MemoryStore store_;
  CollectingOutput output_;
  engine::Task task_;
  engine::Intake intake_{engine::IntakeSettings()};
};

}  // namespace

Published OracleOf(const Deployment& deployment, base::Timestamp now, base::Timestamp horizon) {
  Published published;
  for (int p = 0; p < deployment.partitions; ++p) {
    OracleTask(deployment, p, now, horizon, published).Run();
  }
  return published;
}

Published ReadPublished(const Deployment& deployment) {
  stream::MemoryBroker& broker = deployment.broker;
  const engine::TopicNames names(deployment.prefix);
  Published published;
  for (int p = 0; p < deployment.partitions; ++p) {
    CollectingOutput output;
    for (const auto& [name, kind] : {std::pair{names.steps, engine::OutputTopic::kSteps},
                                     std::pair{names.signals, engine::OutputTopic::kSignals},
                                     std::pair{names.journeys, engine::OutputTopic::kJourneys},
                                     std::pair{names.measures, engine::OutputTopic::kMeasures}}) {
      TopicCheck check(output, kind);
      ForEachRecord(broker, name, p, [&](const stream::Record& record) { check.Take(record); });
    }
    ForEachRecord(broker, names.dead_letters, p, [&](const stream::Record& record) {
      ++published.dead_letters[{std::stoll(HeaderOf(record, "partition")),
                                std::stoll(HeaderOf(record, "offset")),
                                HeaderOf(record, "reason")}];
    });
    published.steps.merge(output.Steps());
    published.signals.merge(output.Signals());
    published.journeys.merge(output.journeys);
    AddMeasures(output, p, published);
    if (const auto mark = MarkOf(deployment, p)) AddTotals(mark->totals, published);
  }
  return published;
}

std::map<std::string, std::string> RestoredJourneys(const Deployment& deployment) {
  const engine::TopicNames names(deployment.prefix);
  std::map<std::string, std::string> journeys;
  for (int p = 0; p < deployment.partitions; ++p) {
    store::MemoryStore store;
    CollectingOutput output;
    engine::TaskSettings settings;
    settings.timeline = deployment.timeline;
    settings.measures.enabled = deployment.measures;
    engine::Task task(base::Partition(p), deployment.fold, store, output, settings);
    const auto reader = deployment.broker.MakeLogReader();
    const engine::RestoreSource source{*reader, names, store, kNoWait, {}};
    Must(engine::RestoreTask(task, MarkOf(deployment, p), source));
    if (!output.records.empty()) throw std::runtime_error("a restore has published");
    Must(task.Flush());
    SummariesOf(deployment.fold, store, [](const journey::State&) { return false; }, journeys);
  }
  return journeys;
}

}  // namespace waymark::test
