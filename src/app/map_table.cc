#include "app/map_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr size_t kNamesMax = 3;

std::string Joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string Percent(const Json& share) {
  return fmt::format("{:.0f} %", 100 * share.get<double>());
}

// What nobody answered is absent.
Json PartOf(const Json& stage, const char* name) { return stage.value(name, Json::object()); }

std::string Score(const Json& score) {
  if (score.value("count", 0) == 0) return {};
  return fmt::format("{:.1f}", score["mean"].get<double>());
}

std::string TitleOf(const Json& stage, const std::string& language) {
  const Json& titles = stage["titles"];
  return titles.contains(language) ? titles[language].get<std::string>()
                                   : stage["name"].get<std::string>();
}

// Actual and target, as far as either is known.
std::string Against(const std::string& actual, const std::string& target) {
  if (target.empty()) return actual;
  return (actual.empty() ? "–" : actual) + " / " + target;
}

std::string Duration(const Json& stage) {
  const Json& duration = stage["duration"];
  const std::string actual =
      duration["count"] == 0 ? "" : ShortDuration(duration["p50_ms"].get<int64_t>());
  const std::string target = duration.contains("target_ms")
                                 ? ShortDuration(duration["target_ms"].get<int64_t>())
                                 : "";
  return Against(actual, target);
}

std::string Conversion(const Json& stage) {
  const Json& conversion = stage["conversion"];
  return Against(conversion.contains("actual") ? Percent(conversion["actual"]) : "",
                 conversion.contains("target") ? Percent(conversion["target"]) : "");
}

std::string Satisfaction(const Json& stage) {
  const Json score = PartOf(stage, "satisfaction");
  return Against(Score(score), score.contains("target")
                                   ? fmt::format("{:.1f}", score["target"].get<double>())
                                   : "");
}

// The most used, with their counts.
std::string MostUsed(const Json& list, const std::function<bool(const Json&)>& counts) {
  std::vector<const Json*> used;
  for (const Json& one : list) {
    if (one["interactions"] > 0 && counts(one)) used.push_back(&one);
  }
  std::ranges::stable_sort(used, [](const Json* a, const Json* b) {
    return (*a)["interactions"] > (*b)["interactions"];
  });
  Row names;
  for (const Json* one : used) {
    if (names.size() == kNamesMax) break;
    names.push_back(fmt::format("{} {}", (*one)["name"].get<std::string>(),
                                (*one)["interactions"].get<int64_t>()));
  }
  return Joined(names) + (used.size() > kNamesMax ? " …" : "");
}

std::string Unused(const Json& stage) {
  Row names;
  for (const Json& touchpoint : stage["touchpoints"]) {
    if (touchpoint["interactions"] == 0 && touchpoint["declared"] == true) {
      names.push_back(touchpoint["name"]);
    }
  }
  return Joined(names);
}

std::string Dimension(const Json& stage, const char* name) {
  const Json& value = stage["dimensions"][name];
  return value.is_array() ? Joined(value.get<Row>()) : value.get<std::string>();
}

struct Line {
  const char* name;
  std::string (*cell)(const Json& stage);
};

constexpr std::array kLines = {
    Line{"Customer activity",
         [](const Json& s) { return Dimension(s, "customer_activities"); }},
    Line{"Customer goal", [](const Json& s) { return Dimension(s, "customer_goal"); }},
    Line{"Company goal", [](const Json& s) { return Dimension(s, "company_goal"); }},
    Line{"Organisational activity",
         [](const Json& s) { return Dimension(s, "organisational_activity"); }},
    Line{"Owner", [](const Json& s) { return Dimension(s, "owner"); }},
    Line{"Participants", [](const Json& s) { return Dimension(s, "participants"); }},
    Line{"IT systems", [](const Json& s) { return Dimension(s, "systems"); }},
    Line{"KPIs", [](const Json& s) { return Dimension(s, "kpis"); }},
    Line{"In it now",
         [](const Json& s) {
           return s.contains("open") ? fmt::format("{}", s["open"].get<int64_t>()) : "";
         }},
    Line{"Entered", [](const Json& s) { return fmt::format("{}", s["entered"].get<int64_t>()); }},
    Line{"Entered again",
         [](const Json& s) { return fmt::format("{}", s["reentered"].get<int64_t>()); }},
    Line{"Went on / target", Conversion},
    Line{"Abandoned",
         [](const Json& s) {
           return fmt::format("{}", s["exits"]["abandoned"].get<int64_t>());
         }},
    Line{"Switched",
         [](const Json& s) { return fmt::format("{}", s["exits"]["switched"].get<int64_t>()); }},
    Line{"Duration, median / target", Duration},
    Line{"Target missed",
         [](const Json& s) {
           const Json& duration = s["duration"];
           return duration.contains("missed_share") ? Percent(duration["missed_share"]) : "";
         }},
    Line{"Satisfaction / target", Satisfaction},
    Line{"NPS",
         [](const Json& s) {
           const Json nps = PartOf(s, "nps");
           return nps.empty() ? "" : fmt::format("{:.0f}", nps["score"].get<double>());
         }},
    Line{"Emotion", [](const Json& s) { return Score(PartOf(s, "emotion")); }},
    Line{"Need fulfilment", [](const Json& s) { return Score(PartOf(s, "need_fulfilment")); }},
    Line{"Contacts",
         [](const Json& s) { return fmt::format("{}", s["interactions"].get<int64_t>()); }},
    Line{"Online",
         [](const Json& s) {
           return MostUsed(s["touchpoints"],
                           [](const Json& t) { return t.value("online", false); });
         }},
    Line{"Offline",
         [](const Json& s) {
           return MostUsed(s["touchpoints"], [](const Json& t) {
             return t.contains("online") && t["online"] == false;
           });
         }},
    Line{"Offered, never used", Unused},
    Line{"Departments at work",
         [](const Json& s) {
           return MostUsed(s["departments"], [](const Json&) { return true; });
         }},
};

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + '"';
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped.push_back(c);
    }
  }
  return escaped;
}

