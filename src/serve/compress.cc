#include "serve/compress.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace waymark::serve {
namespace {

constexpr size_t kLeast = 1024;
constexpr int kLevel = 4;           // about twice as fast as the usual 6, a few percent larger
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;

using Header = std::pair<std::string, std::string>;

// Bytes of these are compressed already, or come one by one.
bool IsWorthIt(const Response& response) {
  const std::string& type = response.content_type;
  return response.code == 200 && response.body.size() >= kLeast &&
         (type.starts_with("text/") || type.starts_with("application/")) &&
         type != "text/event-stream" &&
         std::ranges::find(response.headers, "Content-Encoding", &Header::first) ==
             response.headers.end();
}

std::optional<std::string> Gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return std::nullopt;
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return done ? std::optional(std::move(out)) : std::nullopt;
}

void AddVary(Response& response) {
  for (auto& [name, value] : response.headers) {
    if (name != "Vary") continue;
    if (value.find("Accept-Encoding") == std::string::npos) value += ", Accept-Encoding";
    return;
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
}

}  // namespace

bool TakesGzip(const Request& request) {
  const auto header = request.headers.find("accept-encoding");
  if (header == request.headers.end()) return false;
  const std::string& said = header->second;
  const size_t at = said.find("gzip");
  if (at == std::string::npos) return false;
  const std::string rest = said.substr(at + 4, said.find(',', at) - at - 4);
  return rest.find("q=0") == std::string::npos || rest.find("q=0.") != std::string::npos;
}

Response Packed(const Request& request, Response response) {
  if (!IsWorthIt(response)) return response;
  AddVary(response);
  if (!TakesGzip(request)) return response;
  auto packed = Gzip(response.body);
  if (!packed) return response;
  response.body = *std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
  for (auto& [name, value] : response.headers) {
    if (name == "ETag" && !value.starts_with("W/")) value = "W/" + value;
  }
  return response;
}

Handler Compressed(Handler handler) {
  return [handler = std::move(handler)](const Request& request) {
    return Packed(request, handler(request));
  };
}

}  // namespace waymark::serve
