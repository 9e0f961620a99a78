#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::exports {

// Each appends to `out`. Texts are UTF-8.

// As the value of an XML attribute in double quotes: read back as the same text. What XML 1.0 can't
// hold becomes U+FFFD.
void AppendXml(std::string_view text, std::string& out);

// As a field of RFC 4180, in quotes only where it must be.
void AppendCsv(std::string_view text, std::string& out);

// As a JSON string with its quotes.
void AppendJson(std::string_view text, std::string& out);

// "2024-04-01T15:56:22.054Z", always with milliseconds.
void AppendTime(int64_t ms, std::string& out);

// Millionths as a decimal number without needless zeros: "19.5".
void AppendMillionths(int64_t millionths, std::string& out);

}  // namespace waymark::exports
