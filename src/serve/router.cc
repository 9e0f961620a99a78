#include "serve/router.h"

#include "base/check.h"

namespace waymark::serve {
namespace {

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> out;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    out.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool fits = IsParameter(pattern[i]) ? !segments[i].empty() : pattern[i] == segments[i];
    if (!fits) return false;
  }
  return true;
}

// Whether `a` has a literal segment earlier than `b`.
bool IsCloser(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (IsParameter(a[i]) != IsParameter(b[i])) return IsParameter(b[i]);
  }
  return false;
}

std::optional<char> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<char>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<char>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<char>(c - 'A' + 10);
  return std::nullopt;
}

std::string MethodsOf(const std::map<std::string, Handler>& handlers) {
  std::string out;
  for (const auto& [method, handler] : handlers) {
    out += (out.empty() ? "" : ", ") + method;
    if (method == "GET") out += ", HEAD";
  }
  return out;
}

}  // namespace

void Router::Add(std::string method, std::string pattern, Handler handler) {
  for (Route& route : routes_) {
    if (route.pattern != pattern) continue;
    const bool fresh = route.handlers.emplace(std::move(method), std::move(handler)).second;
    WAYMARK_CHECK(fresh, "a method of a path has one handler");
    return;
  }
  Route route{pattern, Split(pattern), {}};
  route.handlers.emplace(std::move(method), std::move(handler));
  routes_.push_back(std::move(route));
}

void Router::WrapAll(const std::function<Handler(Handler)>& wrap) {
  for (Route& route : routes_) {
    for (auto& [method, handler] : route.handlers) handler = wrap(std::move(handler));
  }
}

std::vector<std::pair<std::string, std::string>> Router::Routes() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Route& route : routes_) {
    for (const auto& [method, handler] : route.handlers) out.emplace_back(method, route.pattern);
  }
  return out;
}

const Router::Route* Router::FindRoute(const std::vector<std::string>& segments) const {
  const Route* best = nullptr;
  for (const Route& route : routes_) {
    if (!Matches(route.segments, segments)) continue;
    if (best == nullptr || IsCloser(route.segments, best->segments)) best = &route;
  }
  return best;
}

Router::Match Router::Find(std::string_view method, std::string_view path) const {
  std::vector<std::string> segments = Split(path);
  for (std::string& segment : segments) {
    auto decoded = DecodePercent(segment, false);
    if (!decoded) return {};
    segment = *std::move(decoded);
  }
  const Route* route = FindRoute(segments);
  if (route == nullptr) return {};
  Match match;
  match.pattern = route->pattern;
  const auto found = route->handlers.find(std::string(method == "HEAD" ? "GET" : method));
  if (found == route->handlers.end()) {
    match.allowed = MethodsOf(route->handlers);
    return match;
  }
  match.handler = &found->second;
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string& name = route->segments[i];
    if (IsParameter(name)) match.parameters[name.substr(1, name.size() - 2)] = segments[i];
  }
  return match;
}

std::optional<std::string> DecodePercent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = HexDigit(text[i + 1]);
      const auto low = HexDigit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return out;
}

std::optional<Target> ParseTarget(std::string_view target) {
  if (!target.starts_with('/')) return std::nullopt;
  const size_t question = target.find('?');
  Target out;
  out.raw_path = target.substr(0, question);
  auto path = DecodePercent(out.raw_path, false);
  if (!path) return std::nullopt;
  out.path = *std::move(path);
  std::string_view query =
      question == std::string_view::npos ? "" : target.substr(question + 1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    auto name = DecodePercent(pair.substr(0, equals), true);
    auto value =
        DecodePercent(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    if (!name->empty()) out.query[*name] = *value;
  }
  return out;
}

}  // namespace waymark::serve
