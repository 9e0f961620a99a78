#include "api/measures_view.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/selection.h"
#include "base/hash.h"
#include "codec/api_messages.h"
#include "codec/measure_json.h"
#include "measure/names.h"
#include "serve/accept.h"

namespace waymark::api {
namespace {

using measure::Cell;
using measure::CellKey;
using measure::CellKind;
using serve::ErrorResponse;
using serve::Form;
using serve::Request;
using serve::Response;

constexpr size_t kLimitDefault = 100;
constexpr size_t kLimitMost = 1'000;

struct Wish {
  std::optional<CellKind> kind;
  std::optional<std::string> model;
  std::optional<int32_t> version;
  std::optional<std::string> persona;
  std::optional<std::string> target_group;
  std::optional<int32_t> from;
  std::optional<int32_t> to;
  size_t limit = kLimitDefault;
  std::string after;  // bytes of a key
};

template <class Number>
bool ParseNumber(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    uint8_t byte = 0;
    const auto parsed = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::optional<Response> ReadWish(const Request& request, Wish& wish) {
  if (auto refused = RefuseUnknown(request, {"kind", "model", "version", "persona", "target_group",
                                             "from", "to", "limit", "after"})) {
    return refused;
  }
  if (const auto kind = Parameter(request, "kind")) {
    wish.kind = measure::ParseCellKind(*kind);
    if (!wish.kind) {
      return ErrorResponse(400, "kind is none of those there are: " + *kind,
                           "see MeasureKey.Kind in proto/waymark/v1/measures.proto");
    }
  }
  if (const auto version = Parameter(request, "version")) {
    if (!ParseNumber(*version, wish.version.emplace())) {
      return ErrorResponse(400, "version is no number: " + *version, {});
    }
  }
  const auto limit = Parameter(request, "limit");
  const bool is_good = !limit || (ParseNumber(*limit, wish.limit) && wish.limit >= 1 &&
                                  wish.limit <= kLimitMost);
  if (!is_good) {
    return ErrorResponse(400, "limit is none: " + *limit,
                         "a number from 1 to " + std::to_string(kLimitMost));
  }
  wish.model = Parameter(request, "model");
  wish.persona = Parameter(request, "persona");
  wish.target_group = Parameter(request, "target_group");
  if (const auto after = Parameter(request, "after")) {
    auto bytes = FromHex(*after);
    if (!bytes) return ErrorResponse(400, "after is none: " + *after, "it is `next` of a page");
    wish.after = *std::move(bytes);
  }
  if (auto refused = ReadDay(request, "from", wish.from)) return refused;
  return ReadDay(request, "to", wish.to);
}

// What is of no day belongs to no period.
bool IsAskedFor(const Wish& wish, const CellKey& key) {
  const bool has_day = key.kind != CellKind::kStanding;
  return (!wish.kind || key.kind == *wish.kind) && (!wish.model || key.model == *wish.model) &&
         (!wish.version || key.model_version == *wish.version) &&
         (!wish.persona || key.persona == *wish.persona) &&
         (!wish.target_group || key.target_group == *wish.target_group) &&
         (!wish.from || (has_day && key.day >= *wish.from)) &&
         (!wish.to || (has_day && key.day <= *wish.to));
}

struct Row {
  std::string key;
  Cell cell;
};

// The first ones behind the cursor; `more` tells whether others follow. Keeps no more than it
// gives, however many cells there are.
std::vector<Row> TakeRows(const measure::Picture& picture, const Wish& wish, bool& more) {
  std::vector<Row> heap;  // the greatest key on top
  const auto by_key = [](const Row& a, const Row& b) { return a.key < b.key; };
  std::string key;
  picture.ForEach(wish.from, wish.to, [&](const CellKey& at, const Cell& cell) {
    if (cell.IsZero() || !IsAskedFor(wish, at)) return;
    key.clear();
    measure::AppendKey(at, key);
    if (!wish.after.empty() && key <= wish.after) return;
    const bool is_full = heap.size() == wish.limit;
    more |= is_full;
    if (is_full && key >= heap.front().key) return;
    if (is_full) {
      std::ranges::pop_heap(heap, by_key);
      heap.pop_back();
    }
    heap.push_back({key, cell});
    std::ranges::push_heap(heap, by_key);
  });
  std::ranges::sort_heap(heap, by_key);
  return heap;
}

std::string JsonOf(const std::vector<Row>& rows, const std::string& next) {
  std::string body = "{\"cells\":[";
  for (const Row& row : rows) {
    if (&row != &rows.front()) body += ',';
    CellKey key;
    measure::ParseKey(row.key, key);
    codec::EncodeJson(key, row.cell, body);
  }
  body += ']';
  if (!next.empty()) body.append(",\"next\":\"").append(next).append("\"");
  return body + "}";
}

std::string ProtobufOf(const std::vector<Row>& rows, const std::string& next) {
  std::string body;
  for (const Row& row : rows) {
    CellKey key;
    measure::ParseKey(row.key, key);
    codec::AppendRow(key, row.cell, body);
  }
  if (!next.empty()) codec::AppendNext(next, body);
  return body;
}

}  // namespace

Response MeasuresPage(const LivePicture& picture, const Request& request) {
  const auto form = serve::FormAskedFor(request);
  if (!form) return serve::NotAcceptable(true);
  Wish wish;
  if (auto refused = ReadWish(request, wish)) return *refused;
  bool more = false;
  const auto rows = picture.Read([&](const measure::Picture& p) {
    return TakeRows(p, wish, more);
  });
  const std::string next = more ? base::ToHex(rows.back().key) : std::string();
  Response response;
  response.body = *form == Form::kJson ? JsonOf(rows, next) : ProtobufOf(rows, next);
  if (*form == Form::kProtobuf) response.content_type = serve::kProtobufType;
  response.headers = {{"Cache-Control", "no-store"}, {"Vary", "Accept"}};
  return response;
}

}  // namespace waymark::api
