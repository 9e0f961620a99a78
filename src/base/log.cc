#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>
#include <string>

namespace waymark::base {
namespace {

// Of the line being written by this thread, which formats it, too.
thread_local const LogFields* fields_of_line = nullptr;

void AppendText(std::string_view text, spdlog::memory_buf_t& dest) {
  dest.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      dest.push_back('\\');
      dest.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(dest), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      dest.push_back(c);
    }
  }
  dest.push_back('"');
}

void AppendFields(const LogFields& fields, spdlog::memory_buf_t& dest) {
  for (const LogField& field : fields) {
    fmt::format_to(std::back_inserter(dest), R"(,"{}":)", field.name);
    if (const int64_t* const number = std::get_if<int64_t>(&field.value)) {
      fmt::format_to(std::back_inserter(dest), "{}", *number);
    } else {
      AppendText(std::get<std::string_view>(field.value), dest);
    }
  }
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& dest) override {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
        msg.time.time_since_epoch());
    const auto level = spdlog::level::to_string_view(msg.level);
    fmt::format_to(std::back_inserter(dest), R"({{"time":{},"level":"{}","message":)", ms.count(),
                   std::string_view(level.data(), level.size()));
    AppendText({msg.payload.data(), msg.payload.size()}, dest);
    if (fields_of_line != nullptr) AppendFields(*fields_of_line, dest);
    fmt::format_to(std::back_inserter(dest), "}}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

void LogWith(spdlog::level::level_enum level, const LogFields& fields, std::string_view message) {
  fields_of_line = &fields;
  spdlog::default_logger_raw()->log(level, spdlog::string_view_t(message.data(), message.size()));
  fields_of_line = nullptr;
}
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

void LogInfo(LogFields fields, std::string_view message) {
  LogWith(spdlog::level::info, fields, message);
}

void LogWarn(LogFields fields, std::string_view message) {
  LogWith(spdlog::level::warn, fields, message);
}

void LogError(LogFields fields, std::string_view message) {
  LogWith(spdlog::level::err, fields, message);
}

void FlushLog() { spdlog::default_logger_raw()->flush(); }

}  // namespace waymark::base
