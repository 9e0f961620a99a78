#include "codec/csv.h"

#include <fmt/format.h>

#include <utility>

#include "codec/csv_join_table.h"
#include "codec/csv_plan.h"
#include "codec/utf8.h"

namespace waymark::codec {

using base::Status;
using base::StatusCode;
using model::DeadLetterReason;

namespace {

// The beginning of a text, for messages; no character is cut in two.
model::Text Beginning(model::Text text) {
  constexpr size_t kBytesMax = 64;
  if (text.size() <= kBytesMax) return text;
  size_t end = kBytesMax;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

struct CsvMapping::Impl {
  CsvPlan plan;
  std::vector<CsvJoinTable> tables;
  RowSplitter splitter{CsvDialect{}};
  size_t width = 0;  // of the header
  CsvRow row;

  // Splits the row and finds what is joined to it.
  const char* Prepare(std::string_view text) {
    if (!IsUtf8(text)) return "not UTF-8";
    if (const char* fault = splitter.Split(text, row.cells)) return fault;
    if (row.cells.size() != width) return "not as many columns as the header";
    for (size_t i = 0; i < tables.size(); ++i) {
      WAYMARK_CHECK(tables[i].loaded(), "every join is loaded before the first row");
      row.joined[i] = tables[i].Find(plan.joins[i].here, plan.columns, row);
    }
    return nullptr;
  }

  std::optional<Refusal> SetFields(model::Interaction& value) {
    std::optional<Refusal> refusal;
    for (const CsvTarget& target : plan.targets) {
      const auto result = Evaluate(target.value, plan.columns, row);
      if (!result) continue;
      const char* fault = target.set(*result, value);
      // The other fields are still set: whoever keeps the refused row wants to know its time.
      if (fault != nullptr && !refusal) {
        refusal = {DeadLetterReason::kBadValue,
                   fmt::format("{}: \"{}\" is {}", target.path, Beginning(result->text), fault)};
      }
    }
    return refusal;
  }

  void SetLists(model::Interaction& value) {
    for (const CsvEntry& entry : plan.identifiers) {
      if (const auto result = Evaluate(entry.value, plan.columns, row)) {
        value.identifiers.push_back({entry.name, result->text});
      }
    }
    SetMap(plan.profile, value.profile);
    SetMap(plan.attributes, value.attributes);
  }

  void SetMap(const std::vector<CsvEntry>& entries, model::TextMap& map) {
    for (const CsvEntry& entry : entries) {
      if (const auto result = Evaluate(entry.value, plan.columns, row)) {
        map.push_back({entry.name, result->text});
      }
    }
  }
};

CsvMapping::CsvMapping() : impl_(std::make_unique<Impl>()) {}
CsvMapping::~CsvMapping() = default;

std::unique_ptr<CsvMapping> CsvMapping::Parse(std::string_view yaml, const std::string& file,
                                              std::vector<model::Fault>& faults) {
  const size_t faults_before = faults.size();
  std::unique_ptr<CsvMapping> mapping(new CsvMapping());
  Impl& impl = *mapping->impl_;
  impl.plan = ParseCsvPlan(yaml, file, faults);
  if (faults.size() != faults_before) return nullptr;
  impl.splitter = RowSplitter(impl.plan.dialect);
  impl.tables.resize(impl.plan.joins.size());
  impl.row.joined.resize(impl.plan.joins.size());
  return mapping;
}

std::vector<std::string> CsvMapping::joins() const {
  std::vector<std::string> files;
  for (const CsvJoin& join : impl_->plan.joins) files.push_back(join.file);
  return files;
}

Status CsvMapping::LoadJoin(size_t index, std::string_view text) {
  std::vector<CsvColumn*> columns;
  for (CsvColumn& column : impl_->plan.columns) {
    if (column.join == static_cast<int>(index)) columns.push_back(&column);
  }
  const CsvPlan& plan = impl_->plan;
  return impl_->tables[index].Load(text, plan.dialect, plan.joins[index], columns);
}

Status CsvMapping::ReadHeader(std::string_view line) {
  std::vector<model::Text> header;
  RowSplitter splitter(impl_->plan.dialect);
  if (const char* fault = splitter.Split(WithoutMark(line), header)) {
    return {StatusCode::kConfig, fmt::format("header: {}", fault)};
  }
  impl_->width = header.size();
  std::string message;
  std::string hint;
  for (CsvColumn& column : impl_->plan.columns) {
    if (column.join >= 0) continue;
    auto index = FindColumn(column.name, header);
    if (index.ok()) {
      column.index = *index;
      continue;
    }
    const Status status = index.status();
    if (!message.empty()) message += "; ";
    message += fmt::format("{} (mapping line {})", status.message(), column.place.line);
    if (!status.hint().empty()) {
      hint += fmt::format("{}`{}`: {}", hint.empty() ? "" : "; ", column.name, status.hint());
    }
  }
  if (message.empty()) return {};
  return {StatusCode::kConfig, std::move(message), std::move(hint)};
}

std::optional<Refusal> CsvMapping::Decode(std::string_view row, model::Interaction& value) {
  value.Clear();
  if (const char* fault = impl_->Prepare(row)) {
    return Refusal{DeadLetterReason::kUnparsable, fault};
  }
  auto refusal = impl_->SetFields(value);
  impl_->SetLists(value);
  return refusal;
}

std::string_view CsvMapping::NextRow(std::string_view& text) const {
  return TakeRow(text, impl_->plan.dialect);
}

}  // namespace waymark::codec
