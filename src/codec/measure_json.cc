#include "codec/measure_json.h"

#include <fmt/format.h>

#include "base/time.h"
#include "codec/json_writer.h"
#include "measure/names.h"

namespace waymark::codec {
namespace {

constexpr int64_t kDayMs = 86'400'000;

void AppendQuoted(Text text, std::string& out) {
  out.push_back('"');
  while (!text.empty()) {
    const size_t plain = PlainPrefix(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint8_t>(c));
    }
    text.remove_prefix(1);
  }
  out.push_back('"');
}

void AppendField(Text name, Text value, std::string& out) {
  if (value.empty()) return;
  fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
  AppendQuoted(value, out);
}

}  // namespace

void EncodeJson(const measure::CellKey& key, const measure::Cell& cell, std::string& out) {
  const std::string day = base::FormatRfc3339({key.day * kDayMs});
  fmt::format_to(std::back_inserter(out), "{{\"kind\":\"{}\"", measure::ToString(key.kind));
  if (key.kind != measure::CellKind::kStanding) {
    AppendField("day", Text(day).substr(0, day.find('T')), out);
  }
  AppendField("family", key.family, out);
  AppendField("model", key.model, out);
  if (!key.model.empty()) {
    fmt::format_to(std::back_inserter(out), ",\"model_version\":{}", key.model_version);
  }
  AppendField("persona", key.persona, out);
  AppendField("target_group", key.target_group, out);
  const auto& names = measure::PartNames(key.kind);
  for (size_t part = 0; part < names.size(); ++part) AppendField(names[part], key.parts[part], out);
  out += ",\"counts\":{";
  const char* comma = "";
  for (const measure::Cell::Entry& entry : cell.entries()) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", comma, measure::NameOf(entry.slot),
                   entry.value);
    comma = ",";
  }
  out += "}}";
}

}  // namespace waymark::codec
