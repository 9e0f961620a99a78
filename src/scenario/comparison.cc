#include "scenario/comparison.h"

#include <algorithm>
#include <set>

#include "base/counted.h"
#include "scenario/matching.h"

namespace waymark::scenario {
namespace {

constexpr size_t kListedMax = 6;

std::string DescribeRow(const ExpectedRow& row) {
  Facts facts;
  for (const ExpectedField& field : row.fields) facts.emplace(field.name, field.value);
  return Describe(facts);
}

// The found row cut down to what the expected one names, and what tells it from others.
std::string DescribeAs(const ExpectedRow& row, const Facts& found,
                       std::initializer_list<std::string_view> always) {
  Facts facts;
  for (const ExpectedField& field : row.fields) {
    facts.emplace(field.name, ValueOf(found, field.name));
  }
  for (const std::string_view name : always) {
    if (found.contains(name)) facts.emplace(name, ValueOf(found, name));
  }
  return Describe(facts);
}

// How near a found row comes to the expected one. A name says most about which one is meant.
int Nearness(const ExpectedRow& row, const Facts& facts) {
  constexpr int kOfName = 4;
  int sum = 0;
  for (const ExpectedField& field : row.fields) {
    if (ValueOf(facts, field.name) == field.value) sum += field.name == "name" ? kOfName : 1;
  }
  return sum;
}

std::string Joined(const std::vector<std::string>& texts, const char* separator) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : separator) + text;
  return out;
}

class Comparison {
 public:
  Comparison(const Expectation& expectation, const CustomerResult& result,
             std::vector<Failure>& failures)
      : expectation_(expectation), result_(result), failures_(failures) {}

  void Run() {
    if (expectation_.steps) CompareSteps(*expectation_.steps);
    if (expectation_.sessions) CompareSessions(*expectation_.sessions);
    CompareSignals();
    if (expectation_.journeys) CompareJourneys(*expectation_.journeys);
    if (expectation_.profile) CompareFields(*expectation_.profile, result_.profile, "profile");
    if (expectation_.open_session) CompareOpenSession(*expectation_.open_session);
  }

 private:
  void Fail(model::Place place, std::string what, std::string expected, std::string found) {
    failures_.push_back({place, expectation_.customer, std::move(what), std::move(expected),
                         std::move(found)});
  }

  void CompareFields(const ExpectedRow& row, const Facts& found, const std::string& what) {
    for (const ExpectedField& field : row.fields) {
      const std::string value = ValueOf(found, field.name);
      if (value == field.value) continue;
      Fail(field.place, what + ": " + field.name, field.value.empty() ? "~" : field.value,
           value.empty() ? "~" : value);
    }
  }

  std::string StepIds() const {
    std::vector<std::string> ids;
    for (const StepResult& step : result_.steps) ids.push_back(ValueOf(step.facts, "id"));
    if (ids.empty()) return "no steps";
    return base::Counted(ids.size(), "step") + ": " + Joined(ids, ", ");
  }

  // Rows that all name an id are looked up by it, in the order of the timeline.
  void CompareSteps(const ExpectedSteps& expected) {
    const bool by_id =
        !expected.rows.empty() && std::ranges::all_of(expected.rows, [](const ExpectedStep& step) {
          return step.row.Find("id") != nullptr;
        });
    if (!by_id && expected.rows.size() != result_.steps.size()) {
      Fail(expected.place, "steps", base::Counted(expected.rows.size(), "step"), StepIds());
    }
    size_t at = 0;
    for (size_t i = 0; i < expected.rows.size(); ++i) {
      const ExpectedStep& step = expected.rows[i];
      if (by_id) {
        const size_t found = FindStep(*step.row.Find("id"), at);
        if (found == result_.steps.size()) {
          Fail(step.row.place, "steps", *step.row.Find("id") + " (in this order)", StepIds());
          continue;
        }
        at = found;
      }
      if (at < result_.steps.size()) CompareStep(step, result_.steps[at], i + 1);
      ++at;
    }
  }

  size_t FindStep(const std::string& id, size_t from) const {
    while (from < result_.steps.size() && ValueOf(result_.steps[from].facts, "id") != id) ++from;
    return from;
  }

