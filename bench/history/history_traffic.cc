#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "codec/protobuf.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "model/step.h"

// Live interactions at a fixed rate, and behind them, for the same customers, old ones in random
// order; reads the steps topic and tells how long live ones took to be seen there, committed,
// before the old ones began and beside them. history.py drives it. Arguments: NAME=VALUE.
namespace waymark::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr int64_t kYearMs = 365 * 86'400'000LL;
constexpr int64_t kDayMs = 86'400'000;
constexpr double kWarmUpSeconds = 5;
constexpr double kLastSeconds = 30;  // for what is still on its way at the end
constexpr std::string_view kLive = "live";
constexpr std::string_view kOld = "archive";

struct Options {
  std::string brokers, topic, steps;
  int64_t customers = 2'000;
  double rate = 2'000;
  int64_t history = 200'000;
  double history_rate = 5'000;
  double alone_seconds = 20;
  double beside_seconds_max = 600;
};

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

void Must(const base::Status& status) {
  if (!status.ok()) Fail(status.text());
}

Options ReadOptions(int count, char** arguments) {
  Options out;
  std::map<std::string, std::string*> texts = {
      {"brokers", &out.brokers}, {"topic", &out.topic}, {"steps", &out.steps}};
  std::map<std::string, double*> numbers = {{"rate", &out.rate},
                                            {"history_rate", &out.history_rate},
                                            {"alone_seconds", &out.alone_seconds},
                                            {"beside_seconds_max", &out.beside_seconds_max}};
  std::map<std::string, int64_t*> counts = {{"customers", &out.customers},
                                            {"history", &out.history}};
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const size_t equals = std::min(argument.find('='), argument.size() - 1);
    const std::string name = argument.substr(0, equals);
    const std::string value = argument.substr(equals + 1);
    if (texts.contains(name)) {
      *texts[name] = value;
    } else if (numbers.contains(name)) {
      *numbers[name] = std::stod(value);
    } else if (counts.contains(name)) {
      *counts[name] = std::stoll(value);
    } else {
      Fail("unknown argument " + argument);
    }
  }
  if (out.brokers.empty() || out.topic.empty() || out.steps.empty()) {
    Fail("brokers=, topic= and steps= are needed");
  }
  return out;
}

class Traffic final : public stream::RebalanceListener {
 public:
  explicit Traffic(const Options& options)
      : options_(options),
        sent_(static_cast<size_t>(options.rate * (kWarmUpSeconds + options.alone_seconds +
                                                  options.beside_seconds_max + 10))),
        seen_(sent_.size()),
        old_seen_(static_cast<size_t>(options.history)) {}

  void Run() {
    std::thread reader([this] { Read(); });
    while (!assigned_) Sleep(0.01);
    std::thread live([this] { ProduceLive(); });
    Sleep(kWarmUpSeconds);
    const int64_t alone_from = Now();
    Sleep(options_.alone_seconds);
    const int64_t beside_from = Now();
    std::fprintf(stderr, "history begins\n");
    std::thread history([this] { ProduceHistory(); });
    WaitFor([this] { return old_seen_count_ >= options_.history; }, options_.beside_seconds_max);
    const int64_t beside_until = Now();
    stop_ = true;
    history.join();
    live.join();
    WaitFor([this] { return live_seen_count_ >= live_sent_count_; }, kLastSeconds);
    over_ = true;
    reader.join();
    fmt::print(R"({{"alone":{},"beside":{},"history_seconds":{:.1f},"history_seen":{},)"
               R"("history_produced":{},"steps_again":{}}})" "\n",
               Figures(alone_from, beside_from), Figures(beside_from, beside_until),
               static_cast<double>(beside_until - beside_from) / 1e6, old_seen_count_.load(),
               old_sent_count_.load(), steps_again_);
  }

  base::Status OnAssigned(std::span<const stream::TopicPartition>) override {
    assigned_ = true;
    return {};
  }
  base::Status OnRevoked(std::span<const stream::TopicPartition>) override { return {}; }
  base::Status OnLost(std::span<const stream::TopicPartition>) override { return {}; }

