#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "commands.h"
#include "rows.h"
#include "topic_reader.h"
#include "waymark/v1/interaction.pb.h"

namespace waymark::peers {
namespace {

struct Row {
  uint64_t profile;
  int64_t time;
  std::string id;
  std::string action;
};

// Folds interactions as they are given; copies of what was seen are counted.
class Expectation {
 public:
  explicit Expectation(const std::string& file) : rows_(file) {}

  bool IsNew(uint64_t profile, std::string_view id) {
    const bool fresh = seen_.insert(HashText(id) ^ profile).second;
    duplicates_ += fresh ? 0 : 1;
    return fresh;
  }
  void Fold(uint64_t profile, std::string_view id, int64_t time, std::string_view action) {
    rows_.Add(id, profile, customers_[profile].Place(time, action));
  }
  void Print() const {
    int64_t sessions = 0;
    int64_t journeys = 0;
    for (const auto& [profile, customer] : customers_) {
      sessions += customer.at().session;
      journeys += customer.at().journey;
    }
    fmt::print(R"({{"count":{},"checksum":"{:016x}","duplicates":{},"customers":{},)"
               R"("sessions":{},"journeys":{}}})"
               "\n",
               rows_.count(), rows_.sum(), duplicates_, customers_.size(), sessions, journeys);
  }

 private:
  RowSum rows_;
  absl::flat_hash_map<uint64_t, Customer> customers_;
  absl::flat_hash_set<uint64_t> seen_;
  int64_t duplicates_ = 0;
};

}  // namespace

void Expect(Options& options) {
  const std::string brokers = options.Text("brokers");
  const std::string topic = options.Text("topic");
  const bool by_time = options.Text("order", "") == "time";
  Expectation expectation(options.Text("rows", ""));
  options.Finish();
  std::vector<Row> rows;
  v1::Interaction in;
  ReadAll(brokers, topic, [&](const rd_kafka_message_t& message) {
    if (!in.ParseFromArray(message.payload, static_cast<int>(message.len))) Fail("unparsable");
    const uint64_t profile = HashText(KeyOf(message));
    if (!expectation.IsNew(profile, in.id())) return;
    if (by_time) {
      rows.push_back({profile, in.time(), in.id(), in.action()});
    } else {
      expectation.Fold(profile, in.id(), in.time(), in.action());
    }
  });
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.profile, a.time, a.id) < std::tie(b.profile, b.time, b.id);
  });
  for (const Row& row : rows) expectation.Fold(row.profile, row.id, row.time, row.action);
  expectation.Print();
}

}  // namespace waymark::peers
