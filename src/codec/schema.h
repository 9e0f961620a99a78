#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/dead_letter.h"
#include "model/interaction.h"

// The mechanism by which a message is declared once, as a constexpr tuple of fields; the protobuf
// and the JSON codec are generic over it. The declarations stand in codec/messages.h.
namespace waymark::codec {

enum FieldFlags : uint32_t {
  kPlain = 0,
  kTransport = 1,  // No part of the canonical view.
  kFileOnly = 2,   // Read, never written as protobuf.
  kBytes = 4,      // Any bytes instead of text; base64 in JSON.
  kRawBytes = 8,   // Any bytes; JSON writes text, or NAME_base64 where they are not UTF-8.
  kTime = 16,      // JSON reads RFC 3339 as well.
  kDecimal = 32,   // NAME_micros: JSON reads a decimal NAME as well.
};

template <class M, class T>
struct Field {
  using Value = T;
  uint32_t number;
  std::string_view name;
  T M::*member;
  uint32_t flags;
  constexpr bool Is(uint32_t flag) const { return (flags & flag) != 0; }
};

template <class M, class T>
consteval Field<M, T> Declare(uint32_t number, std::string_view name, T M::*member,
                              uint32_t flags = kPlain) {
  return {number, name, member, flags};
}

// Specialised for each message: kName, as in the .proto file, and kFields in the order of numbers.
template <class M>
struct Schema;

template <class M>
inline constexpr size_t kFieldCount = std::tuple_size_v<decltype(Schema<M>::kFields)>;

template <class M, size_t I>
inline constexpr auto kField = std::get<I>(Schema<M>::kFields);

// Calls fn.template operator()<I>() for the index of every field.
template <class M, class Fn>
constexpr void ForEachField(Fn&& fn) {
  [&]<size_t... I>(std::index_sequence<I...>) {
    (fn.template operator()<I>(), ...);
  }
  (std::make_index_sequence<kFieldCount<M>>{});
}

// Specialised for each enum: kNames by number, the first of them …_UNSPECIFIED, and kUnknown, what
// an unknown name is read as.
template <class E>
struct EnumNames;

// Specialised for a message that is the value of a map: kKey, the member that holds the key.
template <class M>
struct MapKey;

template <class M>
concept Message = requires {
  Schema<M>::kFields;
};
template <class M>
concept KeyedMessage = Message<M> && requires {
  MapKey<M>::kKey;
};
template <class E>
concept NamedEnum = requires {
  EnumNames<E>::kNames;
};

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsText =
    std::is_same_v<T, model::Text> || std::is_same_v<T, model::DeadLetterReason>;

// Empties a message and keeps the room of its vectors.
template <Message M>
void Clear(M& message);

template <class T>
void ClearValue(T& value) {
  if constexpr (Message<T>) {
    Clear(value);
  } else if constexpr (kIsVector<T>) {
    value.clear();
  } else {
    value = T();
  }
}

template <Message M>
void Clear(M& message) {
  if constexpr (std::is_same_v<M, model::DeadLetter>) {
    message = M();  // Its reason has a default that is not the first.
    return;
  }
  ForEachField<M>([&]<size_t I>() { ClearValue(message.*kField<M, I>.member); });
  if constexpr (requires { message.interaction_bytes; }) message.interaction_bytes = {};
}

// True for what protobuf leaves out: the default of a field without presence, an empty list or map,
// and a message that is part of another by value and holds nothing.
template <class T>
bool IsAbsent(const T& value) {
  if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (kIsVector<T> || std::is_same_v<T, model::Text>) {
    return value.empty();
  } else if constexpr (std::is_same_v<T, model::DeadLetterReason>) {
    return false;
  } else if constexpr (std::is_same_v<T, double>) {
    return value == 0 && !__builtin_signbit(value);
  } else if constexpr (Message<T>) {
    bool absent = true;
    ForEachField<T>([&]<size_t I>() { absent = absent && IsAbsent(value.*kField<T, I>.member); });
    if constexpr (requires { value.interaction_bytes; }) {
      absent = absent && value.interaction_bytes.empty();
    }
    return absent;
  } else {
    return value == T();
  }
}

}  // namespace waymark::codec