 private:
  int64_t Now() const {
    return std::chrono::duration_cast<microseconds>(Clock::now() - start_).count();
  }
  static void Sleep(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
  template <class Condition>
  static void WaitFor(Condition condition, double seconds_max) {
    const auto until = Clock::now() + std::chrono::duration<double>(seconds_max);
    while (!condition() && Clock::now() < until) Sleep(0.02);
  }

  kafka::ClientSettings Client(const char* name) const {
    kafka::ClientSettings client;
    client.brokers = options_.brokers;
    client.client_id = client.group_id = name;
    return client;
  }

  void Send(stream::PlainProducer& producer, std::string_view system, int64_t number,
            int64_t customer, int64_t time_ms) const {
    constexpr std::string_view kActions[] = {"view", "search", "compare", "add_to_cart",
                                             "order", "use", "rate"};
    const std::string id = std::to_string(number);
    const std::string key = "c" + std::to_string(customer);
    model::Interaction interaction;
    interaction.id = id;
    interaction.time = time_ms;
    interaction.channel = "web";
    interaction.touchpoint = "product-page";
    interaction.action = kActions[static_cast<size_t>(number % 7)];
    interaction.source.system = system;
    std::string bytes;
    codec::Encode(interaction, bytes);
    stream::OutputRecord record;
    record.topic = options_.topic;
    record.partition = base::Partition(-1);
    record.key = key;
    record.value = bytes;
    record.timestamp = clock_.Now();
    Must(producer.Send(record));
  }

  // Calls `send` with 0, 1, … at the rate, up to `most`.
  template <class Sender>
  void Pace(double rate, int64_t most, Sender send) {
    const auto began = Clock::now();
    for (int64_t number = 0; number < most && !stop_;) {
      const double passed = std::chrono::duration<double>(Clock::now() - began).count();
      const auto due = std::min(most, static_cast<int64_t>(passed * rate));
      while (number < due) send(number++);
      Sleep(0.001);
    }
  }

  void ProduceLive() {
    auto producer = kafka::PlainProducer::Make(Client("live"));
    Must(producer.status());
    std::mt19937_64 dice(1);
    Pace(options_.rate, static_cast<int64_t>(sent_.size()), [&](int64_t number) {
      sent_[static_cast<size_t>(number)] = Now();
      live_sent_count_ = number + 1;
      Send(**producer, kLive, number, Customer(dice), clock_.Now().ms);
    });
    Must((*producer)->Flush(base::Millis(10'000)));
  }

  void ProduceHistory() {
    auto producer = kafka::PlainProducer::Make(Client("history"));
    Must(producer.status());
    std::mt19937_64 dice(2);
    std::uniform_int_distribution<int64_t> age(kDayMs, kYearMs);
    const int64_t now = clock_.Now().ms;
    Pace(options_.history_rate, options_.history, [&](int64_t number) {
      Send(**producer, kOld, number, Customer(dice), now - age(dice));
      old_sent_count_ = number + 1;
    });
    Must((*producer)->Flush(base::Millis(60'000)));
  }

  int64_t Customer(std::mt19937_64& dice) const {
    return std::uniform_int_distribution<int64_t>(0, options_.customers - 1)(dice);
  }

  void Read() {
    auto consumer = kafka::Consumer::Make(Client("watcher"));
    Must(consumer.status());
    Must((*consumer)->Subscribe({options_.steps}, *this));
    model::Step step;
    while (!over_) {
      const auto records = (*consumer)->Poll(base::Millis(50), 10'000);
      if (records.status().code() == base::StatusCode::kRetriable) continue;
      Must(records.status());
      const int64_t now = Now();
      for (const stream::Record& record : *records) {
        if (!record.value) continue;
        Must(codec::Decode(*record.value, step));
        Take(step.interaction, now);
      }
    }
    Must((*consumer)->Close());
  }

  // A step that is published again counts at its first.
  void Take(const model::Interaction& interaction, int64_t now) {
    const auto number = static_cast<size_t>(std::stoull(std::string(interaction.id)));
    const bool is_live = interaction.source.system == kLive;
    const bool again = is_live ? seen_[number] != 0 : old_seen_[number];
    if (again) {
      ++steps_again_;
    } else if (is_live) {
      seen_[number] = now;
      ++live_seen_count_;
    } else {
      old_seen_[number] = true;
      ++old_seen_count_;
    }
  }

  // Of the live ones sent in between: JSON. What was not seen took at least until now.
  std::string Figures(int64_t from, int64_t until) const {
    std::vector<int64_t> latencies;
    int64_t unseen = 0;
    for (size_t i = 0; i < static_cast<size_t>(live_sent_count_); ++i) {
      const int64_t sent = sent_[i];
      if (sent < from || sent >= until) continue;
      if (seen_[i] == 0) ++unseen;
      latencies.push_back((seen_[i] == 0 ? Now() : seen_[i]) - sent);
    }
    if (latencies.empty()) Fail("nothing was sent");
    std::sort(latencies.begin(), latencies.end());
    const auto at = [&](double share) {
      const auto last = static_cast<double>(latencies.size() - 1);
      return static_cast<double>(latencies[static_cast<size_t>(share * last)]) / 1000;
    };
    return fmt::format(
        R"({{"count":{},"unseen":{},"p50_ms":{:.1f},"p99_ms":{:.1f},"max_ms":{:.1f}}})",
        latencies.size(), unseen, at(0.5), at(0.99), at(1));
  }

  const Options options_;
  const base::SystemClock clock_;
  const Clock::time_point start_ = Clock::now();
  // Of the live ones by number, in microseconds since the start; seen: 0 while it was not.
  std::vector<std::atomic<int64_t>> sent_;
  std::vector<int64_t> seen_;   // the reader's
  std::vector<bool> old_seen_;  // the reader's
  int64_t steps_again_ = 0;     // the reader's
  std::atomic<int64_t> live_sent_count_{0};
  std::atomic<int64_t> live_seen_count_{0};
  std::atomic<int64_t> old_sent_count_{0};
  std::atomic<int64_t> old_seen_count_{0};
  std::atomic<bool> assigned_{false};
  std::atomic<bool> stop_{false};
  std::atomic<bool> over_{false};
};

}  // namespace
}  // namespace waymark::bench

int main(int count, char** arguments) {
  waymark::bench::Traffic(waymark::bench::ReadOptions(count, arguments)).Run();
  return 0;
}
