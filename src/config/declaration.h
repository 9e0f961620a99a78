#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.h"

namespace waymark::config {

enum class Type { kDuration, kTime, kBytes, kInteger, kNumber, kBoolean, kText, kList, kEnum };
std::string_view ToString(Type type);

// What a release may do to a setting.
enum class Stability {
  kStable,        // Renamed or removed only with a warning for a major version.
  kExperimental,  // May change with any release.
};

// Where the value of a setting lives in Settings.
template <class T>
using Member = T& (*)(Settings&);
// A member of a scoped enum: the value is the index into Declaration::choices.
struct EnumMember {
  void (*set)(Settings&, size_t) = nullptr;
  size_t (*get)(const Settings&) = nullptr;
};
using Slot =
    std::variant<Member<base::Millis>, Member<base::Timestamp>, Member<int64_t>, Member<double>,
                 Member<bool>, Member<std::string>, Member<std::vector<std::string>>, EnumMember>;

// Says what is wrong with a text ("holds a space"); empty where nothing is.
using TextCheck = std::string_view (*)(std::string_view text);

// All there is to know about a setting. Bounds and default are texts as an operator would write
// them; lists are written with commas.
struct Declaration {
  std::string_view name;
  Slot slot;
  Type type = Type::kText;
  std::string_view fallback = {};  // the default
  std::string_view least = {};     // inclusive; empty: no bound
  std::string_view most = {};
  std::span<const std::string_view> choices = {};  // of kEnum
  TextCheck check = nullptr;                       // of kText, and of each item of kList
  bool restart_needed = true;
  bool secret = false;
  Stability stability = Stability::kStable;
  std::string_view help = {};  // sentences, without bounds and default
};

// Every setting, by section.
std::span<const Declaration> Declarations();

// The names under which settings of a library are handed to it unread.
inline constexpr std::string_view kPassThrough[] = {"librdkafka", "rocksdb"};

}  // namespace waymark::config