  void CompareStep(const ExpectedStep& expected, const StepResult& found, size_t number) {
    const std::string what =
        "step " + std::to_string(number) + " (" + ValueOf(found.facts, "id") + ")";
    ExpectedRow of_step{{}, expected.row.place};
    ExpectedRow of_placement{{}, expected.row.place};
    for (const ExpectedField& field : expected.row.fields) {
      const bool placed = FindField(PlacementFields(), field.name) != nullptr;
      (placed ? of_placement : of_step).fields.push_back(field);
    }
    CompareFields(of_step, found.facts, what);
    if (!of_placement.fields.empty()) ComparePlacement(of_placement, found.placements, what);
    if (expected.placements) ComparePlacements(*expected.placements, expected.row, found, what);
  }

  // The placement of the family named, or any.
  void ComparePlacement(const ExpectedRow& row, const std::vector<Facts>& placements,
                        const std::string& what) {
    std::vector<const Facts*> candidates;
    const std::string* const family = row.Find("family");
    for (const Facts& placement : placements) {
      if (Fits(row, placement)) return;
      if (family == nullptr || ValueOf(placement, "family") == *family) {
        candidates.push_back(&placement);
      }
    }
    if (candidates.size() == 1) return CompareFields(row, *candidates.front(), what);
    std::vector<std::string> found;
    for (const Facts& placement : placements) {
      found.push_back(DescribeAs(row, placement, {"family"}));
    }
    Fail(row.place, what, DescribeRow(row),
         found.empty() ? "a step that is placed in no journey" : Joined(found, "\n"));
  }

