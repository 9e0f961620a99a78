#include "app/top_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/map_table.h"
#include "app/progress_bar.h"
#include "app/table.h"

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNone = "–";
constexpr double kMillis = 1000;

// A name that would move the cursor is shown as what it is not.
std::string Printable(std::string text) {
  std::ranges::replace_if(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < ' ' || byte == 127;
  }, '?');
  // The second bytes of U+0080 to U+009F, which terminals take for commands, too.
  for (size_t at = 0; (at = text.find('\xc2', at)) != std::string::npos; ++at) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) {
      text.replace(at, 2, "?");
    }
  }
  return text;
}

int64_t Count(const Json& json, const char* name) { return json.value(name, int64_t{0}); }

// Stays that are over: went on, or ended here.
int64_t OverOf(const Json& stage) {
  int64_t over = Count(stage, "left");
  for (const auto& [how, count] : stage["exits"].items()) over += count.get<int64_t>();
  return over;
}

std::string TitleOf(const Json& stage) {
  const std::string name = stage["name"];
  return Printable(stage["titles"].value("en", name));
}

std::string Percent(const Json& json, const char* name) {
  return json.contains(name) ? fmt::format("{:.0f} %", 100 * json[name].get<double>()) : kNone;
}

std::string Against(const std::string& actual, const std::string& target) {
  return target == kNone ? actual : actual + " / " + target;
}

std::string StayOf(const Json& stage) {
  const Json& stay = stage["duration"];
  return Against(Count(stay, "count") == 0 ? kNone : ShortDuration(stay["p50_ms"].get<int64_t>()),
                 stay.contains("target_ms") ? ShortDuration(stay["target_ms"].get<int64_t>())
                                            : kNone);
}

std::string SatisfactionOf(const Json& stage) {
  const Json& score = stage["satisfaction"];
  const std::string mean =
      Count(score, "count") == 0 ? kNone : fmt::format("{:.1f}", score["mean"].get<double>());
  return Against(mean, score.contains("target")
                           ? fmt::format("{:.1f}", score["target"].get<double>())
                           : kNone);
}

// The stage of the picture before; null where there is none.
const Json* Earlier(const TopFigures* before, const Json& stage) {
  if (before == nullptr || before->map["model"]["name"].empty()) return nullptr;
  for (const Json& each : before->map["stages"]) {
    if (each["name"] == stage["name"]) return &each;
  }
  return nullptr;
}

std::string Change(int64_t now, int64_t before) {
  return now == before ? "·" : fmt::format("{:+d}", now - before);
}

// Where customers wait most in all: the handover with the greatest sum of waiting.
const Json* MostWaited(const Json& map) {
  const Json* most = nullptr;
  double longest = 0;
  for (const Json& one : map["handovers"]) {
    const Json& waiting = one["waiting"];
    const double all = waiting.value("mean_ms", 0.0) * static_cast<double>(Count(waiting, "count"));
    if (all <= longest) continue;
    longest = all;
    most = &one;
  }
  return most;
}

std::optional<double> RateOf(const TopFigures& now, const TopFigures* before) {
  if (before == nullptr || !now.consumed || !before->consumed) return std::nullopt;
  const double seconds = static_cast<double>((now.time - before->time).count()) / kMillis;
  // Where the instance was started again it counts anew.
  if (seconds <= 0 || *now.consumed < *before->consumed) return std::nullopt;
  return (*now.consumed - *before->consumed) / seconds;
}

std::string HeadOf(const TopFigures& now, const TopFigures* before, const std::string& source) {
  const Json& journeys = now.map["journeys"];
  std::string text = fmt::format("{}   {}   {}{}\n",
                                 Printable(now.map["model"]["name"].get<std::string>()),
                                 base::FormatRfc3339(now.time), source,
                                 now.is_complete ? "" : "   still loading: not all figures yet");
  text += fmt::format("journeys: {} started", Grouped(Count(journeys, "started")));
  if (before != nullptr) {
    text += fmt::format(" ({})", Change(Count(journeys, "started"),
                                        Count(before->map["journeys"], "started")));
  }
  if (journeys.contains("open")) text += fmt::format(", {} open", Grouped(Count(journeys, "open")));
  text += fmt::format(", {} completed, {} abandoned, {} switched, conversion {}\n",
                      Grouped(Count(journeys, "completed")), Grouped(Count(journeys, "abandoned")),
                      Grouped(Count(journeys, "switched")), Percent(journeys, "conversion"));
  const auto rate = RateOf(now, before);
  if (now.lag_seconds) {
    const auto lag_ms = static_cast<int64_t>(*now.lag_seconds * kMillis);
    text += fmt::format("this instance: {}{} behind\n",
                        rate ? Grouped(static_cast<int64_t>(*rate)) + " records/s, " : "",
                        ShortDuration(lag_ms));
  }
  return text;
}

