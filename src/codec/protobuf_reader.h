#pragma once

#include <algorithm>
#include <protozero/types.hpp>
#include <protozero/varint.hpp>

#include "codec/limits.h"
#include "codec/messages.h"
#include "codec/utf8.h"

// Reads any message that has a Schema from protobuf, without allocating but for its vectors.
namespace waymark::codec {

using protozero::pbf_wire_type;

// What is left to read of one message, and what was found on the way.
struct ProtobufInput {
  const char* at;
  const char* end;
  // False once the bytes differ from what the writer would give for the value.
  bool canonical = true;
  // What is wrong, a literal; set where a read function returned false.
  const char* fault = nullptr;

  bool Fail(const char* why) {
    fault = why;
    return false;
  }
  // Throws protozero::exception where the bytes end or the number is too long.
  [[gnu::always_inline]] uint64_t Varint() {
    if (at != end && static_cast<int8_t>(*at) >= 0) return static_cast<uint64_t>(*at++);
    const char* start = at;
    const uint64_t value = protozero::decode_varint(&at, end);
    const auto length = at - start;
    if (length > 1 && (at[-1] == 0 || (length == 10 && at[-1] != 1))) canonical = false;
    return value;
  }
  // A field's number and wire type. As in the reference implementation a tag has at most five
  // bytes, of which 32 bits count; number 0 is none.
  [[gnu::always_inline]] bool Tag(uint32_t& tag) {
    constexpr std::ptrdiff_t kTagBytesMax = 5;
    const char* start = at;
    const uint64_t raw = Varint();
    tag = static_cast<uint32_t>(raw);
    if (at - start > kTagBytesMax || tag >> 3U == 0) return Fail("field number out of range");
    if (tag != raw) canonical = false;
    return true;
  }
  bool Bytes(Text& text) {
    const uint64_t length = Varint();
    if (length > static_cast<uint64_t>(end - at)) return Fail("length beyond the end");
    text = Text(at, static_cast<size_t>(length));
    at += length;
    return true;
  }
};

// Skips one field's value; a group up to its end tag.
bool SkipField(ProtobufInput& in, uint32_t tag);

// Sorts a map by key; of equal keys the last stays. True where nothing had to be done.
bool NormalizeMap(model::TextMap& map);

template <Message M>
bool ReadMessage(ProtobufInput& in, M& message);

template <Message M>
bool ReadNested(ProtobufInput& in, M& message) {
  ProtobufInput inner{in.at, in.end};
  Text bytes;
  if (!in.Bytes(bytes)) return false;
  inner.at = bytes.data();
  inner.end = bytes.data() + bytes.size();
  const bool good = ReadMessage(inner, message);
  in.canonical = in.canonical && inner.canonical;
  if (!good) in.fault = inner.fault;
  return good;
}

template <uint32_t kFlags>
[[gnu::always_inline]] inline bool ReadText(ProtobufInput& in, Text& text) {
  if (!in.Bytes(text)) return false;
  if constexpr ((kFlags & (kBytes | kRawBytes)) == 0) {
    if (!IsUtf8(text)) return in.Fail("text is not UTF-8");
  }
  return true;
}

// Reads a map entry; `read_value` is called at the value's field.
template <class ReadValue>
bool ReadEntry(ProtobufInput& in, Text& key, const ReadValue& read_value) {
  Text bytes;
  if (!in.Bytes(bytes)) return false;
  ProtobufInput entry{bytes.data(), bytes.data() + bytes.size()};
  uint32_t expected = 1;
  bool good = true;
  while (good && entry.at != entry.end) {
    uint32_t tag = 0;
    good = entry.Tag(tag);
    if (!good) break;
    if (tag != (expected << 3U | 2U)) entry.canonical = false;
    ++expected;
    if (tag == (1U << 3U | 2U)) {
      good = ReadText<kPlain>(entry, key);
    } else if (tag == (2U << 3U | 2U)) {
      good = read_value(entry);
    } else {
      good = SkipField(entry, tag);
    }
  }
  in.canonical = in.canonical && entry.canonical && expected == 3;
  if (!good) in.fault = entry.fault;
  return good;
}

inline bool ReadTextEntry(ProtobufInput& in, model::TextMap& map) {
  model::TextEntry entry;
  if (!ReadEntry(in, entry.key,
                 [&](ProtobufInput& inner) { return ReadText<kPlain>(inner, entry.value); })) {
    return false;
  }
  map.push_back(entry);
  return true;
}

// The order of the entries is kept; a repeated key replaces the entry it repeats.
template <KeyedMessage V>
bool ReadKeyedEntry(ProtobufInput& in, std::vector<V>& map) {
  if (map.size() >= kStagesMax) return in.Fail("too many map entries");
  V entry;
  Text key;
  if (!ReadEntry(in, key, [&](ProtobufInput& inner) { return ReadNested(inner, entry); })) {
    return false;
  }
  entry.*MapKey<V>::kKey = key;
  const auto same = std::ranges::find(map, key, MapKey<V>::kKey);
  if (same == map.end()) {
    map.push_back(entry);
  } else {
    *same = entry;
    in.canonical = false;
  }
  return true;
}

template <class T, uint32_t kFlags>
bool ReadElement(ProtobufInput& in, T& value) {
  if constexpr (std::is_same_v<T, Text>) {
    return ReadText<kFlags>(in, value);
  } else if constexpr (std::is_same_v<T, model::DeadLetterReason>) {
    Text name;
    if (!ReadText<kPlain>(in, name)) return false;
    const auto reason = model::ParseDeadLetterReason(name);
    if (!reason) return in.Fail("unknown reason");
    value = *reason;
    return true;
  } else if constexpr (Message<T>) {
    return ReadNested(in, value);
  } else if constexpr (std::is_same_v<T, double>) {
    if (in.end - in.at < static_cast<std::ptrdiff_t>(sizeof(value))) {
      return in.Fail("number beyond the end");
    }
    std::memcpy(&value, in.at, sizeof(value));
    in.at += sizeof(value);
    return true;
  } else {
    const uint64_t raw = in.Varint();
    if constexpr (std::is_same_v<T, bool>) {
      value = raw != 0;
    } else if constexpr (std::is_same_v<T, int64_t>) {
      value = static_cast<int64_t>(raw);
    } else {
      value = static_cast<T>(static_cast<int32_t>(static_cast<uint32_t>(raw)));
    }
    if (static_cast<uint64_t>(static_cast<int64_t>(value)) != raw) in.canonical = false;
    return true;
  }
}

template <Message M, size_t I>
bool ReadField(ProtobufInput& in, M& message) {
  constexpr auto kF = kField<M, I>;
  using T = typename decltype(kF)::Value;
  T& value = message.*kF.member;
  if constexpr (kF.Is(kFileOnly)) in.canonical = false;
  if constexpr (kIsVector<T>) {
    using V = typename T::value_type;
    if (value.size() >= kListElementsMax) return in.Fail("too many elements");
    if constexpr (std::is_same_v<V, model::TextEntry>) {
      return ReadTextEntry(in, value);
    } else if constexpr (KeyedMessage<V>) {
      return ReadKeyedEntry(in, value);
    } else {
      return ReadElement<V, kF.flags>(in, value.emplace_back());
    }
  } else if constexpr (kIsOptional<T>) {
    using V = typename T::value_type;
    return ReadElement<V, kF.flags>(in, value ? *value : value.emplace());
  } else if constexpr (std::is_same_v<T, model::Interaction>) {
    const bool first = message.interaction_bytes.empty();
    ProtobufInput peek = in;
    if (!ReadNested(in, value) || !peek.Bytes(message.interaction_bytes)) return false;
    // What is given twice is merged, and has no bytes of its own.
    if (!first) message.interaction_bytes = {};
    return true;
  } else {
    if (!ReadElement<T, kF.flags>(in, value)) return false;
    if (IsAbsent(value)) in.canonical = false;
    return true;
  }
}

template <class T>
constexpr pbf_wire_type WireTypeOf() {
  if constexpr (kIsOptional<T>) {
    return WireTypeOf<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, double>) {
    return pbf_wire_type::fixed64;
  } else if constexpr (kIsText<T> || kIsVector<T> || Message<T>) {
    return pbf_wire_type::length_delimited;
  } else {
    return pbf_wire_type::varint;
  }
}

// One row of the table by which a message's fields are found: by number.
template <class M>
struct ReadRow {
  bool (*read)(ProtobufInput&, M&) = nullptr;
  uint32_t wire_type = 0;
  bool repeated = false;
};

template <Message M>
constexpr auto MakeReadTable() {
  constexpr uint32_t kLast = kField<M, kFieldCount<M> - 1>.number;
  std::array<ReadRow<M>, kLast + 1> table{};
  ForEachField<M>([&]<size_t I>() {
    using T = typename decltype(kField<M, I>)::Value;
    table[kField<M, I>.number] = {&ReadField<M, I>, static_cast<uint32_t>(WireTypeOf<T>()),
                                  kIsVector<T>};
  });
  return table;
}

template <Message M>
inline constexpr auto kReadTable = MakeReadTable<M>();

template <Message M>
bool ReadMessage(ProtobufInput& in, M& message) {
  uint32_t last = 0;
  while (in.at != in.end) {
    uint32_t tag = 0;
    if (!in.Tag(tag)) return false;
    const uint32_t number = tag >> 3U;
    const auto& table = kReadTable<M>;
    if (number < table.size() && table[number].read != nullptr &&
        table[number].wire_type == (tag & 7U)) {
      if (number < last || (number == last && !table[number].repeated)) in.canonical = false;
      last = number;
      if (!table[number].read(in, message)) return false;
    } else {
      in.canonical = false;
      if (!SkipField(in, tag)) return false;
    }
  }
  ForEachField<M>([&]<size_t I>() {
    using T = typename decltype(kField<M, I>)::Value;
    if constexpr (std::is_same_v<T, model::TextMap>) {
      if (!NormalizeMap(message.*kField<M, I>.member)) in.canonical = false;
    }
  });
  return true;
}

// Replaces `message` by what `bytes` hold. Throws nothing.
template <Message M>
bool ReadWhole(ProtobufInput& in, M& message) {
  Clear(message);
  try {
    return ReadMessage(in, message);
  } catch (const protozero::exception&) {
    return in.Fail("number cut off or too long");
  }
}

}  // namespace waymark::codec
