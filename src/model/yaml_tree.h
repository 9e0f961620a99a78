#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/journey_model.h"

namespace waymark::model {

// Bounds of a YAML text from outside.
inline constexpr size_t kYamlBytesMax = 1024 * 1024;
inline constexpr int kYamlDepthMax = 32;
inline constexpr size_t kYamlNodesMax = 10'000;             // after aliases are expanded
inline constexpr size_t kYamlExpandedMax = 8 * kYamlBytesMax;  // bytes of text after that

// One node of a YAML text with its place. Aliases are expanded; the copies keep the places of their
// anchor.
struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;    // of a scalar, as written without its quotes
  bool quoted = false;
  Place place;
  std::string key;     // of a map's child
  Place key_place;
  std::vector<YamlNode> children;  // of a list or a map, in the order written

  bool IsNull() const { return kind == Kind::kNull; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  bool IsList() const { return kind == Kind::kList; }
  bool IsMap() const { return kind == Kind::kMap; }
};

// Reads a text of one document. Bounded in time and memory whatever the text. Faults (syntax,
// bounds, repeated keys, keys that are not text, tags) are added to `faults`; nothing is returned
// where the text can't be read to its end.
std::optional<YamlNode> ParseYaml(std::string_view text, const std::string& file,
                                  std::vector<Fault>& faults);

}  // namespace waymark::model
