#include "app/profile_page.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "api/selection.h"
#include "base/hash.h"
#include "codec/api_messages.h"
#include "codec/json.h"
#include "engine/keys.h"
#include "explain/explanation.h"

namespace waymark::app {
namespace {

using serve::ErrorResponse;
using serve::Form;
using serve::Request;
using serve::Response;

constexpr size_t kLimitMost = 500;

Response ResponseOf(std::string body, Form form) {
  Response response;
  if (form == Form::kProtobuf) response.content_type = serve::kProtobufType;
  response.body = std::move(body);
  response.headers = {{"Cache-Control", "no-store"}, {"Vary", "Accept"}};
  return response;
}

std::string KeyOf(const model::Step& step) {
  std::string order;
  engine::AppendOrderBytes(model::OrderOf(step.interaction), order);
  return base::ToHex(order);
}

std::string KeyOf(const model::Signal& signal) {
  std::string key;
  engine::AppendNumber(signal.time, key);
  key.append(signal.id);
  return base::ToHex(key);
}

template <class Row>
struct Page {
  std::vector<const Row*> rows;  // newest first
  std::string next;              // empty: nothing is older
};

// Rows have rising keys, newest last; they may come in any order.
template <class Row>
Page<Row> TakePage(const std::vector<Row>& all, const PageWish& wish) {
  std::vector<std::pair<std::string, const Row*>> rows;
  for (const Row& row : all) {
    std::string key = KeyOf(row);
    if (wish.before.empty() || key < wish.before) rows.emplace_back(std::move(key), &row);
  }
  std::ranges::sort(rows, [](const auto& a, const auto& b) { return a.first > b.first; });
  Page<Row> page;
  const size_t count = std::min(wish.limit, rows.size());
  for (size_t i = 0; i < count; ++i) page.rows.push_back(rows[i].second);
  if (count < rows.size()) page.next = rows[count - 1].first;
  return page;
}

// {"NAME":[…],"next":…}
class JsonPage {
 public:
  explicit JsonPage(std::string_view name) {
    text_.append("{\"").append(name).append("\":[");
  }
  // The caller appends one JSON value to it.
  std::string& Begin() {
    if (!first_) text_ += ',';
    first_ = false;
    return text_;
  }
  std::string End(const std::string& next) {
    text_ += ']';
    if (!next.empty()) text_.append(",\"next\":\"").append(next).append("\"");
    return std::move(text_) + "}";
  }

 private:
  std::string text_;
  bool first_ = true;
};

// The sentences of these signals by their ids.
std::map<std::string, std::string, std::less<>> SentencesOf(
    const explain::Timeline& timeline, const std::vector<const model::Signal*>& signals) {
  std::map<std::string, std::string, std::less<>> sentences;
  explain::SignalIds ids;
  for (const model::Signal* signal : signals) ids.emplace(signal->id);
  explain::ExplainEach(timeline, std::move(ids), [&](const explain::Explanation& told) {
    sentences.emplace(told.trace->signal().id, told.sentence);
  });
  return sentences;
}

void AppendJson(const model::Signal& signal, const std::string& sentence, std::string& out) {
  codec::EncodeJson(signal, out);
  if (sentence.empty()) return;
  const nlohmann::json quoted = sentence;
  out.pop_back();  // The brace of the object, which goes on.
  out += ",\"explanation\":{\"sentence\":" +
         quoted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "}}";
}

}  // namespace

std::optional<Response> ReadPage(const Request& request, PageWish& page) {
  if (auto refused = api::RefuseUnknown(request, {"limit", "before"})) return refused;
  const std::string limit = api::Parameter(request, "limit").value_or("");
  if (!limit.empty()) {
    const char* const end = limit.data() + limit.size();
    const auto parsed = std::from_chars(limit.data(), end, page.limit);
    if (parsed.ec != std::errc() || parsed.ptr != end || page.limit < 1 ||
        page.limit > kLimitMost) {
      return ErrorResponse(400, "limit is none: " + limit,
                           "a number from 1 to " + std::to_string(kLimitMost));
    }
  }
  page.before = api::Parameter(request, "before").value_or("");
  return std::nullopt;
}

Response ProfileResponse(const ProfileView& view, Form form) {
  codec::ProfileFacts facts{view.profile.state.interactions, std::nullopt};
  if (view.horizon > base::Timestamp::min()) facts.as_of = view.horizon.ms;
  std::string body;
  if (form == Form::kProtobuf) {
    codec::EncodeProfileAnswer(view.journeys, facts, body);
    return ResponseOf(std::move(body), form);
  }
  codec::EncodeJson(view.journeys, body);
  body.pop_back();  // The brace of the object, which goes on.
  body += ",\"interactions\":" + std::to_string(facts.interactions);
  if (facts.as_of) body += ",\"as_of\":" + std::to_string(*facts.as_of);
  return ResponseOf(body + "}", form);
}

Response TimelineResponse(const ProfileView& view, const PageWish& wish, Form form) {
  const auto page = TakePage(view.steps, wish);
  if (form == Form::kProtobuf) {
    std::string body;
    for (const model::Step* step : page.rows) codec::AppendRow(*step, body);
    if (!page.next.empty()) codec::AppendNext(page.next, body);
    return ResponseOf(std::move(body), form);
  }
  JsonPage json("steps");
  for (const model::Step* step : page.rows) codec::EncodeJson(*step, json.Begin());
  return ResponseOf(json.End(page.next), form);
}

Response SignalsResponse(const ProfileView& view, const explain::Timeline& timeline,
                         const PageWish& wish, Form form) {
  const auto page = TakePage(view.signals, wish);
  auto sentences = SentencesOf(timeline, page.rows);
  if (form == Form::kProtobuf) {
    std::string body;
    for (const model::Signal* signal : page.rows) {
      codec::AppendRow(*signal, sentences[std::string(signal->id)], body);
    }
    if (!page.next.empty()) codec::AppendNext(page.next, body);
    return ResponseOf(std::move(body), form);
  }
  JsonPage json("signals");
  for (const model::Signal* signal : page.rows) {
    AppendJson(*signal, sentences[std::string(signal->id)], json.Begin());
  }
  return ResponseOf(json.End(page.next), form);
}

}  // namespace waymark::app
