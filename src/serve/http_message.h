#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/body_stream.h"

namespace waymark::serve {

// A request as a handler sees it. Percent signs in path and query are decoded.
struct Request {
  std::string method;  // "GET" for HEAD too: the server leaves the body out
  std::string path;
  std::map<std::string, std::string> parameters;  // from the {names} of the route
  std::map<std::string, std::string> query;       // of a repeated name the last counts
  std::map<std::string, std::string> headers;     // names in lower case
  std::string body;
};

// Of a response whose body goes on.
struct Streaming {
  // Called once where the client is to get the body (a HEAD gets none), on a thread of the server.
  std::function<void(std::shared_ptr<BodyStream>)> begin;
  // Written where nothing else has been for HttpOptions::heartbeat; it must mean nothing.
  std::string heartbeat;
};

struct Response {
  int code = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<Streaming> streaming = {};  // then `body` is left out
};

// {"error":…,"hint":…}, the form of every refusal. The hint may be empty and is then left out.
Response ErrorResponse(int code, std::string_view error, std::string_view hint);

}  // namespace waymark::serve
