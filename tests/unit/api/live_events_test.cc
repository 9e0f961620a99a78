// Live events over the broker in memory: what a client gets, and what it gets when it comes back,
// to the same instance or to another one.
#include "api/live_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "codec/protobuf.h"
#include "stream/memory_broker.h"

namespace waymark::api {
namespace {

using base::Millis;
using base::Partition;
using serve::BodyStream;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr int32_t kPartitions = 3;
const base::SystemClock kClock;

// One process: its thread that feeds, and what it counts.
class Instance {
 public:
  Instance(stream::MemoryBroker& broker, SignalFeed::Limits limits)
      : events_(picture_, kClock,
                {.open = [this](size_t viewers) { open = viewers; },
                 .sent = [this](std::string_view type) { resets += type == "reset" ? 1 : 0; },
                 .cut = [this] { ++cut; }}),
        thread_([this, &broker, limits] {
          const auto make = [&]() -> base::Result<std::unique_ptr<stream::TailReader>> {
            return broker.MakeTailReader("s", kPartitions);
          };
          events_.Run("s", kPartitions, make, stop_, [] {}, limits);
        }) {
    while (events_.Answer({}).code != 200) std::this_thread::yield();
  }
  ~Instance() { Stop(); }
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  serve::Response Answer(const serve::Request& request) { return events_.Answer(request); }
  LivePicture& picture() { return picture_; }

  std::atomic<size_t> open = 0;
  std::atomic<int> cut = 0;
  std::atomic<int> resets = 0;

 private:
  LivePicture picture_{kClock};
  LiveEvents events_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// A client, in place of the server: it takes bytes, and makes events of them as a browser does.
class Client {
 public:
  struct Event {
    std::string type;
    std::string data;
    std::string id;  // as it stands then
  };

  Client(Instance& instance, std::map<std::string, std::string> query, std::string last_id = {},
         size_t bytes_max = 256 * 1024)
      : id(std::move(last_id)), body_(std::make_shared<BodyStream>(bytes_max)) {
    serve::Request request;
    request.query = std::move(query);
    if (!id.empty()) request.headers["last-event-id"] = id;
    const serve::Response response = instance.Answer(request);
    EXPECT_EQ(response.code, 200) << response.body;
    response.streaming->begin(body_);
  }
  ~Client() { Leave(); }
  void Leave() { body_->Close(); }

