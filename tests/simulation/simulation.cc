#include "simulation/simulation.h"

#include <algorithm>
#include <stdexcept>

#include "codec/protobuf.h"
#include "generate/generator.h"

namespace waymark::test {
namespace {

constexpr const char* kPrefix = "sim";
constexpr const char* kGroup = "sim";
constexpr base::Timestamp kStart{2'000'000'000'000};  // far behind every event time

struct Crash {
  std::string point;
};

stream::MemoryBrokerOptions BrokerOptions() {
  stream::MemoryBrokerOptions options;
  options.wait = false;
  return options;
}

void Must(const base::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.text());
}

// What a client meets at a point where something is wrong.
base::Status Fault(base::StatusCode code) { return {code, "simulated"}; }

bool Has(std::initializer_list<std::string_view> points, std::string_view point) {
  return std::find(points.begin(), points.end(), point) != points.end();
}

}  // namespace

// A process with one worker, and the disk that outlives it.
struct Simulation::Machine {
  Machine(int number, FaultyStore::Hook hook, std::function<bool()> is_full)
      : name("m" + std::to_string(number)), store(std::move(hook), std::move(is_full)) {}
  std::string name;
  FaultyStore store;
  engine::PartitionClaims claims;
  std::unique_ptr<engine::WorkerProbe> probe;
  std::unique_ptr<engine::Worker> worker;
  std::unique_ptr<engine::Shadow> shadow;
  bool drains = false;
  bool upgraded = false;
  int state_format = codec::kStateFormatNewest;
};

Simulation::Simulation(const journey::Fold& fold, const SimulationSettings& settings)
    : fold_(fold),
      settings_(settings),
      random_(settings.seed),
      clock_(kStart),
      broker_(clock_, BrokerOptions()),
      metrics_(registry_) {
  topics_ = Below(2) == 0 ? std::vector<std::string>{"in"} : std::vector<std::string>{"in", "more"};
  const engine::TopicNames names(kPrefix);
  std::vector<std::string> all = {names.steps, names.signals, names.journeys, names.dead_letters,
                                  names.measures};
  all.insert(all.end(), topics_.begin(), topics_.end());
  std::vector<stream::TopicSpec> topics;
  for (const std::string& name : all) topics.push_back({name, settings.partitions, -1, {}});
  Must(broker_.MakeAdmin()->Create(topics, base::Millis(0)).status());
  plain_ = broker_.MakePlainProducer();
  MakeInput();
  if (Below(4) > 0) timeline_.retention = std::chrono::hours(6 + Below(150));
  // Where there is room for all, the store is written in slices alone.
  if (Below(2) == 0) cache_bytes_max_ = 4 << 20;
  // A deployment that was never upgraded, or one that is being so.
  const bool is_new = Below(2) == 0;
  // Trails need the newest format, which is in use from the start there alone; see Start().
  measures_ = fold_.settings().resolves_references;
  for (int i = 0; i < settings.machines; ++i) {
    machines_.push_back(std::make_unique<Machine>(
        i, [this](const char* point) { return OnStorePoint(point); },
        [this] { return Chance(0.2); }));
    if (is_new) machines_.back()->state_format = codec::kStateFormatNewest;
  }
  broker_.SetFaultHook([this](std::string_view point, std::string_view client) {
    return OnBrokerPoint(point, client);
  });
  until_crash_ = 1 + static_cast<int>(Below(12));
}

Simulation::~Simulation() { broker_.SetFaultHook({}); }

void Simulation::MakeInput() {
  generate::Settings traffic;
  traffic.seed = settings_.seed;
  traffic.profiles = 8 + Below(20);
  traffic.interactions = 200 + Below(400);
  traffic.span = std::chrono::hours(24 * (1 + Below(60)));
  traffic.late_share = 0.1;
  traffic.late_max = std::chrono::hours(1 + Below(48));
  traffic.duplicate_share = 0.05;
  traffic.bad_share = 0.02;
  traffic.record_bytes_max = 4096;
  generate::Generator generator(traffic);
  generate::Item item;
  engine::Intake intake{engine::IntakeSettings()};
  while (generator.Next(item)) {
    Input& input = input_.emplace_back();
    input.key.assign(item.key);
    if (item.is_bad()) {
      if (item.bad_value()) input.value.emplace(*item.bad_value());
    } else {
      codec::Encode(item.interaction, input.value.emplace());
    }
    // Of the bad ones some are from a future that is past here.
    engine::RawRecord raw;
    raw.key = input.key;
    if (input.value) raw.value = *input.value;
    engine::Arrival arrival;
    if (intake.Take(raw, kStart, arrival)) continue;
    end_ = std::max(end_, arrival.interaction->timestamp());
  }
  end_ = Below(5) == 0 ? kStart : end_ + std::chrono::hours(1 + Below(24 * 10));
}

