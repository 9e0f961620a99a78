#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "generate/bad_kind.h"
#include "generate/truth.h"
#include "model/interaction.h"

namespace waymark::generate {

// Room for the texts of one item; they stay where they are until Clear().
class TextRoom {
 public:
  // prefix, the number in at least `width` digits, suffix.
  model::Text Number(model::Text prefix, uint64_t number, size_t width = 1,
                     model::Text suffix = {});
  // prefix, a, '-', b.
  model::Text Pair(model::Text prefix, uint64_t a, uint64_t b);
  // prefix followed by 16 hexadecimal digits.
  model::Text Hex(model::Text prefix, uint64_t number);
  // "2024-02-29", UTC.
  model::Text Date(int64_t time_ms);
  void Clear() { used_ = 0; }

 private:
  char* Take(size_t size);

  size_t used_ = 0;
  std::array<char, 2048> bytes_;
};

enum class Copy : uint8_t { kOriginal, kExact, kDiffering };

// One record of the stream. Owns its texts: views into it (in `interaction`, `key`, `truth`) live
// until the next Generator::Next on it. Reused, it allocates nothing.
class Item {
 public:
  Item() = default;
  Item(const Item&) = delete;
  Item& operator=(const Item&) = delete;

  bool is_bad() const { return truth.reason.has_value(); }
  // The bytes of a bad record; nothing where it is null. JSON, as far as it is anything.
  std::optional<std::string_view> bad_value() const {
    if (bad_kind == BadKind::kNull) return std::nullopt;
    return bad_bytes;
  }

  // The customer: the record's key. Empty: the record has none.
  model::Text key;
  base::Timestamp arrival;  // never falls from item to item
  Truth truth;
  // Of a good item; `interaction.key` is `key`. Of a bad item: what the bad record was made from.
  model::Interaction interaction;
  Copy copy = Copy::kOriginal;
  // Of a bad item:
  BadKind bad_kind = BadKind::kGarbage;
  std::string bad_bytes;

  TextRoom room;
};

}  // namespace waymark::generate
