#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>
#include <string>

namespace waymark::base {
namespace {
// The message goes in as it is; quotes and control characters are escaped by the formatter below.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& dest) override {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
        msg.time.time_since_epoch());
    const auto level = spdlog::level::to_string_view(msg.level);
    fmt::format_to(std::back_inserter(dest), R"({{"time":{},"level":"{}","message":")", ms.count(),
                   std::string_view(level.data(), level.size()));
    for (const char c : std::string_view(msg.payload.data(), msg.payload.size())) {
      if (c == '"' || c == '\\') {
        dest.push_back('\\');
        dest.push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        fmt::format_to(std::back_inserter(dest), "\\u{:04x}", static_cast<unsigned>(c));
      } else {
        dest.push_back(c);
      }
    }
    fmt::format_to(std::back_inserter(dest), "\"}}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};
}  // namespace

void InitLog(std::string_view level, LogFormat format) {
  spdlog::drop("waymark");
  auto logger = spdlog::stderr_color_mt("waymark");
  spdlog::set_default_logger(logger);
  SetLogLevel(level);
  if (format == LogFormat::kJson) {
    spdlog::set_formatter(std::make_unique<JsonFormatter>());
  } else {
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%-5l%$ %v");
  }
}

void SetLogLevel(std::string_view level) {
  spdlog::set_level(spdlog::level::from_str(std::string(level)));
}

void FlushLog() { spdlog::default_logger_raw()->flush(); }

}  // namespace waymark::base
