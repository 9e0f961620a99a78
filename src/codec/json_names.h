#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "codec/messages.h"

// Names of fields as JSON writes and reads them, worked out by the compiler.
namespace waymark::codec {

inline constexpr size_t kNameMax = 48;

// A short text built at compile time.
struct NameText {
  std::array<char, kNameMax> chars{};
  size_t size = 0;
  constexpr void Add(char c) { chars[size++] = c; }
  constexpr void Add(Text text) {
    for (const char c : text) Add(c);
  }
  constexpr Text view() const { return {chars.data(), size}; }
};

// `,"name":`
constexpr NameText FieldPrefix(Text name, Text suffix = {}) {
  NameText text;
  text.Add(",\"");
  text.Add(name);
  text.Add(suffix);
  text.Add("\":");
  return text;
}

// lowerCamelCase of snake_case.
constexpr NameText CamelName(Text name) {
  NameText text;
  bool raise = false;
  for (const char c : name) {
    if (c == '_') {
      raise = true;
    } else {
      text.Add(raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
      raise = false;
    }
  }
  return text;
}

// In which form a field is given under a name.
enum class NameForm : uint8_t { kPlain, kDecimal, kBase64 };

struct JsonName {
  NameText text;
  uint8_t field = 0;
  NameForm form = NameForm::kPlain;
};

template <Message M>
constexpr auto ListNames() {
  struct List {
    std::array<JsonName, 4 * kFieldCount<M>> names{};
    size_t size = 0;
    constexpr void Add(Text name, size_t field, NameForm form) {
      NameText plain;
      plain.Add(name);
      names[size++] = {plain, static_cast<uint8_t>(field), form};
      const NameText camel = CamelName(name);
      if (camel.view() != name) names[size++] = {camel, static_cast<uint8_t>(field), form};
    }
  } list;
  ForEachField<M>([&]<size_t I>() {
    constexpr auto kF = kField<M, I>;
    list.Add(kF.name, I, NameForm::kPlain);
    if constexpr (kF.Is(kDecimal)) {
      list.Add(kF.name.substr(0, kF.name.size() - Text("_micros").size()), I, NameForm::kDecimal);
    }
    if constexpr (kF.Is(kRawBytes)) {
      NameText name;
      name.Add(kF.name);
      name.Add("_base64");
      list.Add(name.view(), I, NameForm::kBase64);
    }
  });
  return list;
}

constexpr uint32_t NameHash(Text name, uint32_t seed) {
  const auto at = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(name[i])); };
  const uint32_t mixed = (at(0) | at(name.size() - 1) << 8U | at(name.size() / 2) << 16U |
                          static_cast<uint32_t>(name.size()) << 24U) *
                         seed;
  return mixed >> 24U;
}

// Finds a name in one probe: the seed is chosen so that no two names of a message meet.
template <Message M>
class JsonNames {
 public:
  // Nothing for a name that is not known.
  static const JsonName* Find(Text name) {
    if (name.empty()) return nullptr;
    const uint8_t slot = kIndex.slots[NameHash(name, kIndex.seed)];
    if (slot == kNone || kList.names[slot].text.view() != name) return nullptr;
    return &kList.names[slot];
  }

 private:
  static constexpr uint8_t kNone = 0xff;
  struct Index {
    uint32_t seed = 0;
    std::array<uint8_t, 256> slots{};
  };
  static constexpr auto kList = ListNames<M>();

  static constexpr bool Fill(Index& index) {
    index.slots.fill(kNone);
    for (size_t i = 0; i < kList.size; ++i) {
      uint8_t& slot = index.slots[NameHash(kList.names[i].text.view(), index.seed)];
      if (slot != kNone) return false;
      slot = static_cast<uint8_t>(i);
    }
    return true;
  }
  static constexpr Index MakeIndex() {
    Index index;
    index.seed = 0x9e3779b1U;
    while (!Fill(index)) index.seed = index.seed * 0x85ebca6bU + 2;
    return index;
  }
  static constexpr Index kIndex = MakeIndex();
};

}  // namespace waymark::codec
