#pragma once

#include <vector>

#include "engine/intake.h"
#include "engine/task.h"
#include "journey/fold.h"
#include "scenario/result.h"
#include "scenario/test_file.h"

namespace waymark::scenario {

// What interactions go through. The fold outlives its user.
struct Pipeline {
  const journey::Fold& fold;
  engine::IntakeSettings intake;
  engine::TaskSettings task;
};

// Hands the rows, in this order, to the task that `run` and `replay` use, upon a store in memory;
// `rows` are indices. Each row is a batch of its own, or all are one. At the end the horizon is the
// test's `now`. Expectations of moments are checked where `failures` is given.
base::Result<Result> RunRows(const TestCase& test, const std::vector<size_t>& rows,
                             bool in_one_batch, const Pipeline& pipeline,
                             std::vector<Failure>* failures);

// A test and what became of it.
struct TestResult {
  const TestCase* test = nullptr;
  Result result;                  // of the order stated
  std::vector<Failure> failures;  // none: passed
  int orders = 0;                 // orders of arrival that were tried
};

// Runs a test in its own order; then, as law 1 demands the same of them, reversed, in three
// shuffled orders and in one batch. A fault is one of the program.
base::Result<TestResult> RunTest(const TestCase& test, const Pipeline& pipeline);

}  // namespace waymark::scenario