  void ComparePlacements(const std::vector<ExpectedRow>& rows, const ExpectedRow& of,
                         const StepResult& step, const std::string& what) {
    const std::vector<int> match = Match(rows, step.placements);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (match[i] == kUnmatched) ComparePlacement(rows[i], step.placements, what);
    }
    if (rows.size() == step.placements.size()) return;
    std::vector<std::string> families;
    for (const Facts& placement : step.placements) families.push_back(ValueOf(placement, "family"));
    Fail(of.place, what + ": placements", std::to_string(rows.size()) + " placements",
         families.empty() ? "none" : Joined(families, ", "));
  }

  void CompareSessions(const ExpectedSessions& expected) {
    std::map<std::string, std::vector<std::string>> by_session;
    std::vector<std::string> order;
    for (const StepResult& step : result_.steps) {
      const std::string session = ValueOf(step.facts, "session");
      if (session.empty()) continue;
      if (!by_session.contains(session)) order.push_back(session);
      by_session[session].push_back(ValueOf(step.facts, "id"));
    }
    std::vector<std::string> wanted;
    std::vector<std::string> found;
    for (const auto& ids : expected.sessions) wanted.push_back("[" + Joined(ids, ", ") + "]");
    for (const std::string& session : order) {
      found.push_back("[" + Joined(by_session[session], ", ") + "]");
    }
    if (wanted == found) return;
    Fail(expected.place, "sessions", wanted.empty() ? "none" : Joined(wanted, " "),
         found.empty() ? "none" : Joined(found, " "));
  }

  void CompareSignals() {
    const std::vector<int> match = Match(expectation_.signals, result_.signals);
    std::set<int> taken(match.begin(), match.end());
    for (size_t i = 0; i < match.size(); ++i) {
      if (match[i] == kUnmatched) FailMissing(expectation_.signals[i], taken);
    }
    for (const ExpectedRow& row : expectation_.no_signals) {
      for (const Facts& signal : result_.signals) {
        if (!Fits(row, signal)) continue;
        Fail(row.place, "no_signals", "none with " + DescribeRow(row),
             DescribeAs(row, signal, {"kind", "name", "at", "journey"}));
      }
    }
    if (expectation_.only) CheckOnly(*expectation_.only, taken);
  }

  // Of the signals of this kind the nearest is shown.
  void FailMissing(const ExpectedRow& row, const std::set<int>& taken) {
    const std::string* const kind = row.Find("kind");
    const Facts* nearest = nullptr;
    bool is_taken = false;
    for (size_t i = 0; i < result_.signals.size(); ++i) {
      const Facts& signal = result_.signals[i];
      if (kind != nullptr && ValueOf(signal, "kind") != *kind) continue;
      if (nearest != nullptr && Nearness(row, signal) <= Nearness(row, *nearest)) continue;
      nearest = &signal;
      is_taken = taken.contains(static_cast<int>(i));
    }
    std::string found = "no signal of this kind";
    if (nearest != nullptr) found = DescribeAs(row, *nearest, {"kind", "name", "at"});
    if (is_taken && Fits(row, *nearest)) found += ", which another row here stands for";
    Fail(row.place, "signals", DescribeRow(row), std::move(found));
  }

  void CheckOnly(const OnlySignals& only, const std::set<int>& taken) {
    std::vector<std::string> others;
    for (size_t i = 0; i < result_.signals.size(); ++i) {
      const Facts& signal = result_.signals[i];
      if (taken.contains(static_cast<int>(i))) continue;
      const bool asked =
          only.all || std::ranges::count(only.kinds, ValueOf(signal, "kind")) > 0;
      if (!asked) continue;
      if (others.size() == kListedMax) {
        others.push_back("…");
        break;
      }
      others.push_back(DescribeAs({}, signal, {"kind", "name", "at", "journey"}));
    }
    if (others.empty()) return;
    Fail(only.place, "only",
         only.all ? "no signals but those listed"
                  : "no signals of " + Joined(only.kinds, ", ") + " but those listed",
         Joined(others, "\n"));
  }

  // All journeys of the families that are named; of every family where a row names none.
  void CompareJourneys(const ExpectedRows& expected) {
    std::set<std::string> families;
    bool all = expected.rows.empty();
    for (const ExpectedRow& row : expected.rows) {
      const std::string* const family = row.Find("family");
      all = all || family == nullptr;
      if (family != nullptr) families.insert(*family);
    }
    std::vector<Facts> found;
    for (const Facts& journey : result_.journeys) {
      if (all || families.contains(ValueOf(journey, "family"))) found.push_back(journey);
    }
    const std::vector<int> match = Match(expected.rows, found);
    std::vector<Facts> rest;
    for (size_t i = 0; i < found.size(); ++i) {
      if (std::ranges::count(match, static_cast<int>(i)) == 0) rest.push_back(found[i]);
    }
    for (size_t i = 0; i < expected.rows.size(); ++i) {
      if (match[i] == kUnmatched) FailJourney(expected.rows[i], rest);
    }
    if (expected.rows.size() == found.size()) return;
    std::vector<std::string> texts;
    for (const Facts& journey : found) {
      texts.push_back(DescribeAs({}, journey, {"journey", "status", "stage"}));
    }
    Fail(expected.place, "journeys", base::Counted(expected.rows.size(), "journey"),
         texts.empty() ? "none" : std::to_string(texts.size()) + ":\n" + Joined(texts, "\n"));
  }

  // The nearest of those left over is taken to be the one meant.
  void FailJourney(const ExpectedRow& row, std::vector<Facts>& rest) {
    const auto nearest = std::ranges::max_element(rest, {}, [&](const Facts& journey) {
      return Nearness(row, journey);
    });
    if (nearest == rest.end()) {
      Fail(row.place, "journeys", DescribeRow(row), "no journey that is left");
      return;
    }
    CompareFields(row, *nearest, "journey " + ValueOf(*nearest, "journey"));
    rest.erase(nearest);
  }

  void CompareOpenSession(const ExpectedRow& row) {
    const auto& open = result_.open_session;
    if (row.fields.empty() && open) {
      Fail(row.place, "open_session", "none", Describe(*open));
    } else if (!row.fields.empty() && !open) {
      Fail(row.place, "open_session", DescribeRow(row), "none");
    } else if (open) {
      CompareFields(row, *open, "open_session");
    }
  }

  const Expectation& expectation_;
  const CustomerResult& result_;
  std::vector<Failure>& failures_;
};

}  // namespace

void Compare(const Expectation& expectation, const Result& result,
             std::vector<Failure>& failures) {
  const auto found = result.customers.find(expectation.customer);
  static const CustomerResult kNothing;
  Comparison(expectation, found == result.customers.end() ? kNothing : found->second, failures)
      .Run();
}

void CompareRefused(const TestCase& test, const Result& result, std::vector<Failure>& failures) {
  const std::vector<int> match = Match(test.dead_letters, result.dead_letters);
  for (size_t i = 0; i < match.size(); ++i) {
    if (match[i] != kUnmatched) continue;
    failures.push_back({test.dead_letters[i].place, "", "dead_letters",
                        DescribeRow(test.dead_letters[i]), "no such dead letter"});
  }
  for (size_t i = 0; i < result.dead_letters.size(); ++i) {
    if (std::ranges::count(match, static_cast<int>(i)) > 0) continue;
    failures.push_back({test.place, "", "dead_letters", "none but those listed",
                        Describe(result.dead_letters[i])});
  }
  if (test.duplicates && *test.duplicates != result.duplicates) {
    failures.push_back({test.place, "", "duplicates", std::to_string(*test.duplicates),
                        std::to_string(result.duplicates)});
  }
}

}  // namespace waymark::scenario
