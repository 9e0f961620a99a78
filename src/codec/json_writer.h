#pragma once

#include <charconv>
#include <cmath>

#include "codec/appender.h"
#include "codec/base64.h"
#include "codec/json_names.h"
#include "codec/utf8.h"

// Writes any message that has a Schema as one JSON object.
namespace waymark::codec {

inline constexpr uint64_t kOnes = 0x0101010101010101ULL;

// High bit set in each byte of `word` that is zero; exact up to the first such byte.
inline uint64_t ZeroBytes(uint64_t word) {
  return (word - kOnes) & ~word & kHighBits;
}

// Not zero where a byte of `word` must be escaped.
inline uint64_t EscapedBytes(uint64_t word) {
  const uint64_t control = (word - kOnes * 0x20) & ~word & kHighBits;
  return control | ZeroBytes(word ^ kOnes * '"') | ZeroBytes(word ^ kOnes * '\\');
}

inline bool NeedsEscape(char c) {
  return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\';
}

// Length of the part of `text` that JSON takes as it is.
inline size_t PlainPrefix(Text text) {
  const auto word_at = [&](size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    return word;
  };
  constexpr size_t kWord = sizeof(uint64_t);
  size_t at = 0;
  while (text.size() - at >= kWord && EscapedBytes(word_at(at)) == 0) at += kWord;
  // The last bytes of a longer text are looked at together with some before them.
  const bool tail_left = text.size() - at < kWord && text.size() >= kWord;
  if (tail_left && EscapedBytes(word_at(text.size() - kWord)) == 0) return text.size();
  while (at < text.size() && !NeedsEscape(text[at])) ++at;
  return at;
}

template <bool kCanonical>
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out, kRoom) {}

  template <Message M>
  void WriteMessage(const M& message) {
    // Every field is written with a comma before it; that of the first becomes the brace.
    const size_t start = out_.size();
    ForEachField<M>([&]<size_t I>() { WriteField<M, I>(message); });
    out_.Ensure(2);
    if (out_.size() == start) out_.Put('{');
    *out_.data(start) = '{';
    out_.Put('}');
  }

 private:
  static constexpr size_t kRoom = 1024;

  template <Message M, size_t I>
  void WriteField(const M& message) {
    constexpr auto kF = kField<M, I>;
    if constexpr (!(kCanonical && kF.Is(kTransport))) {
      const auto& value = message.*kF.member;
      if (IsAbsent(value)) return;
      out_.Ensure(kNameMax);
      if constexpr (kF.Is(kRawBytes)) {
        WriteRaw<M, I>(*value);
      } else {
        static constexpr NameText kKey = FieldPrefix(kF.name);
        out_.Put(kKey.view());
        if constexpr (kF.Is(kBytes)) {
          WriteBase64(value);
        } else {
          WriteValue(value);
        }
      }
    }
  }

  template <Message M, size_t I>
  void WriteRaw(Text bytes) {
    static constexpr NameText kText = FieldPrefix(kField<M, I>.name);
    static constexpr NameText kCoded = FieldPrefix(kField<M, I>.name, "_base64");
    if (IsUtf8(bytes)) {
      out_.Put(kText.view());
      WriteText(bytes);
    } else {
      out_.Put(kCoded.view());
      WriteBase64(bytes);
    }
  }

  template <class T>
  void WriteValue(const T& value) {
    if constexpr (kIsOptional<T>) {
      WriteValue(*value);
    } else if constexpr (kIsVector<T>) {
      WriteList(value);
    } else if constexpr (std::is_same_v<T, Text>) {
      WriteText(value);
    } else if constexpr (std::is_same_v<T, model::DeadLetterReason>) {
      WriteText(model::ToString(value));
    } else if constexpr (Message<T>) {
      WriteMessage(value);
    } else if constexpr (std::is_same_v<T, bool>) {
      out_.Append(value ? "true" : "false");
    } else if constexpr (std::is_same_v<T, double>) {
      WriteDouble(value);
    } else if constexpr (NamedEnum<T>) {
      WriteEnum(value);
    } else {
      WriteInteger(value);
    }
  }

  template <class V>
  void WriteList(const std::vector<V>& list) {
    constexpr bool kMap = std::is_same_v<V, model::TextEntry> || KeyedMessage<V>;
    out_.Ensure(1);
    out_.Put(kMap ? '{' : '[');
    bool first = true;
    for (const V& element : list) {
      out_.Ensure(1);
      if (!first) out_.Put(',');
      first = false;
      if constexpr (std::is_same_v<V, model::TextEntry>) {
        WriteText(element.key);
        out_.Append(":");
        WriteText(element.value);
      } else if constexpr (KeyedMessage<V>) {
        WriteText(element.*MapKey<V>::kKey);
        out_.Append(":");
        WriteMessage(element);
      } else {
        WriteValue(element);
      }
    }
    out_.Ensure(1);
    out_.Put(kMap ? '}' : ']');
  }

  template <class E>
  void WriteEnum(E value) {
    const auto number = static_cast<size_t>(value);
    const auto& names = EnumNames<E>::kNames;
    if (number < names.size()) {
      WriteText(names[number]);
    } else {
      WriteInteger(static_cast<int64_t>(value));
    }
  }

  template <class T>
  void WriteInteger(T value) {
    constexpr size_t kDigitsMax = 21;
    out_.Ensure(kDigitsMax);
    const auto end = std::to_chars(out_.at(), out_.at() + kDigitsMax, value);
    out_.Advance(static_cast<size_t>(end.ptr - out_.at()));
  }

  // What JSON has no number for is written as text, as protobuf's JSON mapping does.
  void WriteDouble(double value) {
    if (std::isnan(value)) return out_.Append("\"NaN\"");
    if (std::isinf(value)) return out_.Append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    constexpr size_t kDigitsMax = 32;
    out_.Ensure(kDigitsMax);
    const auto end = std::to_chars(out_.at(), out_.at() + kDigitsMax, value);
    out_.Advance(static_cast<size_t>(end.ptr - out_.at()));
  }

  void WriteText(Text text) {
    constexpr size_t kEscapeMax = 6;
    out_.Ensure(text.size() + 2);
    out_.Put('"');
    size_t plain = PlainPrefix(text);
    while (plain < text.size()) [[unlikely]] {
        out_.Ensure(text.size() + kEscapeMax + 1);
        out_.Put(text.substr(0, plain));
        WriteEscape(text[plain]);
        text.remove_prefix(plain + 1);
        plain = PlainPrefix(text);
      }
    out_.Ensure(text.size() + 1);
    out_.Put(text);
    out_.Put('"');
  }

  // Room for six bytes has been made.
  void WriteEscape(char c) {
    out_.Put('\\');
    switch (c) {
      case '"':
      case '\\':
        return out_.Put(c);
      case '\n':
        return out_.Put('n');
      case '\r':
        return out_.Put('r');
      case '\t':
        return out_.Put('t');
      default:
        constexpr Text kHex = "0123456789abcdef";
        out_.Put("u00");
        out_.Put(kHex[static_cast<uint8_t>(c) >> 4U]);
        out_.Put(kHex[static_cast<uint8_t>(c) & 15U]);
    }
  }

  void WriteBase64(Text bytes) {
    std::string coded;
    AppendBase64(bytes, coded);
    out_.Ensure(coded.size() + 2);
    out_.Put('"');
    out_.Put(coded);
    out_.Put('"');
  }

  Appender out_;
};

}  // namespace waymark::codec
