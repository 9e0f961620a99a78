#include <google/protobuf/arena.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include "options.h"
#include "topic_reader.h"
#include "waymark/v1/interaction.pb.h"

// What the bare client library allows: an input topic is consumed; consumed and parsed; or passed
// through in transactions, each record with the bytes behind it that a real step has, and with a
// second record, a real snapshot, for a share of them. Nothing is kept.
namespace waymark::peers {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kUsage = R"(usage: peers_ceilings consume|parse|pass brokers= in= NAME=VALUE…

  threads=1          each with a consumer (and a producer) of its own
  pass: out= group= tails=FILE [states=FILE state_topic= state_share=] [commit_ms=1000]
                     files of peers_tool sample; snapshots for this share of the records
)";
constexpr int kTimeoutMs = 30'000;
constexpr size_t kBatchRecords = 4'000;
constexpr size_t kArenaBlockBytes = 1 << 20;

void MustSucceed(rd_kafka_error_t* fault, const char* what) {
  const kafka::ErrorHandle error(fault);
  if (error) Fail(std::string(what) + ": " + rd_kafka_error_string(error.get()));
}

struct Settings {
  std::string mode, brokers, in, out, group, state_topic;
  std::vector<std::string> tails, states;
  double state_share = 0;
  int threads = 1;
  int64_t commit_ms = 1000;
};

std::vector<std::string> ReadRecords(const std::string& path) {
  std::vector<std::string> out;
  if (path.empty()) return out;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) Fail("cannot read " + path);
  uint32_t size = 0;
  while (std::fread(&size, sizeof size, 1, file) == 1) {
    std::string& record = out.emplace_back(size, '\0');
    if (std::fread(record.data(), 1, size, file) != size) Fail(path + " is cut short");
  }
  std::fclose(file);
  if (out.empty()) Fail(path + " holds no record");
  return out;
}

// Parses what it is given, a batch at a time on one arena.
class Parser {
 public:
  Parser() : block_(kArenaBlockBytes), arena_(Options(block_)) {}
  void Parse(const rd_kafka_message_t& message) {
    auto* interaction = google::protobuf::Arena::CreateMessage<v1::Interaction>(&arena_);
    if (!interaction->ParseFromArray(message.payload, static_cast<int>(message.len))) {
      Fail("unparsable");
    }
  }
  void Reset() { arena_.Reset(); }

 private:
  static google::protobuf::ArenaOptions Options(std::vector<char>& block) {
    google::protobuf::ArenaOptions options;
    options.initial_block = block.data();
    options.initial_block_size = block.size();
    return options;
  }
  std::vector<char> block_;
  google::protobuf::Arena arena_;
};

// Records of a batch for one topic, written with one call. Their bytes lie in one buffer.
class Outputs {
 public:
  Outputs(rd_kafka_t* client, const std::string& topic)
      : topic_(rd_kafka_topic_new(client, topic.c_str(), nullptr)) {}

  // Before the bytes of the next record are appended to bytes().
  void Begin() { begins_.push_back(bytes_.size()); }
  std::string& bytes() { return bytes_; }
  void End(const rd_kafka_message_t& from) {
    rd_kafka_message_t& out = records_.emplace_back();
    std::memset(&out, 0, sizeof out);
    out.partition = from.partition;
    out.key = from.key;
    out.key_len = from.key_len;
    out.len = bytes_.size() - begins_.back();
  }
  void Send() {
    if (records_.empty()) return;
    for (size_t i = 0; i < records_.size(); ++i) records_[i].payload = bytes_.data() + begins_[i];
    const int count = static_cast<int>(records_.size());
    if (rd_kafka_produce_batch(topic_.get(), 0, RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION,
                               records_.data(), count) != count) {
      Fail("the producer's queue is full");
    }
    records_.clear();
    begins_.clear();
    bytes_.clear();
  }