  // Waits for the next event; its type is "nothing" where none comes.
  Event Next() {
    for (int i = 0; i < 10'000; ++i) {
      if (auto event = Parse()) return *event;
      if (body_->state() != BodyStream::State::kOpen && body_->waiting() == 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return {"nothing", {}, {}};
  }
  // The names of as many signals.
  std::vector<std::string> Signals(size_t count) {
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i) names.push_back(NameOf(Next()));
    return names;
  }
  // Once its place is told, it misses nothing that is written from now on.
  void AwaitPlace() {
    for (int i = 0; i < 10'000 && id.empty(); ++i) {
      EXPECT_FALSE(Parse());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_FALSE(id.empty());
  }
  static std::string NameOf(const Event& event) {
    const size_t at = event.data.find("\"id\":\"");
    if (event.type != "signal" || at == std::string::npos) return event.type;
    return event.data.substr(at + 6, event.data.find('"', at + 6) - at - 6);
  }
  BodyStream& body() { return *body_; }

  std::string id;

 private:
  std::optional<Event> Parse() {
    rest_ += body_->Take().bytes;
    for (size_t end = 0; (end = rest_.find("\n\n")) != std::string::npos;) {
      Event event;
      size_t from = 0;
      while (from < end) {
        const size_t line_end = std::min(rest_.find('\n', from), end);
        const std::string line = rest_.substr(from, line_end - from);
        if (line.starts_with("id: ")) id = line.substr(4);
        if (line.starts_with("event: ")) event.type = line.substr(7);
        if (line.starts_with("data: ")) event.data = line.substr(6);
        from = line_end + 1;
      }
      rest_.erase(0, end + 2);
      event.id = id;
      if (!event.data.empty()) return event;
    }
    return std::nullopt;
  }

  std::shared_ptr<BodyStream> body_;
  std::string rest_;
};

class LiveEventsTest : public testing::Test {
 protected:
  void SetUp() override { Begin({}); }
  void Begin(stream::MemoryBrokerOptions options) {
    broker_ = std::make_unique<stream::MemoryBroker>(kClock, options);
    const auto made = broker_->MakeAdmin()->Create({{"s", kPartitions, -1, {}}}, Millis(1));
    ASSERT_TRUE(made.ok());
  }
  void Write(const std::string& id, int32_t partition = 0, bool retracted = false,
             std::string stage = {}) {
    model::Signal signal;
    signal.id = id;
    signal.profile_id = "p-" + id;
    signal.kind = model::SignalKind::kStageEntered;
    signal.stage = stage;
    signal.retracted = retracted;
    std::string bytes;
    codec::Encode(signal, bytes);
    const auto producer = broker_->MakePlainProducer();
    ASSERT_TRUE(producer->Send({"s", Partition(partition), "k", bytes, {}, {1}}).ok());
  }
  // "0", "1", … over the partitions in turn, from a number on.
  void WriteMany(int from, int count, const std::string& stage = {}) {
    for (int i = from; i < from + count; ++i) {
      Write(std::to_string(i), i % kPartitions, false, stage);
    }
  }
  template <class F>
  static void Until(F holds) {
    for (int i = 0; i < 10'000 && !holds(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(holds());
  }
  static std::vector<std::string> Numbers(int from, int count) {
    std::vector<std::string> out;
    for (int i = from; i < from + count; ++i) out.push_back(std::to_string(i));
    return out;
  }
  static std::vector<std::string> Sorted(std::vector<std::string> names) {
    std::ranges::sort(names, {}, [](const std::string& name) { return std::atoi(name.c_str()); });
    return names;
  }
  std::unique_ptr<Instance> Make(SignalFeed::Limits limits = {}) {
    return std::make_unique<Instance>(*broker_, limits);
  }

  const std::map<std::string, std::string> signals_ = {{"types", "signal"}};
  std::unique_ptr<stream::MemoryBroker> broker_;
};

TEST_F(LiveEventsTest, NewcomersHearHowTheFiguresStand) {
  const auto instance = Make();
  Client client(*instance, {{"types", "measures"}});
  const Client::Event event = client.Next();
  EXPECT_EQ(event.type, "measures");
  EXPECT_EQ(event.data, "{\"revision\":0}");
  EXPECT_EQ(event.id, "");  // there is nothing to go on with
  instance->picture().Update([](measure::Picture& picture) {
    measure::CellKey key;
    std::string bytes;
    std::string cell;
    measure::AppendKey(key, bytes);
    measure::Cell one;
    one.Add(measure::Slot::kCount, 1);
    one.AppendTo(cell);
    EXPECT_TRUE(picture.Take(0, bytes, cell));
  });
  EXPECT_THAT(client.Next().data, StartsWith("{\"revision\":1,\"updated\":"));
}

TEST_F(LiveEventsTest, SignalsComeFromNowOn) {
  WriteMany(0, 30);
  const auto instance = Make();
  Client client(*instance, {{"types", "signal,retraction"}});
  client.AwaitPlace();
  Write("new", 1);
  Write("old", 1, true);
  const Client::Event event = client.Next();
  EXPECT_EQ(event.type, "signal");
  EXPECT_THAT(event.data, HasSubstr("{\"id\":\"new\",\"profile_id\":\"p-new\""));
  EXPECT_EQ(client.Next().type, "retraction");
}

TEST_F(LiveEventsTest, OthersHearNothingOfWhatOneDoesNotWant) {
  const auto instance = Make();
  Client one(*instance, {{"types", "signal"}, {"profile", "p-b"}});
  Client all(*instance, signals_);
  one.AwaitPlace();
  all.AwaitPlace();
  Write("a");
  Write("b");
  EXPECT_THAT(all.Signals(2), ElementsAre("a", "b"));
  EXPECT_THAT(one.Signals(1), ElementsAre("b"));
}

TEST_F(LiveEventsTest, AnUncommittedSignalIsNone) {
  const auto instance = Make();
  Client client(*instance, signals_);
  client.AwaitPlace();
  const auto producer = broker_->MakeTransactionalProducer("x");
  ASSERT_TRUE(producer->Init(Millis(1)).ok());
  model::Signal signal;
  signal.id = "aborted";
  std::string bytes;
  codec::Encode(signal, bytes);
  ASSERT_TRUE(producer->Begin().ok());
  ASSERT_TRUE(producer->Send({"s", Partition(0), "k", bytes, {}, {1}}).ok());
  ASSERT_TRUE(producer->Abort(Millis(1)).ok());
  Write("good");
  EXPECT_THAT(client.Signals(1), ElementsAre("good"));
}

TEST_F(LiveEventsTest, WhoComesBackGoesOnWhereItWas) {
  const auto instance = Make();
  Client stays(*instance, signals_);
  stays.AwaitPlace();
  WriteMany(0, 20);
  const auto all = stays.Signals(20);
  Client first(*instance, signals_, stays.id);
  WriteMany(20, 10);
  EXPECT_EQ(Sorted(first.Signals(10)), Numbers(20, 10));
  // After the last event that it has seen, not the last that was sent.
  Client again(*instance, signals_, first.id);
  Write("99");
  EXPECT_THAT(again.Signals(1), ElementsAre("99"));
}

// What a client gets that is cut off after each few events and comes back to any of two instances.
std::vector<std::string> Cut(Instance& one, Instance& other, std::string id, size_t count,
                             unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::string> got;
  while (got.size() < count) {
    Client client(random() % 2 == 0 ? one : other, {{"types", "signal"}}, id);
    const size_t most = std::min<size_t>(1 + random() % 150, count - got.size());
    for (const std::string& name : client.Signals(most)) got.push_back(name);
    if (got.back() == "nothing" || got.back() == "reset") break;
    id = client.id;
  }
  return got;
}

TEST_F(LiveEventsTest, NothingIsLostNorTwiceWhereverItComesBackTo) {
  for (const bool has_ring : {true, false}) {
    SignalFeed::Limits limits;
    if (!has_ring) limits = {.ring_bytes = 1, .backfill_records = 0};
    const auto one = Make(limits);
    const auto other = Make(limits);
    std::string begin;
    {
      Client client(*one, signals_);
      client.AwaitPlace();
      begin = client.id;
    }
    std::thread writer([&] { WriteMany(0, 600); });
    for (unsigned seed = 1; seed <= 2; ++seed) {
      EXPECT_EQ(Sorted(Cut(*one, *other, begin, 600, seed)), Numbers(0, 600)) << seed << has_ring;
    }
    writer.join();
    EXPECT_EQ(one->resets + other->resets, 0);
  }
}

TEST_F(LiveEventsTest, WhereTooMuchWasMissedThatIsSaid) {
  const auto instance = Make({.ring_bytes = 1, .history_records = 50, .backfill_records = 0});
  Client stays(*instance, signals_);
  stays.AwaitPlace();
  const std::string begin = stays.id;
  WriteMany(0, 49);
  stays.Signals(49);
  EXPECT_EQ(Sorted(Client(*instance, signals_, begin).Signals(49)), Numbers(0, 49));
  WriteMany(49, 10);
  stays.Signals(10);
  Client late(*instance, signals_, begin);
  const Client::Event reset = late.Next();
  EXPECT_EQ(reset.type, "reset");
  EXPECT_THAT(reset.data, HasSubstr("more was missed"));
  WriteMany(59, 1);
  EXPECT_EQ(late.Signals(1), Numbers(59, 1));
  Client after(*instance, signals_, reset.id);
  EXPECT_EQ(after.Signals(1), Numbers(59, 1));
}

TEST_F(LiveEventsTest, WhatRetentionTookIsSaid) {
  Begin({.retention_records = 30});
  const auto instance = Make({.ring_bytes = 1});
  std::string begin;
  {
    Client client(*instance, signals_);
    client.AwaitPlace();
    begin = client.id;
  }
  Until([&] { return instance->open == 0; });
  WriteMany(0, 300);
  Client client(*instance, signals_, begin);
  EXPECT_THAT(client.Next().data, HasSubstr("removed"));
  Write("x");
  EXPECT_THAT(client.Signals(1), ElementsAre("x"));
}

TEST_F(LiveEventsTest, AnIdThatIsNoneOfOursResets) {
  const auto instance = Make({.waiting = Millis(1)});
  for (const std::string& id : {std::string("1000"), std::string("1AAAAAA"), std::string("!")}) {
    EXPECT_EQ(Client(*instance, signals_, id).Next().type, "reset") << id;
  }
  StreamPosition ahead(kPartitions, base::Offset(1'000'000));
  std::string id;
  AppendPosition(ahead, "s", id);
  EXPECT_THAT(Client(*instance, signals_, id).Next().data, HasSubstr("ends before"));
}

TEST_F(LiveEventsTest, TheParameterServesWhereNoHeaderCanBeSent) {
  const auto instance = Make();
  Client first(*instance, signals_);
  first.AwaitPlace();
  const std::string begin = first.id;
  WriteMany(0, 3);
  first.Signals(3);
  Client again(*instance, {{"types", "signal"}, {"last_event_id", begin}});
  EXPECT_EQ(Sorted(again.Signals(3)), Numbers(0, 3));
}

TEST_F(LiveEventsTest, ASlowOneGetsAllOfItAsItTakesIt) {
  const auto instance = Make();
  Client quick(*instance, signals_);
  Client slow(*instance, signals_, {}, 2'000);
  quick.AwaitPlace();
  slow.AwaitPlace();
  WriteMany(0, 200);
  EXPECT_EQ(Sorted(quick.Signals(200)), Numbers(0, 200));
  EXPECT_LE(slow.body().waiting(), 2'000U);
  EXPECT_EQ(Sorted(slow.Signals(200)), Numbers(0, 200));
  EXPECT_EQ(instance->cut, 0);
}

TEST_F(LiveEventsTest, WhoFallsBehindWhatIsKeptIsCutAndComesBack) {
  const auto instance = Make({.ring_bytes = 5'000});
  Client quick(*instance, signals_);
  Client slow(*instance, signals_, {}, 2'000);
  quick.AwaitPlace();
  slow.AwaitPlace();
  const std::string begin = slow.id;
  WriteMany(0, 500);
  EXPECT_EQ(quick.Signals(500).size(), 500U);
  Until([&] { return instance->cut == 1; });
  EXPECT_EQ(slow.body().state(), BodyStream::State::kCut);
  EXPECT_EQ(Sorted(Client(*instance, signals_, begin).Signals(500)), Numbers(0, 500));
}

TEST_F(LiveEventsTest, ASampleIsOfSoManyASecond) {
  const auto instance = Make();
  Client sample(*instance, {{"types", "signal"}, {"per_second", "2"}});
  Client all(*instance, signals_);
  all.AwaitPlace();
  WriteMany(0, 100);
  EXPECT_EQ(all.Signals(100).size(), 100U);
  EXPECT_EQ(sample.Signals(2).size(), 2U);
  EXPECT_EQ(sample.id, "");
  EXPECT_EQ(sample.body().waiting(), 0U);
}

TEST_F(LiveEventsTest, OfManyASampleIsReadAlone) {
  std::atomic<int> polls = 0;
  broker_->SetFaultHook([&](std::string_view point, std::string_view) {
    if (point == "tail.poll") ++polls;
    return base::Status();
  });
  const auto instance = Make({.sample_records = 9});
  Client sample(*instance, {{"types", "signal"}, {"per_second", "1000"}});
  Until([&] { return instance->open == 1; });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(polls, 0);
  WriteMany(0, 300);
  const auto names = sample.Signals(9);
  EXPECT_EQ(Sorted(names), Numbers(291, 9));
}

TEST_F(LiveEventsTest, WhereNobodyLooksOnNothingIsRead) {
  std::atomic<int> polls = 0;
  broker_->SetFaultHook([&](std::string_view point, std::string_view) {
    if (point == "tail.poll") ++polls;
    return base::Status();
  });
  const auto instance = Make();
  WriteMany(0, 10);
  {
    Client client(*instance, signals_);
    client.AwaitPlace();
    Until([&] { return polls > 0; });
  }
  Until([&] { return instance->open == 0; });
  const int before = polls;
  WriteMany(10, 10);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(polls, before);
}

TEST_F(LiveEventsTest, AnOutageOnlyDelays) {
  const auto instance = Make();
  Client client(*instance, signals_);
  client.AwaitPlace();
  std::atomic<int> faults = 0;
  broker_->SetFaultHook([&](std::string_view point, std::string_view) {
    const bool fails = point == "tail.poll" && ++faults <= 2;
    const auto code = faults == 1 ? base::StatusCode::kRetriable : base::StatusCode::kKafka;
    return fails ? base::Status(code, "away") : base::Status();
  });
  Until([&] { return faults >= 2; });
  WriteMany(0, 10);
  EXPECT_EQ(Sorted(client.Signals(10)), Numbers(0, 10));
}

TEST_F(LiveEventsTest, AStopEndsThem) {
  auto instance = Make();
  Client client(*instance, {});
  EXPECT_EQ(client.Next().type, "measures");
  instance->Stop();
  EXPECT_EQ(client.body().state(), BodyStream::State::kEnded);
  const serve::Response refused = instance->Answer({});
  EXPECT_EQ(refused.code, 503);
}

}  // namespace
}  // namespace waymark::api
