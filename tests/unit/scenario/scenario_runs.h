#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "journey/fold.h"
#include "model/journey_model.h"
#include "scenario/runner.h"
#include "scenario/test_file.h"

namespace waymark::test {

inline constexpr std::string_view kTwoStages = R"(
family: visits
model: short
journey: {abandon_after: 2h}
personal_channels: [store]
stages:
  - {name: looking, organisation: {activity: show, owner: Marketing}}
  - name: buying
    enter: {action: buy}
    organisation: {activity: sell, owner: Sales}
    stations: [{name: till, when: {channel: store}}]
signals:
  - {name: unhappy, kind: IRRITATION, when: {rating.satisfaction: {at_most: 2}}}
)";

// A test file's text without faults.
inline scenario::TestFile ParseGood(std::string_view yaml) {
  std::vector<model::Fault> faults;
  scenario::TestFile file = scenario::ParseTestFile(yaml, "t.test.yaml", faults);
  for (const model::Fault& fault : faults) ADD_FAILURE() << fault.text();
  return file;
}

// The faults of a text, a line each.
inline std::string FaultsOf(std::string_view yaml) {
  std::vector<model::Fault> faults;
  (void)scenario::ParseTestFile(yaml, "t.test.yaml", faults);
  std::string out;
  for (const model::Fault& fault : faults) out += fault.text() + "\n";
  return out;
}

// Runs the tests of a file under kTwoStages. Keeps what the results refer to.
class ScenarioRuns {
 public:
  explicit ScenarioRuns(std::string_view yaml, std::string_view model = kTwoStages)
      : file_(ParseGood(yaml)),
        models_(model::ParseModel(model, "model.yaml").models),
        fold_(models_, {}) {
    engine::TaskSettings task;
    task.publish_snapshots = false;
    const scenario::Pipeline pipeline{fold_, {}, task};
    for (const scenario::TestCase& test : file_.tests) {
      auto result = scenario::RunTest(test, pipeline);
      EXPECT_TRUE(result.ok()) << result.status().text();
      if (result.ok()) results_.push_back(*std::move(result));
    }
  }

  const std::vector<scenario::TestResult>& results() const { return results_; }
  // "line: what | expected | found" of each failure of all tests.
  std::vector<std::string> failures() const {
    std::vector<std::string> out;
    for (const scenario::TestResult& result : results_) {
      for (const scenario::Failure& failure : result.failures) {
        out.push_back(std::to_string(failure.place.line) + ": " + failure.what + " | " +
                      failure.expected + " | " + failure.found);
      }
    }
    return out;
  }

 private:
  scenario::TestFile file_;
  journey::CompiledModels models_;
  journey::Fold fold_;
  std::vector<scenario::TestResult> results_;
};

}  // namespace waymark::test
