#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/journey_model.h"
#include "model/yaml_reader.h"

namespace waymark::scenario {

// What an expectation says of one field, as facts of a result are written (scenario/fields.h).
struct ExpectedField {
  std::string name;
  std::string value;  // empty: the field is to be absent
  model::Place place;
};

// The fields that one row of an expectation gives; what it does not give is not compared.
struct ExpectedRow {
  std::vector<ExpectedField> fields;
  model::Place place;

  // The value asked of a field; null where the row does not give it.
  const std::string* Find(std::string_view name) const;
};

struct ExpectedStep {
  ExpectedRow row;  // fields of the step and of one placement
  std::optional<std::vector<ExpectedRow>> placements;  // all placements of the step
};

struct ExpectedSteps {
  std::vector<ExpectedStep> rows;
  model::Place place;
};

struct ExpectedRows {
  std::vector<ExpectedRow> rows;
  model::Place place;
};

// Sessions as lists of the ids of their interactions.
struct ExpectedSessions {
  std::vector<std::vector<std::string>> sessions;
  model::Place place;
};

// Of these kinds there is no signal but those listed.
struct OnlySignals {
  bool all = false;
  std::vector<std::string> kinds;
  model::Place place;
};

// What is expected of one customer.
struct Expectation {
  std::string customer;
  model::Place place;
  std::optional<ExpectedSteps> steps;
  std::optional<ExpectedSessions> sessions;
  std::vector<ExpectedRow> signals;
  std::vector<ExpectedRow> no_signals;
  std::optional<OnlySignals> only;
  std::optional<ExpectedRows> journeys;
  std::optional<ExpectedRow> profile;
  std::optional<ExpectedRow> open_session;  // without fields: there is none
};

// An interaction, or a moment: time goes by without any, up to `time`.
struct Row {
  std::string id;
  std::string customer;
  base::Timestamp time;
  std::string bytes;                // the interaction, as protobuf
  bool is_moment = false;
  std::vector<Expectation> expect;  // of a moment
  model::Place place;
};

// The order in which rows arrive.
struct Arrival {
  enum class Order { kAsWritten, kReversed, kShuffled, kListed };
  Order order = Order::kAsWritten;
  uint64_t seed = 0;            // kShuffled
  std::vector<size_t> listed;   // kListed: indices of rows
};

struct TestCase {
  std::string name;
  model::Place place;
  std::vector<Row> rows;
  Arrival arrival;
  bool any_order = true;  // false: what is accepted depends on the order of arrival
  base::Timestamp now;    // the horizon at the end
  std::vector<Expectation> expect;
  std::vector<ExpectedRow> dead_letters;  // all there are
  std::optional<int64_t> duplicates;
};

// "NAME=VALUE", as settings are assigned on the command line.
struct Assignment {
  std::string text;
  model::Place place;
};

struct TestFile {
  std::string file;
  std::vector<model::PlacedText> models;  // files or folders, relative to the file
  std::vector<Assignment> settings;
  std::vector<TestCase> tests;
};

inline constexpr size_t kTestRowsMax = 1000;

// Reads the text of a test file; config/models/TESTS.md describes the language. Every fault is
// added with its place; with faults the file must not be used. Bounded as models are.
TestFile ParseTestFile(std::string_view yaml, const std::string& file,
                       std::vector<model::Fault>& faults);

}  // namespace waymark::scenario