Deployment Simulation::DeploymentOf() {
  return {fold_, broker_, kPrefix, kGroup, topics_, settings_.partitions, timeline_,
          measures_};
}

void Simulation::ProduceSome(size_t records) {
  for (; records > 0 && produced_ < input_.size(); --records, ++produced_) {
    stream::OutputRecord record;
    record.topic = topics_[Below(topics_.size())];
    record.partition = base::Partition(-1);
    record.key = input_[produced_].key;
    if (input_[produced_].value) record.value = *input_[produced_].value;
    Must(plain_->Send(record));
  }
}

engine::WorkerSettings Simulation::WorkerSettingsOf(const Machine& machine) const {
  engine::WorkerSettings out;
  out.name = machine.name;
  out.input_topics = topics_;
  out.prefix = kPrefix;
  out.pace.commit_records_max = 40;
  out.flush_interval = base::Millis(2'000);
  out.cache_bytes_max = cache_bytes_max_;
  out.store_slice_min = 1;
  out.drain = machine.drains;
  out.partitions = settings_.partitions;
  out.pace.snapshot_interval = base::Millis(1'000);
  if (machine.drains) out.drain_now = end_;
  out.task.timeline = timeline_;
  out.task.measures.enabled = measures_;
  out.task.measures.in_memory_max = 20;
  out.task.state_format = machine.state_format;
  out.task.timers_batch_max = 3;
  out.task.refold = {.depth_max = 2, .batch_max = 12, .waiting_max = 3};
  return out;
}

engine::WorkerClients Simulation::ClientsOf(const Machine& machine) {
  engine::WorkerClients clients;
  clients.make_consumer = [this]() -> base::Result<std::unique_ptr<stream::Consumer>> {
    return broker_.MakeConsumer(kGroup);
  };
  clients.make_producer =
      [this, id = machine.name]() -> base::Result<std::unique_ptr<stream::TransactionalProducer>> {
    return broker_.MakeTransactionalProducer(id);
  };
  clients.transactional_id = machine.name;
  clients.end_left_open = [this, id = machine.name](
                              std::span<const stream::TopicPartition> inputs) {
    return EndLeftOpen(id, inputs);
  };
  clients.make_reader = [this]() -> base::Result<std::unique_ptr<stream::LogReader>> {
    return broker_.MakeLogReader();
  };
  return clients;
}

// Fences the last to commit these inputs; it may be alive and well by now.
base::Status Simulation::EndLeftOpen(const std::string& own_id,
                                     std::span<const stream::TopicPartition> inputs) {
  WAYMARK_ASSIGN_OR_RETURN(
      const auto committed, broker_.MakeConsumer(kGroup)->Committed(inputs, base::Millis(0)));
  const auto mark = engine::TaskMark::Parse(committed.front().metadata);
  if (!mark || mark->producer.empty() || mark->producer == own_id) {
    return {base::StatusCode::kNotFound, "not known"};
  }
  Count("ended what was left open");
  return broker_.MakeTransactionalProducer(mark->producer)->Init(base::Millis(0));
}

std::unique_ptr<engine::Shadow> Simulation::MakeShadow(Machine& machine) {
  engine::ShadowSettings settings;
  settings.instance = machine.name;
  settings.input_topics = topics_;
  settings.prefix = kPrefix;
  settings.partitions = settings_.partitions;
  settings.partitions_max = static_cast<int>(1 + Below(settings_.partitions));
  settings.flush_interval = base::Millis(3'000);
  settings.cache_bytes_max = cache_bytes_max_;
  settings.task.timeline = timeline_;
  settings.task.measures.enabled = measures_;
  settings.task.state_format = machine.state_format;
  engine::ShadowClients clients;
  clients.make_consumer = [this]() -> base::Result<std::unique_ptr<stream::Consumer>> {
    return broker_.MakeConsumer(kGroup);
  };
  clients.make_reader = [this]() -> base::Result<std::unique_ptr<stream::LogReader>> {
    return broker_.MakeLogReader();
  };
  return std::make_unique<engine::Shadow>(settings, clients, fold_, machine.store, machine.claims,
                                          clock_, *machine.probe);
}

void Simulation::Start(Machine& machine) {
  Count("start");
  if (Chance(0.15) && faults_) {
    Count("wiped disk");
    machine.store.Wipe();
  }
  // As in a rolling upgrade: old and new formats side by side.
  if (Chance(0.2)) machine.upgraded = true;
  const bool newest = machine.upgraded || fold_.settings().resolves_references;
  machine.state_format = newest ? codec::kStateFormatNewest : codec::kStateFormatOldest;
  machine.probe = std::make_unique<engine::WorkerProbe>(metrics_);
  machine.worker =
      std::make_unique<engine::Worker>(WorkerSettingsOf(machine), ClientsOf(machine), fold_,
                                       machine.store, machine.claims, clock_, *machine.probe);
  if (Chance(0.5)) machine.shadow = MakeShadow(machine);
  ++depth_;
  try {
    if (const base::Status status = machine.worker->Start(); !status.ok()) {
      End(machine, "exit: " + std::string(base::ToString(status.code())));
    }
  } catch (const Crash& crash) {
    End(machine, "crash at " + crash.point);
  }
  --depth_;
}

// The process is gone, and what its disk had not made durable.
void Simulation::End(Machine& machine, const std::string& why) {
  Count(why);
  machine.worker.reset();
  machine.shadow.reset();
  machine.store.LoseUnflushed();
}

void Simulation::DoRound(Machine& machine) {
  ++depth_;
  try {
    if (machine.shadow && Chance(0.2)) {
      Count("shadow round");
      const std::atomic<bool> never{false};
      const base::Status status = machine.shadow->Round(never);
      if (status.code() == base::StatusCode::kStore) End(machine, "exit: shadow");
    }
    if (machine.worker) {
      const auto more = machine.worker->Round();
      if (!more.ok()) End(machine, "exit: " + std::string(base::ToString(more.status().code())));
    }
  } catch (const Crash& crash) {
    End(machine, "crash at " + crash.point);
  }
  --depth_;
}

void Simulation::Step() {
  if (Chance(0.3)) ProduceSome(1 + Below(20));
  clock_.Advance(base::Millis(Below(Chance(0.03) ? 15'000 : 120)));
  if (outage_rounds_ > 0) --outage_rounds_;
  if (Chance(0.01)) {
    Count("outage");
    outage_rounds_ = 1 + static_cast<int>(Below(10));
  }
  if (!delayed_ends_.empty() && Chance(0.4)) {
    Count("delayed end of a transaction");
    broker_.EndTransaction(*delayed_ends_.begin(), true);
    delayed_ends_.erase(delayed_ends_.begin());
  }
  if (Chance(0.02)) {
    Count("eviction");
    broker_.ExpireSessions(kGroup, Chance(0.5) ? "" : "sim-" + std::to_string(1 + Below(80)));
  }
  Machine& machine = *machines_[Below(machines_.size())];
  if (!machine.worker) {
    if (Chance(0.3)) Start(machine);
  } else if (Chance(0.015)) {
    End(machine, "kill");
  } else {
    DoRound(machine);
  }
}

void Simulation::MaybeCrash(std::string_view point) {
  if (!faults_ || depth_ == 0) return;
  if (settings_.crash_point.empty()) {
    if (Chance(0.0008)) throw Crash{std::string(point)};
  } else if (point == settings_.crash_point && --until_crash_ == 0) {
    until_crash_ = 1 + static_cast<int>(Below(30));
    throw Crash{std::string(point)};
  }
}

base::Status Simulation::FaultAt(std::string_view point) {
  using base::StatusCode;
  if (outage_rounds_ > 0 && !point.starts_with("plain") && !point.ends_with("ed")) {
    return Fault(StatusCode::kRetriable);
  }
  const double share = point == "producer.send" ? 0.0005 : 0.01;
  if (!Chance(share)) return {};
  if (Has({"producer.send", "producer.send_offsets", "producer.flush", "producer.commit"}, point)) {
    const auto code = Chance(0.5) ? StatusCode::kRetriable : StatusCode::kAbort;
    return Fault(Chance(0.1) ? StatusCode::kKafka : code);
  }
  return Fault(StatusCode::kRetriable);
}

// The machine stands still, in the middle of its transaction, while the group gives its partitions
// to others and they work; then it goes on as if nothing had been.
void Simulation::SleepThroughTakeOver(std::string_view sleeper) {
  Count("sleep through a take-over");
  broker_.ExpireSessions(kGroup);
  for (uint64_t rounds = 4 + Below(12); rounds > 0; --rounds) {
    clock_.Advance(base::Millis(Below(Chance(0.05) ? 12'000 : 150)));
    Machine& machine = *machines_[Below(machines_.size())];
    if (machine.name == sleeper) continue;
    if (machine.worker) {
      DoRound(machine);
    } else {
      Start(machine);
    }
  }
}

base::Status Simulation::OnBrokerPoint(std::string_view point, std::string_view client) {
  MaybeCrash(point);
  const bool within = Has({"producer.begin", "producer.send", "producer.flush",
                           "producer.send_offsets", "producer.commit"}, point);
  if (faults_ && depth_ == 1 && within && Chance(point == "producer.send" ? 0.0005 : 0.01)) {
    SleepThroughTakeOver(client);
  }
  if (!faults_ || depth_ == 0) return {};
  const base::Status fault = FaultAt(point);
  if (!fault.ok()) Count("fault at " + std::string(point));
  if (point == "producer.commit" && fault.code() == base::StatusCode::kRetriable) {
    delayed_ends_.insert(std::string(client));
    if (Chance(0.5)) outage_rounds_ = 1 + static_cast<int>(Below(6));
  }
  // The new epoch fences what the old one has under way.
  if (point == "producer.init" && fault.ok()) delayed_ends_.erase(std::string(client));
  return fault;
}

base::Status Simulation::OnStorePoint(const char* point) {
  MaybeCrash(point);
  if (!faults_ || depth_ == 0 || !Chance(0.0005)) return {};
  Count(std::string("fault at ") + point);
  return Fault(base::StatusCode::kStore);
}

void Simulation::Run() {
  for (int round = 0; round < settings_.rounds || produced_ < input_.size(); ++round) Step();
  FinishAll();
  const Published expected = OracleOf(DeploymentOf(), clock_.Now(), end_);
  const Published actual = ReadPublished(DeploymentOf());
  if (const std::string text = Difference(expected, actual); !text.empty()) {
    throw std::runtime_error("committed is not what the oracle says: " + text);
  }
  if (RestoredJourneys(DeploymentOf()) != expected.journeys) {
    throw std::runtime_error("a bare machine restores other journeys than the oracle's");
  }
}

// Everything is well again: two processes, one coming later, read the input to its end.
void Simulation::FinishAll() {
  faults_ = false;
  outage_rounds_ = 0;
  for (const auto& machine : machines_) {
    if (machine->worker) End(*machine, "kill");
  }
  clock_.Advance(base::Millis(20'000));
  std::vector<Machine*> last = {machines_[0].get(), machines_[1].get()};
  for (Machine* machine : last) machine->drains = true;
  Start(*last[0]);
  const int later = static_cast<int>(Below(20));
  constexpr int kRoundsMax = 10'000;
  for (int round = 0; round < kRoundsMax && !last.empty(); ++round) {
    if (round == later) Start(*machines_[1]);
    clock_.Advance(base::Millis(50));
    Machine& machine = *last[Below(last.size())];
    if (!machine.worker) continue;
    const auto more = machine.worker->Round();
    Must(more.status());
    if (*more) continue;
    Must(machine.worker->End());
    machine.worker.reset();
    std::erase(last, &machine);
    if (round < later) return;
  }
  if (!last.empty()) throw std::runtime_error("the input was not drained");
}

}  // namespace waymark::test
