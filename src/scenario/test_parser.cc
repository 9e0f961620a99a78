#include <algorithm>
#include <limits>
#include <set>

#include "scenario/expectation_reader.h"
#include "scenario/row_reader.h"
#include "scenario/test_file.h"

namespace waymark::scenario {
namespace {

using base::Timestamp;
using model::Fault;
using model::YamlMap;
using model::YamlNode;
using model::YamlReader;

// "r07": sorts as the rows stand, up to 99 of them.
std::string NumberedId(size_t number) {
  return (number < 10 ? "r0" : "r") + std::to_string(number);
}

class TestParser {
 public:
  explicit TestParser(YamlReader& reader) : reader_(reader) {}

  TestCase Read(const YamlNode& node) {
    test_.place = node.place;
    YamlMap map(node, reader_);
    if (const YamlNode* child = map.Require("name", "a test")) {
      test_.name = reader_.ReadText(*child);
      test_.place = child->place;
    }
    if (const YamlNode* child = map.Take("customer")) customer_ = reader_.ReadText(*child);
    const YamlNode* const rows = map.Require("interactions", "a test");
    if (rows != nullptr) ReadRows(*rows);
    if (const YamlNode* child = map.Take("now")) test_.now = ReadNow(*child);
    if (rows != nullptr) ReadContents(*rows);
    if (const YamlNode* child = map.Take("arrival")) ReadArrival(*child);
    if (const YamlNode* child = map.Take("any_order")) test_.any_order = reader_.ReadBool(*child);
    ReadExpected(map);
    map.RefuseRest();
    return std::move(test_);
  }

 private:
  // Ids and times first: everything else may refer to them.
  void ReadRows(const YamlNode& node) {
    if (!reader_.ExpectList(node)) return;
    if (node.children.size() > kTestRowsMax) {
      reader_.AddFault(node.place,
                       "more than " + std::to_string(kTestRowsMax) + " rows in one test",
                       "larger inputs are for `waymark replay`");
      return;
    }
    std::optional<Timestamp> above;
    std::optional<Timestamp> last;
    for (const YamlNode& item : node.children) {
      Row& row = test_.rows.emplace_back();
      row.place = item.place;
      row.customer = customer_;
      row.id = NumberedId(test_.rows.size());
      if (!reader_.ExpectMap(item)) continue;
      const auto has = [&](std::string_view key) { return Child(item, key); };
      row.is_moment = has("now") != nullptr && has("at") == nullptr;
      if (const YamlNode* id = has("id")) row.id = reader_.ReadText(*id);
      if (const YamlNode* customer = has("customer")) row.customer = reader_.ReadText(*customer);
      const YamlNode* const at = has(row.is_moment ? "now" : "at");
      if (at == nullptr) {
        reader_.AddFault(item.place, "a row needs the key 'at'",
                         "a time, or a distance from the row above such as +10m");
      } else {
        row.time = times_.Read(*at, above, reader_);
      }
      above = row.time;
      last = std::max(last.value_or(row.time), row.time);
      if (!row.is_moment) times_.Add(row.id, row.time);
    }
    if (last) test_.now = *last;
    if (std::ranges::all_of(test_.rows, &Row::is_moment)) {
      reader_.AddFault(node.place, "a test needs an interaction");
    }
  }

  static const YamlNode* Child(const YamlNode& map, std::string_view key) {
    const auto found = std::ranges::find(map.children, key, &YamlNode::key);
    return found == map.children.end() ? nullptr : &*found;
  }

  // "+100d" counts from the latest row.
  Timestamp ReadNow(const YamlNode& node) { return times_.Read(node, test_.now, reader_); }

  void ReadContents(const YamlNode& node) {
    times_.Add("now", test_.now);
    for (size_t i = 0; i < test_.rows.size(); ++i) {
      Row& row = test_.rows[i];
      const YamlNode& item = node.children[i];
      if (!item.IsMap()) continue;
      if (!row.is_moment) {
        ReadInteraction(item, times_, reader_, row);
        continue;
      }
      YamlMap map(item, reader_);
      map.Take("now");
      if (const YamlNode* child = map.Take("expect")) {
        row.expect = ReadExpectations(*child, customer_, times_, reader_);
      }
      map.RefuseRest();
      if (row.time > test_.now) {
        reader_.AddFault(row.place, "this moment lies behind the end of the test",
                         "let the test's 'now' be as late");
      }
    }
  }

