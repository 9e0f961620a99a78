#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/journey_model.h"
#include "model/yaml_tree.h"

namespace waymark::model {

// RFC 3339, also without seconds, and a bare date, which is its midnight in UTC.
std::optional<base::Timestamp> ParseTimeOrDate(std::string_view text);

// Text with the place it stands at.
struct PlacedText {
  std::string text;
  Place place;
};

// Reads typed values out of a YAML tree. What is wrong is added to the faults and reading goes on
// with an empty value, so that all faults of a file come out at once.
class YamlReader {
 public:
  YamlReader(std::string file, std::vector<Fault>& faults)
      : file_(std::move(file)), faults_(faults) {}

  const std::string& file() const { return file_; }
  void AddFault(Place place, std::string message, std::string hint = {});
  // A word that is none of the allowed ones; the hint names the nearest, or all where they are few.
  void AddUnknown(Place place, std::string_view what, std::string_view word,
                  std::span<const std::string_view> allowed);

  // False with a fault where the node is of another kind.
  bool ExpectMap(const YamlNode& node);
  bool ExpectList(const YamlNode& node);

  std::string ReadText(const YamlNode& node);
  // A name: lowercase ASCII letters, digits, '-' and '_', 64 at most.
  std::string ReadName(const YamlNode& node);
  // A list of texts; a single text stands for a list of one.
  std::vector<std::string> ReadTexts(const YamlNode& node);
  std::vector<PlacedText> ReadPlacedTexts(const YamlNode& node);
  bool ReadBool(const YamlNode& node);
  std::optional<int64_t> ReadInteger(const YamlNode& node, int64_t low, int64_t high);
  std::optional<double> ReadNumber(const YamlNode& node, double low, double high);
  std::optional<base::Timestamp> ReadTime(const YamlNode& node);
  // Longer than zero.
  std::optional<base::Millis> ReadDuration(const YamlNode& node);

 private:
  std::string file_;
  std::vector<Fault>& faults_;
};

// The children of one map by name. Whoever reads a map takes every key that it knows and then
// refuses the rest.
class YamlMap {
 public:
  // A node that is no map is a fault and reads as empty.
  YamlMap(const YamlNode& node, YamlReader& reader);

  // The child, or null where the key is absent.
  const YamlNode* Take(std::string_view key);
  // The same, with a fault where the key is absent. `what` names the map: "a stage".
  const YamlNode* Require(std::string_view key, std::string_view what);
  // Adds a fault for every key that was never taken.
  void RefuseRest();

 private:
  const YamlNode& node_;
  YamlReader& reader_;
  bool is_map_;
  std::vector<std::string_view> known_;
};

// "text", "a list" and so on, for messages.
std::string_view KindName(const YamlNode& node);
// ", not 'soon'": ends a message that says what a value must be.
std::string InsteadOf(const YamlNode& node);

}  // namespace waymark::model
