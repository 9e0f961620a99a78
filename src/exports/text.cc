#include "exports/text.h"

#include "base/time.h"

namespace waymark::exports {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// U+FFFE or U+FFFF begins the text.
bool BeginsWithNoncharacter(std::string_view text) {
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
}

}  // namespace

void AppendXml(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      // As they are, these would be read as spaces.
      case '\t': out += "&#9;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += kReplacement;
        } else if (c == '\xef' && BeginsWithNoncharacter(text.substr(i))) {
          out += kReplacement;
          i += 2;
        } else {
          out += c;
        }
    }
  }
}

void AppendCsv(std::string_view text, std::string& out) {
  if (text.find_first_of("\",\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void AppendJson(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (byte < 0x20) {
      out.append("\\u00").append({kHex[byte >> 4U], kHex[byte & 15U]});
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendTime(int64_t ms, std::string& out) {
  const std::string text = base::FormatRfc3339({ms});
  out += text;
  if (text.find('.') != text.npos) return;
  out.pop_back();
  out += ".000Z";
}

void AppendMillionths(int64_t millionths, std::string& out) {
  constexpr uint64_t kWhole = 1'000'000;
  constexpr size_t kDigits = 6;
  const bool is_negative = millionths < 0;
  const uint64_t size = is_negative ? ~static_cast<uint64_t>(millionths) + 1
                                    : static_cast<uint64_t>(millionths);
  if (is_negative) out += '-';
  out += std::to_string(size / kWhole);
  if (size % kWhole == 0) return;
  std::string fraction = std::to_string(size % kWhole);
  fraction.insert(0, kDigits - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  out.append(".").append(fraction);
}

}  // namespace waymark::exports