  void ReadArrival(const YamlNode& node) {
    Arrival& arrival = test_.arrival;
    const bool has_moment = std::ranges::any_of(test_.rows, &Row::is_moment);
    if (has_moment) {
      reader_.AddFault(node.place, "a test with a row 'now' arrives as it is written",
                       "leave 'arrival' or those rows out");
    }
    if (node.IsScalar() && node.text == "reversed") {
      arrival.order = Arrival::Order::kReversed;
    } else if (node.IsMap()) {
      YamlMap map(node, reader_);
      arrival.order = Arrival::Order::kShuffled;
      if (const YamlNode* seed = map.Require("shuffled", "arrival")) {
        const auto number = reader_.ReadInteger(*seed, 0, std::numeric_limits<int64_t>::max());
        arrival.seed = static_cast<uint64_t>(number.value_or(0));
      }
      map.RefuseRest();
    } else if (node.IsList()) {
      ReadListed(node);
    } else {
      reader_.AddFault(node.place, "'arrival' is 'reversed', {shuffled: SEED} or a list of ids");
    }
  }

  // Of rows with one id, the first mention is of the first.
  void ReadListed(const YamlNode& node) {
    Arrival& arrival = test_.arrival;
    arrival.order = Arrival::Order::kListed;
    std::set<size_t> taken;
    for (const model::PlacedText& id : reader_.ReadPlacedTexts(node)) {
      size_t row = 0;
      while (row < test_.rows.size() && (test_.rows[row].id != id.text || taken.contains(row))) {
        ++row;
      }
      if (row == test_.rows.size()) {
        reader_.AddFault(id.place, "'" + id.text + "' is the id of no row, or stands twice");
        continue;
      }
      taken.insert(row);
      arrival.listed.push_back(row);
    }
    for (const Row& row : test_.rows) {
      if (taken.contains(static_cast<size_t>(&row - test_.rows.data()))) continue;
      reader_.AddFault(node.place, "'arrival' leaves out the row '" + row.id + "'");
    }
  }

  void ReadExpected(YamlMap& map) {
    if (const YamlNode* child = map.Take("expect")) {
      test_.expect = ReadExpectations(*child, customer_, times_, reader_);
    }
    if (const YamlNode* child = map.Take("dead_letters")) {
      test_.dead_letters = ReadExpectedRows(*child, DeadLetterFields(), times_, reader_);
    }
    if (const YamlNode* child = map.Take("duplicates")) {
      test_.duplicates = reader_.ReadInteger(*child, 0, static_cast<int64_t>(kTestRowsMax));
    }
    const bool expects = ExpectsAnything(test_.expect) || !test_.dead_letters.empty() ||
                         test_.duplicates ||
                         std::ranges::any_of(test_.rows, [](const Row& row) {
                           return ExpectsAnything(row.expect);
                         });
    if (!expects) {
      reader_.AddFault(test_.place, "this test expects nothing, so it can't fail",
                       "say what is to come out under 'expect'");
    }
  }

  static bool ExpectsAnything(const std::vector<Expectation>& expectations) {
    return std::ranges::any_of(expectations, [](const Expectation& e) {
      return e.steps || e.sessions || !e.signals.empty() || !e.no_signals.empty() || e.only ||
             e.journeys || e.profile || e.open_session;
    });
  }

  YamlReader& reader_;
  TestCase test_;
  std::string customer_;
  Times times_;
};

void ReadSettings(const YamlNode& node, const std::string& prefix, YamlReader& reader,
                  TestFile& out) {
  if (!reader.ExpectMap(node)) return;
  for (const YamlNode& child : node.children) {
    const std::string name = prefix + child.key;
    if (child.IsMap()) {
      ReadSettings(child, name + ".", reader, out);
    } else if (const std::string text = reader.ReadText(child); !text.empty()) {
      out.settings.push_back({name + "=" + text, child.key_place});
    }
  }
}

}  // namespace

const std::string* ExpectedRow::Find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &ExpectedField::name);
  return found == fields.end() ? nullptr : &found->value;
}

TestFile ParseTestFile(std::string_view yaml, const std::string& file,
                       std::vector<Fault>& faults) {
  TestFile out;
  out.file = file;
  const auto root = model::ParseYaml(yaml, file, faults);
  if (!root) return out;
  YamlReader reader(file, faults);
  YamlMap map(*root, reader);
  if (const YamlNode* child = map.Take("models")) out.models = reader.ReadPlacedTexts(*child);
  if (const YamlNode* child = map.Take("settings")) ReadSettings(*child, "", reader, out);
  const YamlNode* const tests = map.Require("tests", "a test file");
  map.RefuseRest();
  if (tests == nullptr || !reader.ExpectList(*tests)) return out;
  if (tests->children.empty()) reader.AddFault(tests->place, "a test file needs a test");
  std::set<std::string> names;
  for (const YamlNode& node : tests->children) {
    const TestCase& test = out.tests.emplace_back(TestParser(reader).Read(node));
    if (!test.name.empty() && !names.insert(test.name).second) {
      reader.AddFault(test.place, "another test has this name, too", "names tell tests apart");
    }
  }
  return out;
}

}  // namespace waymark::scenario
