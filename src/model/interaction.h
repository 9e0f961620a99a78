#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace waymark::model {

// Text inside a message is a view; whoever holds the message's bytes keeps them alive. Strings that
// outlive the message (state) are copied by their owner.
using Text = std::string_view;

enum class Kind : int32_t {
  kUnspecified = 0,  // Counts as kCustomer.
  kCustomer = 1,
  kStaff = 2,
  kMysteryCheck = 3,
  kObservedWalk = 4,
  kSystem = 5,
};

enum class Command : int32_t {
  kUnspecified = 0,  // No command.
  kLink = 1,
  kUnlink = 2,
  kErase = 3,
  kConsent = 4,
  kCorrect = 5,
};

struct Identifier {
  Text name_space;  // "namespace" in every format.
  Text value;
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

struct Rating {
  std::optional<int32_t> satisfaction;     // 1 to 5
  std::optional<int32_t> nps;              // 0 to 10
  std::optional<int32_t> emotion;          // -2 to 2
  std::optional<int32_t> need_fulfilment;  // 1 to 5
  Text comment;
  friend bool operator==(const Rating&, const Rating&) = default;
};

struct RefersTo {
  Text source_system;
  Text id;
  Text touchpoint;
  std::optional<int64_t> time;  // ms since epoch
  Text order;
  friend bool operator==(const RefersTo&, const RefersTo&) = default;
};

struct Source {
  Text system;
  Text process;
  Text department;
  friend bool operator==(const Source&, const Source&) = default;
};

// One entry of a map field. Maps are kept sorted by key, without repeated keys.
struct TextEntry {
  Text key;
  Text value;
  friend bool operator==(const TextEntry&, const TextEntry&) = default;
};
using TextMap = std::vector<TextEntry>;

// One input event: who, when, channel, touchpoint, action, and what it carries. Reused between
// records by the decoders, so its vectors keep their room.
struct Interaction {
  Text id;
  std::optional<int64_t> time;      // ms since epoch; required
  std::optional<int64_t> sequence;  // orders what shares a time; absent is 0
  std::vector<Identifier> identifiers;
  Text account;
  Text channel;
  Text touchpoint;
  Text action;
  Text campaign;
  Text need;
  Text impulse;
  Text intent;
  Text product;
  Text category;
  Text contract;
  std::optional<int64_t> value_micros;
  Text currency;
  std::optional<Rating> rating;
  std::optional<RefersTo> refers_to;
  Source source;
  Kind kind = Kind::kUnspecified;
  Text check_type;
  TextMap profile;
  Command command = Command::kUnspecified;
  TextMap attributes;
  // The customer in files (a topic's record key says it instead); never part of what is stored.
  Text key;

  friend bool operator==(const Interaction&, const Interaction&) = default;

  // Empties every field and keeps the vectors' room.
  void Clear();
  base::Timestamp timestamp() const { return {time.value_or(0)}; }
  bool IsCustomer() const { return kind == Kind::kUnspecified || kind == Kind::kCustomer; }
  // The value of an attribute, empty where it is absent.
  Text Attribute(Text name) const;
};

// The place of an interaction in its profile's timeline: (time, sequence, source system, id).
// Which copy of a duplicate counts is decided by the caller.
struct OrderKey {
  int64_t time = 0;
  int64_t sequence = 0;
  Text source_system;
  Text id;
  friend auto operator<=>(const OrderKey&, const OrderKey&) = default;
};
OrderKey OrderOf(const Interaction& interaction);

Text Find(const TextMap& map, Text key);

}  // namespace waymark::model
