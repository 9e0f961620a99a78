#include "exports/xes_writer.h"

#include "exports/text.h"

namespace waymark::exports {
namespace {

constexpr std::string_view kHead =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
 <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
 <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
 <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
 <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
 <global scope="trace">
  <string key="concept:name" value=""/>
 </global>
 <global scope="event">
  <string key="concept:name" value=""/>
  <date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/>
  <string key="lifecycle:transition" value="complete"/>
 </global>
 <classifier name="Activity" scope="event" keys="concept:name"/>
)";

std::string_view TagOf(ValueType type) {
  switch (type) {
    case ValueType::kText: return "string";
    case ValueType::kInteger: return "int";
    case ValueType::kMillionths: return "float";
    case ValueType::kTime: return "date";
  }
  return {};
}

void AppendAttribute(std::string_view key, ValueType type, const Value& value,
                     std::string_view indent, std::string& out) {
  out.append(indent).append("<").append(TagOf(type)).append(" key=\"");
  AppendXml(key, out);
  out += "\" value=\"";
  switch (type) {
    case ValueType::kText: AppendXml(value.text, out); break;
    case ValueType::kInteger: out += std::to_string(value.number); break;
    case ValueType::kMillionths: AppendMillionths(value.number, out); break;
    case ValueType::kTime: AppendTime(value.number, out); break;
  }
  out += "\"/>\n";
}

}  // namespace

XesWriter::XesWriter(const Selection& selection, std::vector<Column> columns,
                     std::unique_ptr<files::ByteWriter> writer)
    : selection_(selection), columns_(std::move(columns)), output_(std::move(writer)) {}

base::Status XesWriter::Begin() {
  output_.text() += kHead;
  return {};
}

// The same for all events of a case.
bool XesWriter::IsOfCase(const Column& column) const {
  switch (column.subject) {
    case Subject::kCustomer: return true;
    case Subject::kJourney: return selection_.case_by == CaseBy::kJourney;
    case Subject::kSession: return selection_.case_by == CaseBy::kSession;
    default: return false;
  }
}

void XesWriter::AppendColumn(const Column& column, const Event& event, std::string_view indent) {
  const auto value = column.Of(event);
  if (value) AppendAttribute(column.xes_key, column.type, *value, indent, output_.text());
}

base::Status XesWriter::BeginCase(std::string_view id, const Event& last) {
  constexpr std::string_view kIndent = "  ";
  output_.text() += " <trace>\n";
  AppendAttribute("concept:name", ValueType::kText, {id, 0}, kIndent, output_.text());
  for (const Column& column : columns_) {
    const bool is_name = column.name == "journey" || column.name == "session";
    const bool is_told = IsOfCase(column) || column.subject == Subject::kPerson;
    if (is_told && !is_name) AppendColumn(column, last, kIndent);
  }
  return {};
}

base::Status XesWriter::AddEvent(const Event& event) {
  constexpr std::string_view kIndent = "   ";
  std::string& out = output_.text();
  out += "  <event>\n";
  activity_.clear();
  AppendActivity(event, selection_.activity, activity_);
  AppendAttribute("concept:name", ValueType::kText, {activity_, 0}, kIndent, out);
  AppendAttribute("time:timestamp", ValueType::kTime,
                  {{}, event.interaction->time.value_or(0)}, kIndent, out);
  AppendAttribute("lifecycle:transition", ValueType::kText, {"complete", 0}, kIndent, out);
  for (const Column& column : columns_) {
    if (!IsOfCase(column)) AppendColumn(column, event, kIndent);
  }
  out += "  </event>\n";
  return output_.Pass();
}

base::Status XesWriter::EndCase() {
  output_.text() += " </trace>\n";
  return {};
}

base::Status XesWriter::End() {
  output_.text() += "</log>\n";
  return output_.Close();
}

}  // namespace waymark::exports
