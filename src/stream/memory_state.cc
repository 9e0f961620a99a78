#include "stream/memory_state.h"

#include <algorithm>

#include "base/hash.h"

namespace waymark::stream {

base::Status MemoryState::Fault(std::string_view point, std::string_view client) {
  MemoryBroker::FaultHook copy;
  {
    const std::lock_guard lock(hook_mutex);
    copy = hook;
  }
  return copy ? copy(point, client) : base::Status();
}

bool MemoryState::Wait(Lock& lock, std::chrono::steady_clock::time_point deadline) {
  // Transactions expire by the clock, which wakes nobody: look again after a while.
  constexpr base::Millis kSlice{50};
  const auto now = std::chrono::steady_clock::now();
  if (!options.wait || now >= deadline) return false;
  changed.wait_until(lock, std::min(deadline, now + kSlice));
  ExpireTransactions();
  return true;
}

MemoryLog* MemoryState::FindLog(const TopicPartition& partition) {
  const auto topic = topics.find(partition.topic);
  if (topic == topics.end()) return nullptr;
  const auto index = static_cast<size_t>(partition.partition.value);
  return index < topic->second.logs.size() ? &topic->second.logs[index] : nullptr;
}

base::Result<base::Offset> MemoryState::Append(const OutputRecord& record,
                                               MemoryTransaction* transaction) {
  TopicPartition at{std::string(record.topic), record.partition};
  if (const auto topic = topics.find(at.topic);
      record.partition.value < 0 && topic != topics.end()) {
    const auto partitions = static_cast<int32_t>(topic->second.logs.size());
    at.partition = base::Partition(base::Murmur2Partition(record.key, partitions));
  }
  MemoryLog* log = FindLog(at);
  if (log == nullptr) {
    return base::Status(base::StatusCode::kKafka,
                        "writing to " + at.topic + ": no such topic or partition",
                        "create the topics with `waymark topics create`");
  }
  if (record.key.size() + record.value.value_or("").size() > options.message_bytes_max) {
    return base::Status(base::StatusCode::kKafka, "writing to " + at.topic + ": record too large",
                        "lower interaction.bytes_max");
  }
  OutputRecord stamped = record;
  if (stamped.timestamp.ms <= 0) stamped.timestamp = clock.Now();
  const base::Offset offset = log->Append(stamped, transaction ? transaction->log : nullptr);
  if (options.retention_records > 0) log->Trim(options.retention_records);
  if (transaction != nullptr) {
    transaction->written.insert(std::move(at));
  } else {
    Changed();
  }
  return offset;
}

void MemoryState::Join(const std::string& group, const std::string& member,
                       const std::vector<std::string>& wanted) {
  MemoryGroup& joined = groups[group];
  StartRebalance(joined);
  MemoryMember& self = joined.members[member];
  self.topics = {wanted.begin(), wanted.end()};
  self.prepared = true;
  self.assigned.clear();
  CompleteRebalance(joined);
}

void MemoryState::Leave(const std::string& group, const std::string& member) {
  MemoryGroup& left = groups[group];
  if (left.members.erase(member) == 0) return;
  StartRebalance(left);
  CompleteRebalance(left);
}

void MemoryState::StartRebalance(MemoryGroup& group) {
  if (group.rebalancing) return;
  group.rebalancing = true;
  for (auto& [id, member] : group.members) member.prepared = false;
  Changed();
}

// Gives each topic's partitions to its members in ranges, once all have given theirs back.
void MemoryState::CompleteRebalance(MemoryGroup& group) {
  const auto prepared = [](const auto& entry) { return entry.second.prepared; };
  if (!group.rebalancing || !std::all_of(group.members.begin(), group.members.end(), prepared)) {
    return;
  }
  group.rebalancing = false;
  ++group.generation;
  for (auto& [id, member] : group.members) member.assigned.clear();
  for (const auto& [name, topic] : topics) {
    std::vector<MemoryMember*> takers;
    for (auto& [id, member] : group.members) {
      if (member.topics.contains(name)) takers.push_back(&member);
    }
    const size_t partitions = topic.logs.size();
    for (size_t i = 0; i < partitions && !takers.empty(); ++i) {
      // The first members take one more each where the partitions do not come out even.
      const size_t each = partitions / takers.size();
      const size_t more = partitions % takers.size();
      const size_t wide = more * (each + 1);
      const size_t taker = i < wide ? i / (each + 1) : more + (i - wide) / each;
      takers[taker]->assigned.push_back({name, base::Partition(static_cast<int32_t>(i))});
    }
  }
  Changed();
}

bool MemoryState::HasPendingOffset(const std::string& group, const TopicPartition& partition) {
  for (const auto& [name, id] : transactional_ids) {
    if (!id.open) continue;
    const auto offsets = id.open->offsets.find(group);
    if (offsets != id.open->offsets.end() && offsets->second.contains(partition)) return true;
  }
  return false;
}

void MemoryState::EndTransaction(MemoryTransactionalId& id, bool commit) {
  if (!id.open) return;
  using State = LogTransaction::State;
  id.open->log->state = commit ? State::kCommitted : State::kAborted;
  for (const TopicPartition& partition : id.open->written) {
    FindLog(partition)->AppendMarker(id.open->log);
  }
  if (commit) {
    for (auto& [group, offsets] : id.open->offsets) {
      for (auto& [partition, offset] : offsets) groups[group].committed[partition] = offset;
    }
  }
  id.open.reset();
  Changed();
}

void MemoryState::ExpireTransactions() {
  const std::chrono::nanoseconds now = clock.Monotonic();
  for (auto& [name, id] : transactional_ids) {
    if (!id.open || now - id.open->started < options.transaction_timeout) continue;
    ++id.epoch;
    EndTransaction(id, false);
  }
}

Record ToRecord(std::string_view topic, base::Partition partition, const StoredRecord& stored) {
  Record record;
  record.topic = topic;
  record.partition = partition;
  record.offset = stored.offset;
  if (stored.key) record.key = *stored.key;
  if (stored.value) record.value = *stored.value;
  record.timestamp = stored.timestamp;
  record.headers = stored.header_views;
  return record;
}

}  // namespace waymark::stream
