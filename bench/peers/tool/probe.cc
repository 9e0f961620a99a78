#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "commands.h"
#include "kafka/producer.h"
#include "topic_reader.h"
#include "traffic.h"
#include "waymark/v1/step.pb.h"

namespace waymark::peers {
namespace {

constexpr int64_t kTailSeconds = 3;  // of load behind what is measured
constexpr int64_t kPatienceMs = 60'000;
constexpr size_t kLatencyMaxMs = 120'000;

// The interactions that are measured were sent at these times.
struct Window {
  int64_t from_ms;
  int64_t to_ms;
  bool Holds(int64_t at_ms) const { return at_ms >= from_ms && at_ms < to_ms; }
};

// Reads the output on a thread of its own and counts how long each interaction took: from the time
// that it names, which is when it was sent, to when its step is read.
class Watcher {
 public:
  Watcher(const std::string& brokers, const std::string& topic, Isolation isolation,
          const Window& window)
      : window_(window),
        reader_(brokers, topic, isolation, From::kEnd),
        counts_(kLatencyMaxMs + 1),
        thread_([this] { Run(); }) {}

  int64_t seen() const { return seen_; }
  void Stop() {
    stop_ = true;
    thread_.join();
  }
  std::string Figures() const {
    return fmt::format(R"({{"seen":{},"p50":{},"p99":{},"p999":{},"max":{}}})", seen_.load(),
                       Percentile(0.5), Percentile(0.99), Percentile(0.999), Percentile(1));
  }

 private:
  void Run() {
    v1::Step step;
    while (!stop_) {
      reader_.Poll(50, [&](const rd_kafka_message_t& message) {
        if (!step.ParseFromArray(message.payload, static_cast<int>(message.len))) {
          Fail("unparsable");
        }
        const int64_t sent = step.interaction().time();
        if (window_.Holds(sent)) Count(WallMillis() - sent);
      });
    }
  }
  void Count(int64_t took_ms) {
    ++counts_[static_cast<size_t>(std::clamp<int64_t>(took_ms, 0, kLatencyMaxMs))];
    ++seen_;
  }
  int64_t Percentile(double share) const {
    auto left = static_cast<int64_t>(std::ceil(share * static_cast<double>(seen_)));
    for (size_t ms = 0; ms < counts_.size(); ++ms) {
      left -= counts_[ms];
      if (left <= 0) return static_cast<int64_t>(ms);
    }
    return -1;
  }

  const Window window_;
  TopicReader reader_;
  std::vector<int64_t> counts_;
  std::atomic<int64_t> seen_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Sends at the rate until the end of the load; how many fell into the window.
int64_t Load(const kafka::ClientSettings& settings, const std::string& topic, double rate,
             int64_t until_ms, const Window& window, Traffic& traffic) {
  auto producer = kafka::PlainProducer::Make(settings);
  Must(producer.status());
  const auto began = std::chrono::steady_clock::now();
  int64_t sent = 0;
  int64_t measured = 0;
  while (WallMillis() < until_ms) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
    for (const auto due = static_cast<int64_t>(passed.count() * rate); sent < due; ++sent) {
      const int64_t now = WallMillis();
      const Arrival& arrival = traffic.NextAt(now);
      stream::OutputRecord record;
      record.topic = topic;
      record.partition = base::Partition(-1);
      record.key = arrival.key;
      record.value = arrival.value;
      Must((*producer)->Send(record));
      measured += window.Holds(now) ? 1 : 0;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  Must((*producer)->Flush(base::Millis(30'000)));
  return measured;
}

}  // namespace

void Probe(Options& options) {
  kafka::ClientSettings settings;
  settings.brokers = options.Text("brokers");
  settings.client_id = "peers-probe";
  settings.linger = base::Millis(2);
  const std::string in = options.Text("in");
  const std::string out = options.Text("out");
  const double rate = options.Real("rate", 20'000);
  const int64_t warm = options.Number("warm", 20);
  const int64_t seconds = options.Number("seconds", 20);
  Traffic traffic(options);
  options.Finish();
  const int64_t now = WallMillis();
  const Window window{now + 1000 * warm, now + 1000 * (warm + seconds)};
  Watcher committed(settings.brokers, out, Isolation::kCommitted, window);
  Watcher uncommitted(settings.brokers, out, Isolation::kUncommitted, window);
  const int64_t sent =
      Load(settings, in, rate, window.to_ms + 1000 * kTailSeconds, window, traffic);
  const int64_t until = WallMillis() + kPatienceMs;
  while (committed.seen() < sent && WallMillis() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  committed.Stop();
  uncommitted.Stop();
  fmt::print(R"({{"rate":{},"sent":{},"committed":{},"uncommitted":{}}})"
             "\n",
             rate, sent, committed.Figures(), uncommitted.Figures());
}

}  // namespace waymark::peers
