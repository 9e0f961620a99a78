#include "exports/csv_writer.h"

#include "exports/text.h"

namespace waymark::exports {
namespace {

void AppendValue(ValueType type, const Value& value, std::string& out) {
  switch (type) {
    case ValueType::kText: return AppendCsv(value.text, out);
    case ValueType::kInteger: out += std::to_string(value.number); return;
    case ValueType::kMillionths: return AppendMillionths(value.number, out);
    case ValueType::kTime: return AppendTime(value.number, out);
  }
}

}  // namespace

CsvWriter::CsvWriter(const Selection& selection, std::vector<Column> columns,
                     std::unique_ptr<files::ByteWriter> writer)
    : selection_(selection), columns_(std::move(columns)), output_(std::move(writer)) {}

base::Status CsvWriter::Begin() {
  std::string& out = output_.text();
  out += "case,activity,timestamp";
  for (const Column& column : columns_) {
    out += ',';
    AppendCsv(column.name, out);
  }
  out += "\r\n";
  return {};
}

base::Status CsvWriter::BeginCase(std::string_view id, const Event& /*last*/) {
  case_.clear();
  AppendCsv(id, case_);
  return {};
}

base::Status CsvWriter::AddEvent(const Event& event) {
  std::string& out = output_.text();
  out.append(case_).append(",");
  activity_.clear();
  AppendActivity(event, selection_.activity, activity_);
  AppendCsv(activity_, out);
  out += ',';
  AppendTime(event.interaction->time.value_or(0), out);
  for (const Column& column : columns_) {
    out += ',';
    if (const auto value = column.Of(event)) AppendValue(column.type, *value, out);
  }
  out += "\r\n";
  return output_.Pass();
}

}  // namespace waymark::exports