 private:
  kafka::TopicHandle topic_;
  std::string bytes_;
  std::vector<size_t> begins_;
  std::vector<rd_kafka_message_t> records_;
};

void AppendVarint(std::string& out, uint64_t value) {
  for (; value >= 128; value >>= 7) out.push_back(static_cast<char>(value | 128));
  out.push_back(static_cast<char>(value));
}

// Passes records through in transactions.
class Passer {
 public:
  Passer(const Settings& settings, int number)
      : settings_(settings),
        client_(MakeClient(RD_KAFKA_PRODUCER, settings.brokers,
                           {{"transactional.id", settings.group + "-" + std::to_string(number)},
                            {"compression.type", "lz4"},
                            {"linger.ms", "20"},
                            {"batch.size", "1000000"},
                            {"batch.num.messages", "20000"},
                            {"queue.buffering.max.messages", "2000000"},
                            {"queue.buffering.max.kbytes", "1000000"}})),
        steps_(client_.get(), settings.out) {
    if (settings.state_share > 0) states_.emplace(client_.get(), settings.state_topic);
    MustSucceed(rd_kafka_init_transactions(client_.get(), kTimeoutMs), "init");
    MustSucceed(rd_kafka_begin_transaction(client_.get()), "begin");
    next_commit_ = Clock::now() + std::chrono::milliseconds(settings.commit_ms);
  }

  void Take(const rd_kafka_message_t& message) {
    steps_.Begin();
    steps_.bytes().push_back('\x0a');  // the step's first field: the interaction
    AppendVarint(steps_.bytes(), message.len);
    steps_.bytes().append(ValueOf(message)).append(settings_.tails[taken_ % TailCount()]);
    steps_.End(message);
    ++taken_;
    state_due_ += settings_.state_share;
    if (state_due_ < 1) return;
    state_due_ -= 1;
    states_->Begin();
    states_->bytes().append(settings_.states[taken_ % settings_.states.size()]);
    states_->End(message);
  }

  // Before the messages taken are let go.
  void Send() {
    steps_.Send();
    if (states_) states_->Send();
    rd_kafka_poll(client_.get(), 0);
  }

  bool CommitIsDue() const { return Clock::now() >= next_commit_; }
  void Commit(rd_kafka_t* consumer, const rd_kafka_topic_partition_list_t* offsets, bool last) {
    const kafka::GroupMetadataHandle group(rd_kafka_consumer_group_metadata(consumer));
    MustSucceed(
        rd_kafka_send_offsets_to_transaction(client_.get(), offsets, group.get(), kTimeoutMs),
        "offsets");
    MustSucceed(rd_kafka_commit_transaction(client_.get(), kTimeoutMs), "commit");
    next_commit_ = Clock::now() + std::chrono::milliseconds(settings_.commit_ms);
    if (!last) MustSucceed(rd_kafka_begin_transaction(client_.get()), "begin");
  }

 private:
  size_t TailCount() const { return settings_.tails.size(); }

  const Settings& settings_;
  kafka::ClientHandle client_;
  Outputs steps_;
  std::optional<Outputs> states_;
  size_t taken_ = 0;
  double state_due_ = 0;
  Clock::time_point next_commit_;
};

// One thread: reads its share of the partitions to what was their end at the start.
class Worker {
 public:
  Worker(const Settings& settings, int number) : settings_(settings) {
    consumer_ = MakeClient(RD_KAFKA_CONSUMER, settings.brokers,
                           {{"group.id", settings.group},
                            {"enable.auto.commit", "false"},
                            {"enable.auto.offset.store", "false"},
                            {"isolation.level", "read_committed"},
                            {"check.crcs", "false"},
                            {"fetch.wait.max.ms", "50"},
                            {"fetch.message.max.bytes", "4000000"},
                            {"queued.min.messages", "1000000"},
                            {"queued.max.messages.kbytes", "1048576"}});
    rd_kafka_poll_set_consumer(consumer_.get());
    const int partitions = CountPartitions(consumer_.get(), settings.in);
    offsets_.reset(rd_kafka_topic_partition_list_new(partitions));
    position_.resize(static_cast<size_t>(partitions), nullptr);
    for (int partition = number; partition < partitions; partition += settings.threads) {
      Assign(partition);
    }
    rd_kafka_assign(consumer_.get(), offsets_.get());
    for (int i = 0; i < offsets_->cnt; ++i) {
      position_[static_cast<size_t>(offsets_->elems[i].partition)] = &offsets_->elems[i];
    }
    queue_.reset(rd_kafka_queue_get_consumer(consumer_.get()));
    if (settings.mode == "pass") passer_.emplace(settings, number);
  }

