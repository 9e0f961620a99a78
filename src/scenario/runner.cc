#include "scenario/runner.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "codec/protobuf.h"
#include "scenario/collector.h"
#include "scenario/comparison.h"
#include "scenario/order_check.h"
#include "scenario/result_reader.h"
#include "store/memory_store.h"

namespace waymark::scenario {
namespace {

using base::Timestamp;

// One run of a test: a task over an empty store.
class Run {
 public:
  Run(const TestCase& test, const Pipeline& pipeline)
      : test_(test),
        pipeline_(pipeline),
        intake_(pipeline.intake),
        task_(base::Partition(0), pipeline.fold, store_, output_, pipeline.task) {}

  void Begin() { task_.Begin(Timestamp()); }

  base::Status Take(size_t index) {
    const Row& row = test_.rows[index];
    model::Interaction interaction;
    WAYMARK_RETURN_IF_ERROR(codec::Decode(row.bytes, interaction));
    interaction.key = row.customer;
    engine::RawRecord record;
    record.origin = {"test", 0, static_cast<int64_t>(index)};
    record.is_file = true;
    engine::Arrival arrival;
    auto refusal = intake_.TakeDecoded(record, interaction, test_.now, arrival);
    if (!refusal) {
      WAYMARK_ASSIGN_OR_RETURN(refusal, task_.Refuse(arrival));
    }
    if (refusal) return task_.Reject(intake_.LetterOf(record, *refusal));
    return task_.Accept(arrival);
  }

  // The horizon rises to the watermark, or to `at_least`.
  base::Status End(Timestamp at_least) {
    WAYMARK_RETURN_IF_ERROR(task_.EndBatch(at_least, test_.now));
    while (task_.has_refolds_left()) {
      task_.Begin(Timestamp());
      WAYMARK_RETURN_IF_ERROR(task_.EndBatch(at_least, test_.now));
    }
    return task_.Flush();
  }

  base::Result<Result> Read() {
    return ReadResult(test_, pipeline_.fold, store_, output_, task_.totals());
  }

 private:
  const TestCase& test_;
  const Pipeline& pipeline_;
  store::MemoryStore store_;
  Collector output_;
  engine::Intake intake_;
  engine::Task task_;
};

base::Status TakeMoment(Run& run, const Row& moment, std::vector<Failure>* failures) {
  run.Begin();
  WAYMARK_RETURN_IF_ERROR(run.End(moment.time));
  if (failures == nullptr) return {};
  WAYMARK_ASSIGN_OR_RETURN(const Result result, run.Read());
  for (const Expectation& expectation : moment.expect) Compare(expectation, result, *failures);
  return {};
}

std::vector<size_t> Interactions(const TestCase& test) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < test.rows.size(); ++i) {
    if (!test.rows[i].is_moment) rows.push_back(i);
  }
  return rows;
}

// The same on every machine, unlike std::shuffle.
void Shuffle(uint64_t seed, std::vector<size_t>& rows) {
  std::mt19937_64 random(seed);
  for (size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
}

std::vector<size_t> StatedOrder(const TestCase& test) {
  std::vector<size_t> rows(test.rows.size());
  std::iota(rows.begin(), rows.end(), size_t{0});
  switch (test.arrival.order) {
    case Arrival::Order::kAsWritten: break;
    case Arrival::Order::kReversed: std::ranges::reverse(rows); break;
    case Arrival::Order::kShuffled: Shuffle(test.arrival.seed, rows); break;
    case Arrival::Order::kListed: return test.arrival.listed;
  }
  return rows;
}

struct Variant {
  std::string name;
  std::vector<size_t> rows;
  bool in_one_batch = false;
};

std::vector<Variant> VariantsOf(const TestCase& test) {
  constexpr uint64_t kShuffles = 3;
  const std::vector<size_t> written = Interactions(test);
  std::vector<Variant> out;
  out.push_back({"as written, in one batch", written, true});
  out.push_back({"reversed", written});
  std::ranges::reverse(out.back().rows);
  for (uint64_t seed = 1; seed <= kShuffles; ++seed) {
    out.push_back({"shuffled by seed " + std::to_string(seed), written});
    Shuffle(seed, out.back().rows);
  }
  return out;
}

}  // namespace

base::Result<Result> RunRows(const TestCase& test, const std::vector<size_t>& rows,
                             bool in_one_batch, const Pipeline& pipeline,
                             std::vector<Failure>* failures) {
  Run run(test, pipeline);
  if (in_one_batch) run.Begin();
  for (const size_t index : rows) {
    if (test.rows[index].is_moment) {
      WAYMARK_RETURN_IF_ERROR(TakeMoment(run, test.rows[index], failures));
      continue;
    }
    if (!in_one_batch) run.Begin();
    WAYMARK_RETURN_IF_ERROR(run.Take(index));
    if (!in_one_batch) WAYMARK_RETURN_IF_ERROR(run.End(Timestamp::min()));
  }
  if (!in_one_batch) run.Begin();
  WAYMARK_RETURN_IF_ERROR(run.End(test.now));
  return run.Read();
}

base::Result<TestResult> RunTest(const TestCase& test, const Pipeline& pipeline) {
  TestResult out;
  out.test = &test;
  out.orders = 1;
  WAYMARK_ASSIGN_OR_RETURN(
      out.result, RunRows(test, StatedOrder(test), false, pipeline, &out.failures));
  for (const Expectation& expectation : test.expect) {
    Compare(expectation, out.result, out.failures);
  }
  CompareRefused(test, out.result, out.failures);
  if (!test.any_order) return out;
  for (const Variant& variant : VariantsOf(test)) {
    WAYMARK_ASSIGN_OR_RETURN(
        const Result other, RunRows(test, variant.rows, variant.in_one_batch, pipeline, nullptr));
    ++out.orders;
    if (auto failure = CompareOrders(test, out.result, other, variant.name)) {
      out.failures.push_back(std::move(*failure));
      break;
    }
  }
  return out;
}

}  // namespace waymark::scenario
