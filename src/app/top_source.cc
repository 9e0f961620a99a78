#include "app/top_source.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "api/live_picture.h"
#include "api/map.h"
#include "app/measure_source.h"
#include "app/topic_source.h"
#include "serve/http_client.h"

namespace waymark::app {
namespace {

using base::Status;
using base::StatusCode;
using Json = nlohmann::ordered_json;

constexpr base::Millis kPatience{10'000};
constexpr size_t kBodyMax = size_t{64} << 20;

std::string Escaped(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
      out.push_back(c);
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

// Samples of one metric in the text of /metrics, all labels: each(value).
template <class Each>
void ForSamples(std::string_view text, std::string_view metric, Each each) {
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = text.substr(from, end - from);
    from = end + 1;
    if (!line.starts_with(metric) || line.size() == metric.size()) continue;
    if (const char next = line[metric.size()]; next != '{' && next != ' ') continue;
    const std::string_view number = line.substr(line.rfind(' ') + 1);
    double value = 0;
    const auto [stop, error] =
        std::from_chars(number.data(), number.data() + number.size(), value);
    if (error == std::errc()) each(value);
  }
}

struct Server {
  serve::Endpoint endpoint;
  serve::ClientTls tls = {};
  std::string token = {};
};

class ApiSource final : public TopSource {
 public:
  ApiSource(Server server, std::string model)
      : server_(std::move(server)), model_(std::move(model)) {}

  base::Result<TopFigures> Ask() override {
    TopFigures figures;
    figures.time = clock_.Now();
    WAYMARK_ASSIGN_OR_RETURN(const Json status, Get("/api/v1/status"));
    const Json measures = status.value("measures", Json::object());
    if (!measures.value("enabled", false)) {
      return Status(StatusCode::kConfig, name() + " keeps no figures",
                    "measures.enabled turns them on in a new deployment");
    }
    figures.is_complete = measures.value("complete", true);
    if (model_.empty()) {
      WAYMARK_RETURN_IF_ERROR(ChooseModel());
    }
    WAYMARK_ASSIGN_OR_RETURN(figures.map, Get("/api/v1/map?model=" + Escaped(model_)));
    AddMetrics(figures);
    return figures;
  }
  std::string name() const override {
    return serve::ToText(server_.endpoint);
  }

 private:
  base::Result<serve::Answer> GetRaw(const std::string& path) const {
    serve::Question question{.path = path, .timeout = kPatience, .body_bytes_max = kBodyMax};
    if (!server_.token.empty()) {
      question.headers.emplace_back("Authorization", "Bearer " + server_.token);
    }
    return serve::Ask(server_.endpoint, question, server_.tls);
  }
  base::Result<Json> Get(const std::string& path) const {
    auto answer = GetRaw(path);
    if (!answer.ok()) {
      return Status(answer.status().code(), answer.status().message(),
                    answer.status().hint().empty()
                        ? "does an instance run there? --url names another"
                        : answer.status().hint());
    }
    Json json = Json::parse(answer->body, nullptr, false);
    if (answer->code == 200 && json.is_object()) return json;
    return Refusal(answer->code, json);
  }

  Status Refusal(int code, const Json& json) const {
    const bool has_words = json.is_object() && json.contains("error") && json["error"].is_string();
    const std::string why =
        has_words ? json["error"].get<std::string>() : "it answers " + std::to_string(code);
    if (code == 401) {
      return {StatusCode::kConfig, name() + " wants a token: " + why,
              "name a file that holds it by --token-file"};
    }
    // Before it is ready, and where it is busy.
    const bool may_change = code == 503 || code == 429;
    std::string hint = may_change || !has_words ? "is that an instance of Waymark?" : "";
    if (has_words && json.contains("hint") && json["hint"].is_string()) hint = json["hint"];
    return {may_change ? StatusCode::kRetriable : StatusCode::kConfig, name() + ": " + why, hint};
  }

  Status ChooseModel() {
    WAYMARK_ASSIGN_OR_RETURN(const Json answer, Get("/api/v1/models"));
    int64_t most = -1;
    for (const Json& model : answer.value("models", Json::array())) {
      const int64_t started = model.value("journeys_started", int64_t{0});
      if (started <= most) continue;
      most = started;
      model_ = model.value("name", "");
    }
    if (!model_.empty()) return {};
    return {StatusCode::kRetriable, name() + " knows no model yet", "try again soon"};
  }

  void AddMetrics(TopFigures& figures) const {
    const auto answer = GetRaw("/metrics");
    if (!answer.ok() || answer->code != 200) return;
    ForSamples(answer->body, "waymark_records_consumed_total", [&](double value) {
      figures.consumed = figures.consumed.value_or(0) + value;
    });
    ForSamples(answer->body, "waymark_consumer_lag_seconds", [&](double value) {
      figures.lag_seconds = std::max(figures.lag_seconds.value_or(0), value);
    });
  }

  const base::SystemClock clock_;
  const Server server_;
  std::string model_;
};

// The topic of measures, read once more for each picture.
class MeasuresSource final : public TopSource {
 public:
  MeasuresSource(std::string address, Models models, std::string model)
      : address_(std::move(address)), models_(std::move(models)), model_(std::move(model)) {}

  base::Result<TopFigures> Ask() override {
    api::LivePicture picture(clock_);
    picture.SetModels(models_.compiled);
    Status status;
    picture.Update([&](measure::Picture& p) { status = ReadMeasures(address_, p); });
    WAYMARK_RETURN_IF_ERROR(status);
    if (model_.empty()) {
      for (const auto& [name, known] : picture.Read(measure::KnownModels)) {
        if (most_ >= known.started) continue;
        most_ = known.started;
        model_ = name;
      }
    }
    serve::Request request;
    request.query["model"] = model_;
    api::Question question;
    if (const auto refused = api::ReadQuestion(request, picture, question)) {
      const Json why = Json::parse(refused->body);
      return Status(StatusCode::kConfig, why["error"], why.value("hint", ""));
    }
    TopFigures figures;
    figures.time = clock_.Now();
    figures.map = picture.Read([&](const measure::Picture& p) {
      return api::MapJson(question, measure::Collect(p, question.selection));
    });
    return figures;
  }
  std::string name() const override { return address_; }

 private:
  const base::SystemClock clock_;
  const std::string address_;
  const Models models_;
  std::string model_;
  int64_t most_ = -1;
};

base::Result<std::string> ReadToken(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string token((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t end = token.find_last_not_of(" \t\r\n");
  token.erase(end == std::string::npos ? 0 : end + 1);
  const bool is_line = std::ranges::all_of(token, [](char c) { return c > ' ' && c < 127; });
  if (file.bad() || token.empty() || !is_line) {
    return Status(StatusCode::kConfig, path + ": holds no token",
                  "a file with the token alone, as http.token names it");
  }
  return token;
}

}  // namespace

base::Result<std::unique_ptr<TopSource>> OpenTopSource(const TopOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.common));
  const config::Settings& settings = configuration.settings;
  if (TopicSource::IsAddress(options.url)) {
    WAYMARK_ASSIGN_OR_RETURN(Models models, LoadModels(options.common, settings));
    return std::unique_ptr<TopSource>(
        std::make_unique<MeasuresSource>(options.url, std::move(models), options.model));
  }
  // The service of this machine, by its own settings.
  Server server{.endpoint = {.host = settings.http.address,
                             .port = static_cast<uint16_t>(settings.http.port),
                             .tls = TlsFilesOf(settings).enabled()},
                .tls = {.verifies = false},
                .token = settings.http.token};
  std::string& host = server.endpoint.host;
  if (host == "0.0.0.0" || host == "::") host = "localhost";
  if (!options.url.empty()) {
    server = {};
    WAYMARK_ASSIGN_OR_RETURN(server.endpoint, serve::ParseEndpoint(options.url));
  }
  if (!options.ca_file.empty()) server.tls = {.verifies = true, .ca = options.ca_file};
  if (!options.token_file.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(server.token, ReadToken(options.token_file));
  }
  return std::unique_ptr<TopSource>(
      std::make_unique<ApiSource>(std::move(server), options.model));
}

}  // namespace waymark::app
