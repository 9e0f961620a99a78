#include "serve/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/hash.h"

namespace waymark::serve {
namespace {

constexpr std::string_view kIndex = "/web/index.html";

// Nothing but the page's own files may run, be shown or be asked for.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const char* TypeOf(std::string_view path) {
  struct Ending {
    std::string_view text;
    const char* type;
  };
  static constexpr std::array kEndings = {
      Ending{".html", "text/html; charset=utf-8"}, Ending{".css", "text/css; charset=utf-8"},
      Ending{".js", "text/javascript; charset=utf-8"}, Ending{".svg", "image/svg+xml"}};
  const auto at = std::ranges::find_if(
      kEndings, [&](const Ending& ending) { return path.ends_with(ending.text); });
  return at == kEndings.end() ? "application/octet-stream" : at->type;
}

Handler Serving(const Asset& asset) {
  const std::string tag = fmt::format("\"{:016x}\"", base::Hash64(asset.bytes));
  return [&asset, tag](const Request& request) {
    Response response;
    response.content_type = TypeOf(asset.path);
    response.headers = {{"ETag", tag},
                        {"Cache-Control", "no-cache"},
                        {"Content-Security-Policy", kPolicy},
                        {"Referrer-Policy", "no-referrer"}};
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second.find(tag) != std::string::npos) {
      response.code = 304;
    } else {
      response.body = asset.bytes;
    }
    return response;
  };
}

}  // namespace

bool IsPage(std::string_view path) { return path == "/" || path.starts_with("/web/"); }

void AddPage(Router& router) {
  for (const Asset& asset : Assets()) {
    if (asset.path == kIndex) router.Add("GET", "/", Serving(asset));
    router.Add("GET", std::string(asset.path), Serving(asset));
  }
}

}  // namespace waymark::serve
