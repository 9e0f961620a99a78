#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

struct Response {
  int code = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// {"error":…,"hint":…}, the form of every refusal. The hint may be empty and is then left out.
Response ErrorResponse(int code, std::string_view error, std::string_view hint);

}  // namespace waymark::serve