std::string FootOf(const Json& map) {
  const Json* const most = MostWaited(map);
  if (most == nullptr) return {};
  const Json& waiting = (*most)["waiting"];
  return fmt::format("waited for most: {} → {} at {}: {} handovers, median {}, mean {}\n",
                     Printable((*most)["from"]), Printable((*most)["to"]),
                     Printable((*most)["stage"]), Grouped(Count(waiting, "count")),
                     ShortDuration(waiting["p50_ms"].get<int64_t>()),
                     ShortDuration(waiting["mean_ms"].get<int64_t>()));
}

// Lines of at most so many columns.
std::string Narrowed(const std::string& text, std::optional<size_t> width) {
  if (!width) return text;
  std::string out;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    std::string line = text.substr(from, end - from);
    from = end + 1;
    while (DisplayWidth(line) > *width) {
      while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0) == 0x80) {
        line.pop_back();
      }
      if (!line.empty()) line.pop_back();
    }
    out += line + '\n';
  }
  return out;
}

}  // namespace

std::string TopText(const TopFigures& now, const TopFigures* before, const std::string& source,
                    std::optional<size_t> width) {
  std::vector<std::string> heading = {"stage", "now", "entered", "left"};
  if (before != nullptr) heading.insert(heading.end(), {"in", "out"});
  heading.insert(heading.end(), {"went on", "median stay", "satisfaction"});
  Table table(std::move(heading));
  for (const Json& stage : now.map["stages"]) {
    std::vector<std::string> row = {
        TitleOf(stage), stage.contains("open") ? Grouped(Count(stage, "open")) : kNone,
        Grouped(Count(stage, "entered")), Grouped(OverOf(stage))};
    if (before != nullptr) {
      const Json* const earlier = Earlier(before, stage);
      const Json& then = earlier == nullptr ? stage : *earlier;
      row.push_back(Change(Count(stage, "entered"), Count(then, "entered")));
      row.push_back(Change(OverOf(stage), OverOf(then)));
    }
    const Json& conversion = stage["conversion"];
    row.push_back(Against(Percent(conversion, "actual"), Percent(conversion, "target")));
    row.push_back(StayOf(stage));
    row.push_back(SatisfactionOf(stage));
    table.Add(std::move(row));
  }
  return Narrowed(HeadOf(now, before, source) + "\n", width) + table.Text(width) + "\n" +
         Narrowed(FootOf(now.map), width);
}

std::string TopJson(const TopFigures& now, const TopFigures* before) {
  Json json;
  json["time"] = now.time.ms;
  json["model"] = now.map["model"]["name"];
  json["complete"] = now.is_complete;
  json["journeys"] = now.map["journeys"];
  Json& stages = json["stages"] = Json::array();
  for (const Json& stage : now.map["stages"]) {
    Json& row = stages.emplace_back();
    row["name"] = stage["name"];
    if (stage.contains("open")) row["open"] = stage["open"];
    row["entered"] = stage["entered"];
    row["left"] = OverOf(stage);
    if (const Json* const earlier = Earlier(before, stage)) {
      row["came_in"] = Count(stage, "entered") - Count(*earlier, "entered");
      row["went_out"] = OverOf(stage) - OverOf(*earlier);
    }
    row["conversion"] = stage["conversion"];
    row["duration"] = stage["duration"];
    row["satisfaction"] = stage["satisfaction"];
  }
  if (const Json* const most = MostWaited(now.map)) json["waited_for_most"] = *most;
  if (const auto rate = RateOf(now, before)) json["records_per_second"] = *rate;
  if (now.lag_seconds) json["lag_seconds"] = *now.lag_seconds;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace waymark::app