std::string MarkdownCell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c == '\n' ? ' ' : c);
  }
  return escaped;
}

template <class Format>
std::string Lines(const MapTable& table, Format format) {
  std::string text = format(table.heading);
  for (const Row& row : table.rows) text += format(row);
  return text;
}

}  // namespace

std::string ShortDuration(int64_t ms) {
  constexpr int64_t kSecond = 1000;
  constexpr int64_t kMinute = 60 * kSecond;
  constexpr int64_t kHour = 60 * kMinute;
  constexpr int64_t kDay = 24 * kHour;
  if (ms >= 10 * kDay) return fmt::format("{} d", (ms + kDay / 2) / kDay);
  if (ms >= kDay) return fmt::format("{} d {} h", ms / kDay, ms % kDay / kHour);
  if (ms >= kHour) return fmt::format("{} h {} min", ms / kHour, ms % kHour / kMinute);
  if (ms >= kMinute) return fmt::format("{} min", (ms + kMinute / 2) / kMinute);
  if (ms >= kSecond) return fmt::format("{} s", (ms + kSecond / 2) / kSecond);
  return fmt::format("{} ms", ms);
}

MapTable TableOf(const Json& map, const std::string& language) {
  MapTable table;
  table.heading.emplace_back();
  for (const Json& stage : map["stages"]) table.heading.push_back(TitleOf(stage, language));
  for (const Line& line : kLines) {
    Row row = {line.name};
    for (const Json& stage : map["stages"]) row.push_back(line.cell(stage));
    const bool says_something = std::any_of(row.begin() + 1, row.end(),
                                            [](const std::string& cell) { return !cell.empty(); });
    if (says_something) table.rows.push_back(std::move(row));
  }
  return table;
}

std::string CsvOf(const MapTable& table) {
  return Lines(table, [](const Row& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : ",") + CsvField(row[i]);
    return line + "\r\n";
  });
}

std::string MarkdownOf(const MapTable& table) {
  const auto line = [](const Row& row) {
    std::string text = "|";
    for (const std::string& cell : row) text += " " + MarkdownCell(cell) + " |";
    return text + "\n";
  };
  std::string text = line(table.heading) + "|";
  for (size_t i = 0; i < table.heading.size(); ++i) text += "---|";
  text += "\n";
  for (const Row& row : table.rows) text += line(row);
  return text;
}

std::string HtmlOf(const MapTable& table, const std::string& title) {
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                     Escaped(title) + "</title></head>\n<body><table border=\"1\"><caption>" +
                     Escaped(title) + "</caption>\n";
  const auto line = [](const Row& row, const char* tag, const char* scope) {
    std::string html = "<tr><th scope=\"row\">" + Escaped(row[0]) + "</th>";
    for (size_t i = 1; i < row.size(); ++i) {
      html += fmt::format("<{}{}>{}</{}>", tag, scope, Escaped(row[i]), tag);
    }
    return html + "</tr>\n";
  };
  text += line(table.heading, "th", " scope=\"col\"");
  for (const Row& row : table.rows) text += line(row, "td", "");
  return text + "</table></body></html>\n";
}

}  // namespace waymark::app
