#pragma once

#include <charconv>
#include <cmath>

#include "codec/appender.h"
#include "codec/base64.h"
#include "codec/json_names.h"
#include "codec/utf8.h"

// Writes any message that has a Schema as one JSON object.
namespace waymark::codec {

// Length of the part of `text` that JSON takes as it is.
size_t PlainPrefix(Text text);

template <bool kCanonical>
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  template <Message M>
  void WriteMessage(const M& message) {
    out_.Ensure(1);
    out_.Put('{');
    bool first = true;
    ForEachField<M>([&]<size_t I>() { WriteField<M, I>(message, first); });
    out_.Ensure(1);
    out_.Put('}');
  }

 private:
  template <Message M, size_t I>
  void WriteField(const M& message, bool& first) {
    constexpr auto kF = kField<M, I>;
    if constexpr (!(kCanonical && kF.Is(kTransport))) {
      const auto& value = message.*kF.member;
      if (IsAbsent(value)) return;
      constexpr bool kRaw = kF.Is(kRawBytes);
      static constexpr NameText kKey = QuotedName(kF.name);
      out_.Ensure(kNameMax + 1);
      if (!first) out_.Put(',');
      first = false;
      if constexpr (kRaw) {
        WriteRaw<M, I>(*value);
      } else {
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
    static constexpr NameText kText = QuotedName(kField<M, I>.name);
    static constexpr NameText kCoded = QuotedName(kField<M, I>.name, "_base64");
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
    while (plain < text.size()) {
      out_.Ensure(text.size() + kEscapeMax + 1);
      if (plain > 0) out_.Put(text.substr(0, plain));
      WriteEscape(text[plain]);
      text.remove_prefix(plain + 1);
      plain = PlainPrefix(text);
    }
    out_.Ensure(text.size() + 1);
    if (!text.empty()) out_.Put(text);
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
