#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "codec/protobuf.h"
#include "engine/output.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::test {

// What readers of a task's topics would see: for each row the record with the highest revision (the
// later one of equal revisions), retracted rows left out.
class CollectingOutput final : public engine::Output {
 public:
  using StepKey = std::tuple<std::string, std::string, std::string>;  // profile, system, id
  struct Record {
    engine::OutputTopic topic;
    std::string profile_id;
    std::optional<std::string> value;
    std::string traceparent;
  };
  struct Letter {
    model::DeadLetterReason reason;
    std::string detail;
  };

  base::Status Write(engine::OutputTopic topic, base::Partition /*partition*/,
                     std::string_view profile_id, std::optional<std::string_view> value) override {
    records.push_back({topic, std::string(profile_id), {}, std::string(traceparent())});
    if (value) records.back().value.emplace(*value);
    if (!value) {
      if (topic == engine::OutputTopic::kJourneys) journeys.erase(std::string(profile_id));
      if (topic == engine::OutputTopic::kMeasures) measures.erase(std::string(profile_id));
      return {};
    }
    switch (topic) {
      case engine::OutputTopic::kMeasures:
        measures.insert_or_assign(std::string(profile_id), std::string(*value));
        return {};
      case engine::OutputTopic::kSteps: return TakeStep(*value);
      case engine::OutputTopic::kSignals: return TakeSignal(*value);
      case engine::OutputTopic::kJourneys: return TakeJourneys(profile_id, *value);
    }
    return {};
  }
  base::Status WriteSignal(base::Partition partition, const model::Signal& signal) override {
    std::string bytes;
    codec::Encode(signal, bytes);
    return Write(engine::OutputTopic::kSignals, partition, signal.profile_id, bytes);
  }
  base::Status WriteDeadLetter(base::Partition /*partition*/,
                               const model::DeadLetter& letter) override {
    letters.push_back({letter.reason, std::string(letter.detail)});
    return {};
  }

  // Canonical bytes of the rows that stand.
  std::map<StepKey, std::string> Steps() const { return Standing(steps_); }
  std::map<std::string, std::string> Signals() const { return Standing(signals_); }
  std::array<int64_t, 26> SignalsByKind() const {
    std::array<int64_t, 26> counts{};
    for (const auto& [id, bytes] : Signals()) {
      model::Signal signal;
      if (codec::Decode(bytes, signal).ok()) ++counts[static_cast<size_t>(signal.kind)];
    }
    return counts;
  }
  size_t Count(engine::OutputTopic topic) const {
    size_t count = 0;
    for (const Record& record : records) count += record.topic == topic ? 1 : 0;
    return count;
  }

  // Step records that came after another one of the same revision and row.
  int64_t steps_repeated = 0;
  std::vector<Record> records;
  std::vector<Letter> letters;
  std::map<std::string, std::string> journeys;  // canonical bytes of the last snapshot
  std::map<std::string, int64_t> covers;        // of the last snapshot
  std::map<std::string, std::string> measures;  // cells that stand, by the bytes of their keys

 private:
  struct RowState {
    int64_t revision = 0;
    bool retracted = false;
    std::string canonical;
  };

  template <class Key>
  static std::map<Key, std::string> Standing(const std::map<Key, RowState>& rows) {
    std::map<Key, std::string> standing;
    for (const auto& [key, row] : rows) {
      if (!row.retracted) standing.emplace(key, row.canonical);
    }
    return standing;
  }

  template <class Key>
  static void Put(std::map<Key, RowState>& rows, const Key& key, RowState row) {
    const auto at = rows.find(key);
    if (at == rows.end()) {
      rows.emplace(key, std::move(row));
    } else if (row.revision >= at->second.revision) {
      at->second = std::move(row);
    }
  }

  base::Status TakeStep(std::string_view bytes) {
    model::Step step;
    WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, step));
    RowState row{step.revision, step.retracted, {}};
    codec::EncodeCanonical(step, row.canonical);
    const StepKey key(step.profile_id, step.interaction.source.system, step.interaction.id);
    const auto before = steps_.find(key);
    if (before != steps_.end() && before->second.revision >= row.revision) ++steps_repeated;
    Put(steps_, key, std::move(row));
    return {};
  }
  base::Status TakeSignal(std::string_view bytes) {
    model::Signal signal;
    WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, signal));
    RowState row{signal.revision, signal.retracted, {}};
    codec::EncodeCanonical(signal, row.canonical);
    Put(signals_, std::string(signal.id), std::move(row));
    return {};
  }
  base::Status TakeJourneys(std::string_view profile_id, std::string_view bytes) {
    model::CustomerJourneys value;
    WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, value));
    std::string canonical;
    codec::EncodeCanonical(value, canonical);
    journeys[std::string(profile_id)] = std::move(canonical);
    covers[std::string(profile_id)] = value.covers;
    return {};
  }

  std::map<StepKey, RowState> steps_;
  std::map<std::string, RowState> signals_;
};

}  // namespace waymark::test
