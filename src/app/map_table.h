#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace waymark::app {

// A map as a table: a row for each of its figures, a column for each stage.
struct MapTable {
  std::vector<std::string> heading;  // "", then the stages' titles
  std::vector<std::vector<std::string>> rows;
};

// `map`: as the API gives it. `language`: of titles, where the model has them.
MapTable TableOf(const nlohmann::ordered_json& map, const std::string& language);

std::string CsvOf(const MapTable& table);       // RFC 4180
std::string MarkdownOf(const MapTable& table);
// A page that browsers and spreadsheets open, with the numbers as numbers.
std::string HtmlOf(const MapTable& table, const std::string& title);

// "3 d 4 h", "12 min", "850 ms".
std::string ShortDuration(int64_t ms);

}  // namespace waymark::app
