#include "app/test_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include "app/table.h"

namespace waymark::app {
namespace {

using scenario::CustomerResult;
using scenario::Facts;
using scenario::ValueOf;

constexpr const char* kIndent = "    ";

// A value of several lines goes on under its first.
void AppendValue(const char* name, const std::string& value, std::string& out) {
  std::string text = value;
  const std::string indent = std::string("\n") + kIndent + "          ";
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    text.replace(at, 1, indent);
  }
  out.append(kIndent).append(name).append(text).push_back('\n');
}

// "purchase-1 use/delivery".
std::string PlacementText(const std::vector<Facts>& placements) {
  std::string out;
  for (const Facts& placement : placements) {
    out.append(out.empty() ? "" : ", ").append(ValueOf(placement, "journey"));
    const std::string station = ValueOf(placement, "station");
    if (placement.contains("stage")) out.append(" ").append(ValueOf(placement, "stage"));
    if (!station.empty()) out.append("/").append(station);
  }
  return out;
}

std::string SignalText(const Facts& signal) {
  std::string out = "  " + ValueOf(signal, "kind");
  if (signal.contains("name")) out.append(" ").append(ValueOf(signal, "name"));
  return out;
}

struct TableRow {
  std::string time;
  bool is_signal;
  std::vector<std::string> cells;
};

std::vector<TableRow> RowsOf(const CustomerResult& customer) {
  std::vector<TableRow> rows;
  for (const scenario::StepResult& step : customer.steps) {
    std::string what = ValueOf(step.facts, "channel") + " " + ValueOf(step.facts, "action");
    if (step.facts.contains("touchpoint")) what += " " + ValueOf(step.facts, "touchpoint");
    rows.push_back({ValueOf(step.facts, "at"), false,
                    {ValueOf(step.facts, "at"), ValueOf(step.facts, "id"), what,
                     ValueOf(step.facts, "session"), PlacementText(step.placements)}});
  }
  for (const Facts& signal : customer.signals) {
    rows.push_back({ValueOf(signal, "at"), true,
                    {ValueOf(signal, "at"), ValueOf(signal, "evidence"), SignalText(signal), "",
                     ValueOf(signal, "journey")}});
  }
  // Times as written sort as times, but for fractions of a second.
  std::ranges::stable_sort(rows, {}, [](const TableRow& row) {
    return std::pair(base::ParseRfc3339(row.time).value_or(base::Timestamp()), row.is_signal);
  });
  return rows;
}

void AppendCustomer(const std::string& id, const CustomerResult& customer,
                    std::optional<size_t> width, std::string& out) {
  out.append(kIndent).append("what came out for ").append(id).append(":\n");
  Table table({"time", "row", "what", "session", "journey"});
  for (TableRow& row : RowsOf(customer)) table.Add(std::move(row.cells));
  if (table.empty()) {
    out.append(kIndent).append("nothing\n");
    return;
  }
  out.append(table.Text(width, kIndent));
  for (const Facts& journey : customer.journeys) {
    out.append(kIndent).append(ValueOf(journey, "journey")).append(" is ");
    out.append(ValueOf(journey, "status")).append(", ").append(ValueOf(journey, "stage"));
    out.append(" since ").append(ValueOf(journey, "stage_entered")).push_back('\n');
  }
}

}  // namespace

std::string FailureText(const std::string& file, const scenario::TestResult& result,
                        std::optional<size_t> width) {
  std::string out = "FAIL  " + result.test->name + "\n";
  std::set<std::string> customers;
  for (const scenario::Failure& failure : result.failures) {
    out.append("  ").append(file).append(":").append(std::to_string(failure.place.line));
    out.append(":").append(std::to_string(failure.place.column)).append(": ");
    if (!failure.customer.empty()) out.append(failure.customer).append(": ");
    out.append(failure.what).push_back('\n');
    AppendValue("expected  ", failure.expected, out);
    AppendValue("found     ", failure.found, out);
    if (!failure.customer.empty()) customers.insert(failure.customer);
  }
  for (const std::string& id : customers) {
    const auto found = result.result.customers.find(id);
    static const CustomerResult kNothing;
    AppendCustomer(id, found == result.result.customers.end() ? kNothing : found->second, width,
                   out);
  }
  return out;
}

}  // namespace waymark::app