  void Run() {
    std::vector<rd_kafka_message_t*> fetched(kBatchRecords);
    std::vector<kafka::MessageHandle> batch;
    while (taken_ < wanted_) {
      const ssize_t count =
          rd_kafka_consume_batch_queue(queue_.get(), 50, fetched.data(), fetched.size());
      for (ssize_t i = 0; i < count; ++i) {
        Take(*batch.emplace_back(fetched[static_cast<size_t>(i)]));
      }
      if (passer_) passer_->Send();
      parser_.Reset();
      batch.clear();
      if (passer_ && taken_ < wanted_ && passer_->CommitIsDue()) {
        passer_->Commit(consumer_.get(), offsets_.get(), false);
      }
    }
    if (passer_) passer_->Commit(consumer_.get(), offsets_.get(), true);
  }

 private:
  void Assign(int partition) {
    const stream::OffsetRange range = FindRange(consumer_.get(), settings_.in, partition);
    wanted_ += range.end.value - range.begin.value;
    rd_kafka_topic_partition_list_add(offsets_.get(), settings_.in.c_str(), partition)->offset =
        range.begin.value;
  }

  void Take(const rd_kafka_message_t& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) Fail(rd_kafka_message_errstr(&message));
    position_[static_cast<size_t>(message.partition)]->offset = message.offset + 1;
    ++taken_;
    if (settings_.mode == "parse") parser_.Parse(message);
    if (passer_) passer_->Take(message);
  }

  const Settings& settings_;
  kafka::ClientHandle consumer_;
  kafka::QueueHandle queue_;
  kafka::PartitionListHandle offsets_;                 // the next to read
  std::vector<rd_kafka_topic_partition_t*> position_;  // of each partition in it
  int64_t wanted_ = 0;
  int64_t taken_ = 0;
  Parser parser_;
  std::optional<Passer> passer_;
};

Settings ReadSettings(int count, char** arguments) {
  Settings out;
  out.mode = count < 2 ? "" : arguments[1];
  if (out.mode != "consume" && out.mode != "parse" && out.mode != "pass") Fail(kUsage);
  Options options(count, arguments, 2);
  out.brokers = options.Text("brokers");
  out.in = options.Text("in");
  out.threads = static_cast<int>(options.Number("threads", 1));
  out.group = options.Text("group", "peers-ceilings");
  out.commit_ms = options.Number("commit_ms", 1000);
  out.state_share = options.Real("state_share", 0);
  if (out.mode == "pass") {
    out.out = options.Text("out");
    out.tails = ReadRecords(options.Text("tails"));
    out.states = ReadRecords(options.Text("states", ""));
    out.state_topic = options.Text("state_topic", "");
  }
  if (out.state_share > 0 && (out.states.empty() || out.state_topic.empty())) {
    Fail("state_share= needs states= and state_topic=");
  }
  options.Finish();
  return out;
}

void RunAll(const Settings& settings) {
  std::vector<std::thread> threads;
  for (int number = 0; number < settings.threads; ++number) {
    threads.emplace_back([&settings, number] { Worker(settings, number).Run(); });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace waymark::peers

int main(int count, char** arguments) {
  waymark::peers::RunAll(waymark::peers::ReadSettings(count, arguments));
  return 0;
}
