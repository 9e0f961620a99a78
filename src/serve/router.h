#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/http_message.h"

namespace waymark::serve {

// Answers a request. Called on a thread of the server, by several at a time; keep it short.
using Handler = std::function<Response(const Request&)>;

// Which handler answers which method and path. Filled before the server starts, then only read.
class Router {
 public:
  // `pattern` is a path whose segments may be {names}: "/journeys/{profile}". Where several match,
  // the one with the earlier literal segment wins. A second handler for the same is a broken
  // invariant. HEAD is answered by the handler of GET.
  void Add(std::string method, std::string pattern, Handler handler);

  // Puts something around every handler so far.
  void WrapAll(const std::function<Handler(Handler)>& wrap);
  // Method and pattern of each handler, in the order in which paths were added.
  std::vector<std::pair<std::string, std::string>> Routes() const;

  struct Match {
    const Handler* handler = nullptr;  // null: no route (allowed is empty) or another method
    std::string_view pattern;          // of the route, whatever the method
    std::map<std::string, std::string> parameters;
    std::string allowed;  // "GET, HEAD": the methods of the path where the one asked for is not
  };
  // `path` as it came, percent signs still in it.
  Match Find(std::string_view method, std::string_view path) const;

 private:
  struct Route {
    std::string pattern;
    std::vector<std::string> segments;
    std::map<std::string, Handler> handlers;  // by method
  };
  const Route* FindRoute(const std::vector<std::string>& segments) const;
  std::vector<Route> routes_;
};

// Decodes %41 and, in a query, '+'; nothing where a percent sign is not followed by two digits.
std::optional<std::string> DecodePercent(std::string_view text, bool plus_is_space);

// A request target in its parts; nothing where it is malformed.
struct Target {
  std::string_view raw_path;
  std::string path;
  std::map<std::string, std::string> query;
};
std::optional<Target> ParseTarget(std::string_view target);

}  // namespace waymark::serve
