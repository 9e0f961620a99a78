#pragma once

// The level is a setting: nothing is left out by the compiler.
#define SPDLOG_ACTIVE_LEVEL SPDLOG_LEVEL_TRACE
#include <spdlog/spdlog.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace waymark::base {

enum class LogFormat { kText, kJson };

// Sets up the process-wide log on standard error; called by the app before threads start. Called
// again, it replaces what was set up.
// level: trace, debug, info, warn, error or off.
void InitLog(std::string_view level, LogFormat format);
// Another level for what is set up. Safe from any thread.
void SetLogLevel(std::string_view level);

// What a line is about, for those who search the log: keys of its JSON form beside the message. The
// text form leaves them out, so the message says what people must know.
struct LogField {
  std::string_view name;
  std::variant<int64_t, std::string_view> value;
};
using LogFields = std::initializer_list<LogField>;
void LogInfo(LogFields fields, std::string_view message);
void LogWarn(LogFields fields, std::string_view message);
void LogError(LogFields fields, std::string_view message);

// Before the process ends without going through its exits.
void FlushLog();

}  // namespace waymark::base

// Operator text: what happened, lowercase, no full stop. Nothing per event above TRACE.
#define WAYMARK_DEBUG(...) SPDLOG_DEBUG(__VA_ARGS__)
#define WAYMARK_INFO(...) SPDLOG_INFO(__VA_ARGS__)
#define WAYMARK_WARN(...) SPDLOG_WARN(__VA_ARGS__)
#define WAYMARK_ERROR(...) SPDLOG_ERROR(__VA_ARGS__)
