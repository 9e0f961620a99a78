#include "serve/compress.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

namespace waymark::serve {
namespace {

std::string Unpacked(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string Header(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Response Answer(std::string body, const char* accepts, const char* type = "application/json") {
  const Handler handler = Compressed([&](const Request&) {
    Response response{.content_type = type, .body = body};
    response.headers = {{"ETag", "\"x\""}};
    return response;
  });
  Request request;
  if (accepts != nullptr) request.headers["accept-encoding"] = accepts;
  return handler(request);
}

const std::string kLong(5000, 'a');

TEST(Compress, LongAnswersAreSmallerAndTheSame) {
  const Response response = Answer(kLong, "br, gzip");
  EXPECT_EQ(Header(response, "Content-Encoding"), "gzip");
  EXPECT_EQ(Header(response, "Vary"), "Accept-Encoding");
  EXPECT_EQ(Header(response, "ETag"), "W/\"x\"");
  EXPECT_LT(response.body.size(), 200U);
  EXPECT_EQ(Unpacked(response.body), kLong);
}

TEST(Compress, WhoDoesNotTakeItGetsItPlain) {
  for (const char* accepts : {static_cast<const char*>(nullptr), "br", "gzip;q=0"}) {
    const Response response = Answer(kLong, accepts);
    EXPECT_EQ(response.body, kLong);
    EXPECT_EQ(Header(response, "Content-Encoding"), "");
    EXPECT_EQ(Header(response, "Vary"), "Accept-Encoding") << "caches must know";
  }
  EXPECT_EQ(Header(Answer(kLong, "gzip;q=0.5"), "Content-Encoding"), "gzip");
}

TEST(Compress, ShortOnesAndStreamsStayAsTheyAre) {
  EXPECT_EQ(Answer("short", "gzip").body, "short");
  EXPECT_EQ(Answer(kLong, "gzip", "text/event-stream").body, kLong);
  EXPECT_EQ(Answer(kLong, "gzip", "image/png").body, kLong);
}

}  // namespace
}  // namespace waymark::serve
