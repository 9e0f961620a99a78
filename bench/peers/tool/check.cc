#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "commands.h"
#include "rows.h"
#include "topic_reader.h"
#include "waymark/v1/step.pb.h"

namespace waymark::peers {
namespace {

// What one customer's ids were, in the order in which they first came.
class Ordinals {
 public:
  int64_t Of(uint64_t id) {
    const auto found = std::find(ids_.rbegin(), ids_.rend(), id);
    if (found != ids_.rend()) return ids_.rend() - found;
    ids_.push_back(id);
    return std::ssize(ids_);
  }

 private:
  std::vector<uint64_t> ids_;
};

struct Row {
  uint64_t profile = 0;
  int64_t time = 0;
  std::string id;
  int64_t revision = 0;
  bool retracted = false;
  uint64_t session = 0;
  uint64_t journey = 0;
  Placed placed;  // but for the ordinals
};

// When how many records were appended, by the broker's clock.
class Appends {
 public:
  void Add(const rd_kafka_message_t& message) {
    rd_kafka_timestamp_type_t type{};
    ++counts_[rd_kafka_message_timestamp(&message, &type)];
    ++count_;
    bytes_ += message.len;
  }
  // When this share of them was there.
  int64_t At(double share) const {
    int64_t left = static_cast<int64_t>(static_cast<double>(count_) * share);
    for (const auto& [at_ms, count] : counts_) {
      left -= count;
      if (left <= 0) return at_ms;
    }
    return 0;
  }
  // Before and at a time.
  int64_t Until(int64_t at_ms) const {
    int64_t sum = 0;
    for (auto it = counts_.begin(); it != counts_.upper_bound(at_ms); ++it) sum += it->second;
    return sum;
  }
  int64_t first() const { return counts_.empty() ? 0 : counts_.begin()->first; }
  int64_t last() const { return counts_.empty() ? 0 : counts_.rbegin()->first; }
  int64_t count() const { return count_; }
  double bytes_mean() const {
    return count_ == 0 ? 0 : static_cast<double>(bytes_) / static_cast<double>(count_);
  }

 private:
  std::map<int64_t, int64_t> counts_;
  int64_t count_ = 0;
  uint64_t bytes_ = 0;
};

Row ReadRow(const rd_kafka_message_t& message, const v1::Step& step) {
  if (step.profile_id() != KeyOf(message)) Fail("a step's key is not its profile");
  Row row;
  row.profile = HashText(step.profile_id());
  row.time = step.interaction().time();
  row.id = step.interaction().id();
  row.revision = step.revision();
  row.retracted = step.retracted();
  row.session = HashText(step.session_id());
  row.placed.session_start = step.session_start();
  if (step.placements_size() != 1) return row;
  const v1::Placement& placement = step.placements(0);
  row.journey = HashText(placement.journey_id());
  row.placed.stage = StageOfName(placement.stage());
  row.placed.previous_stage = StageOfName(placement.previous_stage());
  row.placed.stage_entered = placement.stage_entered();
  return row;
}

// Leaves of each step the highest revision, sorted by time; without those retracted.
void MakeCanonical(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.profile, a.id, b.revision) < std::tie(b.profile, b.id, a.revision);
  });
  const auto same = [](const Row& a, const Row& b) {
    return a.profile == b.profile && a.id == b.id;
  };
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  std::erase_if(rows, [](const Row& row) { return row.retracted; });
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.profile, a.time, a.id) < std::tie(b.profile, b.time, b.id);
  });
}

class Checker {
 public:
  explicit Checker(const std::string& file) : rows_(file) {}
  void Add(Row& row) {
    auto& [sessions, journeys] = customers_[row.profile];
    row.placed.session = sessions.Of(row.session);
    row.placed.journey = journeys.Of(row.journey);
    rows_.Add(row.id, row.profile, row.placed);
  }
  const RowSum& rows() const { return rows_; }

 private:
  RowSum rows_;
  absl::flat_hash_map<uint64_t, std::pair<Ordinals, Ordinals>> customers_;
};

}  // namespace

void Check(Options& options) {
  const std::string brokers = options.Text("brokers");
  const std::string topic = options.Text("topic");
  const bool canonical = options.Text("order", "") == "time";
  const bool count_only = options.Text("count", "") == "only";
  Checker checker(options.Text("rows", ""));
  options.Finish();
  Appends appends;
  std::vector<Row> rows;
  v1::Step step;
  ReadAll(brokers, topic, [&](const rd_kafka_message_t& message) {
    if (message.payload == nullptr) return;
    appends.Add(message);
    if (count_only) return;
    if (!step.ParseFromArray(message.payload, static_cast<int>(message.len))) Fail("unparsable");
    Row row = ReadRow(message, step);
    if (canonical) {
      rows.push_back(std::move(row));
    } else {
      checker.Add(row);
    }
  });
  if (canonical) MakeCanonical(rows);
  for (Row& row : rows) checker.Add(row);
  const int64_t half = appends.At(0.5);
  fmt::print(R"({{"records":{},"count":{},"checksum":"{:016x}","bytes_mean":{:.1f},)"
             R"("first_ms":{},"half_ms":{},"half_count":{},"last_ms":{}}})"
             "\n",
             appends.count(), count_only ? appends.count() : checker.rows().count(),
             checker.rows().sum(), appends.bytes_mean(), appends.first(), half, appends.Until(half),
             appends.last());
}

}  // namespace waymark::peers
