#include "base/log.h"

#include <gtest/gtest.h>

#include <string>

namespace waymark::base {
namespace {

std::string LoggedAt(const char* level) {
  ::testing::internal::CaptureStderr();
  InitLog(level, LogFormat::kText);
  WAYMARK_DEBUG("a {}", "detail");
  WAYMARK_INFO("an event");
  WAYMARK_WARN("a fault");
  FlushLog();
  const std::string text = ::testing::internal::GetCapturedStderr();
  InitLog("info", LogFormat::kText);
  return text;
}

std::string LoggedAs(LogFormat format) {
  ::testing::internal::CaptureStderr();
  InitLog("info", format);
  LogWarn({{"partition", 3}, {"topic", "a \"quoted\" one"}}, "refused\n\"here\"");
  LogWarn({}, "nothing beside");
  FlushLog();
  const std::string text = ::testing::internal::GetCapturedStderr();
  InitLog("info", LogFormat::kText);
  return text;
}

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TEST(Log, TheLevelSaysWhatIsLogged) {
  const std::string debug = LoggedAt("debug");
  EXPECT_TRUE(Has(debug, "debug a detail")) << debug;
  EXPECT_TRUE(Has(debug, "info  an event")) << debug;
  const std::string info = LoggedAt("info");
  EXPECT_FALSE(Has(info, "a detail")) << info;
  EXPECT_TRUE(Has(info, "an event")) << info;
  const std::string warn = LoggedAt("warn");
  EXPECT_FALSE(Has(warn, "an event")) << warn;
  EXPECT_TRUE(Has(warn, "a fault")) << warn;
  EXPECT_EQ(LoggedAt("off"), "");
}

TEST(Log, WhatALineIsAboutAreKeysOfItsJson) {
  const std::string json = LoggedAs(LogFormat::kJson);
  EXPECT_TRUE(Has(json, R"("level":"warning","message":"refused\u000a\"here\"",)"
                        R"("partition":3,"topic":"a \"quoted\" one"})"
                        "\n"))
      << json;
  EXPECT_TRUE(Has(json, "\"message\":\"nothing beside\"}\n")) << json;
}

TEST(Log, TheTextSaysTheMessageAlone) {
  const std::string text = LoggedAs(LogFormat::kText);
  EXPECT_TRUE(Has(text, "nothing beside\n")) << text;
  EXPECT_FALSE(Has(text, "quoted")) << text;
}

}  // namespace
}  // namespace waymark::base
