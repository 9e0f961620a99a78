#include "stream/memory_broker.h"

#include <utility>

#include "stream/memory_state.h"

namespace waymark::stream {
namespace {

class MemoryAdmin final : public Admin {
 public:
  explicit MemoryAdmin(MemoryState& state) : state_(state) {}

  base::Result<std::vector<bool>> Create(const std::vector<TopicSpec>& topics,
                                         base::Millis /*timeout*/) override {
    WAYMARK_RETURN_IF_ERROR(state_.Fault("admin.create", ""));
    const auto lock = state_.Acquire();
    std::vector<bool> created;
    for (const TopicSpec& spec : topics) {
      if (spec.partitions < 1) {
        return base::Status(base::StatusCode::kKafka,
                            "topic " + spec.name + " needs at least one partition");
      }
      const auto [topic, fresh] = state_.topics.try_emplace(spec.name);
      created.push_back(fresh);
      if (!fresh) continue;
      topic->second.spec = spec;
      topic->second.logs.resize(static_cast<size_t>(spec.partitions));
      ShareOut(spec.name);
    }
    return created;
  }

  base::Result<std::vector<std::optional<TopicInfo>>> Describe(
      const std::vector<std::string>& topics, base::Millis /*timeout*/) override {
    WAYMARK_RETURN_IF_ERROR(state_.Fault("admin.describe", ""));
    const auto lock = state_.Acquire();
    std::vector<std::optional<TopicInfo>> all;
    for (const std::string& name : topics) {
      const auto topic = state_.topics.find(name);
      if (topic == state_.topics.end()) {
        all.emplace_back();
      } else {
        const TopicSpec& spec = topic->second.spec;
        all.push_back(TopicInfo{name, spec.partitions, 1, spec.config});
      }
    }
    return all;
  }

 private:
  // Groups that wait for this topic get its partitions.
  void ShareOut(const std::string& topic) {
    for (auto& [name, group] : state_.groups) {
      for (const auto& [id, member] : group.members) {
        if (member.topics.contains(topic)) state_.StartRebalance(group);
      }
    }
  }

  MemoryState& state_;
};

}  // namespace

std::unique_ptr<Admin> MakeMemoryAdmin(MemoryState& state) {
  return std::make_unique<MemoryAdmin>(state);
}

MemoryBroker::MemoryBroker(const base::Clock& clock, MemoryBrokerOptions options)
    : state_(std::make_unique<MemoryState>(clock, options)) {}

MemoryBroker::~MemoryBroker() = default;

std::unique_ptr<Admin> MemoryBroker::MakeAdmin() { return MakeMemoryAdmin(*state_); }

std::unique_ptr<Consumer> MemoryBroker::MakeConsumer(std::string group) {
  return MakeMemoryConsumer(*state_, std::move(group));
}

std::unique_ptr<LogReader> MemoryBroker::MakeLogReader() { return MakeMemoryLogReader(*state_); }

std::unique_ptr<TailReader> MemoryBroker::MakeTailReader(std::string topic, int32_t partitions) {
  return MakeMemoryTailReader(*state_, std::move(topic), partitions);
}

std::unique_ptr<TransactionalProducer> MemoryBroker::MakeTransactionalProducer(
    std::string transactional_id) {
  return MakeMemoryTransactionalProducer(*state_, std::move(transactional_id));
}

std::unique_ptr<PlainProducer> MemoryBroker::MakePlainProducer() {
  return MakeMemoryPlainProducer(*state_);
}

void MemoryBroker::SetFaultHook(FaultHook hook) {
  const std::lock_guard lock(state_->hook_mutex);
  state_->hook = std::move(hook);
}

void MemoryBroker::ExpireSessions(const std::string& group, std::string_view member) {
  const auto lock = state_->Acquire();
  std::vector<std::string> expired;
  for (const auto& [id, unused] : state_->groups[group].members) {
    if (member.empty() || id == member) expired.push_back(id);
  }
  for (const std::string& id : expired) state_->Leave(group, id);
}

bool MemoryBroker::EndTransaction(const std::string& transactional_id, bool commit) {
  const auto lock = state_->Acquire();
  MemoryTransactionalId& id = state_->transactional_ids[transactional_id];
  if (!id.open) return false;
  state_->EndTransaction(id, commit);
  return true;
}

}  // namespace waymark::stream
