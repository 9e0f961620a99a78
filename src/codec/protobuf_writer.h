#pragma once

#include <bit>
#include <protozero/types.hpp>

#include "codec/appender.h"
#include "codec/messages.h"

// Writes any message that has a Schema as canonical protobuf.
namespace waymark::codec {

using protozero::pbf_wire_type;

inline constexpr size_t kVarintMax = 10;
inline constexpr size_t kTagMax = 5;

constexpr uint32_t TagOf(uint32_t number, pbf_wire_type type) {
  return (number << 3U) | static_cast<uint32_t>(type);
}

template <bool kCanonical>
class ProtobufWriter {
 public:
  explicit ProtobufWriter(std::string& out) : out_(out, kRoom) {}

  template <Message M>
  void WriteMessage(const M& message) {
    ForEachField<M>([&]<size_t I>() { WriteField<M, I>(message); });
  }
  // Only what the canonical view leaves out.
  template <Message M>
  void WriteTransport(const M& message) {
    ForEachField<M>([&]<size_t I>() {
      if constexpr (kField<M, I>.Is(kTransport)) WriteField<M, I>(message);
    });
  }

 private:
  static constexpr size_t kRoom = 512;

  template <Message M, size_t I>
  void WriteField(const M& message) {
    constexpr auto kF = kField<M, I>;
    if constexpr (kF.Is(kFileOnly) || (kCanonical && kF.Is(kTransport))) {
      return;
    } else {
      using T = typename decltype(kF)::Value;
      const T& value = message.*kF.member;
      if constexpr (std::is_same_v<T, model::Interaction>) {
        // The bytes of a step's interaction stand for it where they are known.
        if (!message.interaction_bytes.empty()) {
          return WriteText<kF.number>(message.interaction_bytes);
        }
      }
      if constexpr (kIsVector<T>) {
        for (const auto& element : value) WriteElement<kF.number>(element);
      } else if constexpr (kIsOptional<T>) {
        if (value) WriteElement<kF.number>(*value);
      } else if constexpr (Message<T>) {
        WriteUnlessEmpty<kF.number>(value);
      } else {
        if (!IsAbsent(value)) WriteElement<kF.number>(value);
      }
    }
  }

  template <uint32_t kNumber, class T>
  void WriteElement(const T& value) {
    if constexpr (std::is_same_v<T, Text>) {
      WriteText<kNumber>(value);
    } else if constexpr (std::is_same_v<T, model::DeadLetterReason>) {
      WriteText<kNumber>(model::ToString(value));
    } else if constexpr (std::is_same_v<T, model::TextEntry>) {
      WriteNested<kNumber>([&] {
        WriteText<1>(value.key);
        WriteText<2>(value.value);
      });
    } else if constexpr (KeyedMessage<T>) {
      WriteNested<kNumber>([&] {
        WriteText<1>(value.*MapKey<T>::kKey);
        WriteNested<2>([&] { WriteMessage(value); });
      });
    } else if constexpr (Message<T>) {
      WriteNested<kNumber>([&] { WriteMessage(value); });
    } else if constexpr (std::is_same_v<T, double>) {
      WriteDouble<kNumber>(value);
    } else {
      out_.Ensure(kTagMax + kVarintMax);
      out_.PutVarint(TagOf(kNumber, pbf_wire_type::varint));
      // Negative numbers of 32 bits are written with their sign extended, as protobuf asks.
      out_.PutVarint(static_cast<uint64_t>(static_cast<int64_t>(value)));
    }
  }

  template <uint32_t kNumber>
  void WriteDouble(double value) {
    static_assert(std::endian::native == std::endian::little);
    out_.Ensure(kTagMax + sizeof(value));
    out_.PutVarint(TagOf(kNumber, pbf_wire_type::fixed64));
    std::memcpy(out_.at(), &value, sizeof(value));
    out_.Advance(sizeof(value));
  }

  template <uint32_t kNumber>
  void WriteText(Text text) {
    out_.Ensure(kTagMax + kVarintMax + text.size());
    out_.PutVarint(TagOf(kNumber, pbf_wire_type::length_delimited));
    out_.PutVarint(text.size());
    out_.Put(text);
  }

  template <uint32_t kNumber, class T>
  void WriteUnlessEmpty(const T& value) {
    const size_t before = out_.size();
    WriteNested<kNumber>([&] { WriteMessage(value); });
    constexpr size_t kEmpty = kNumber < 16 ? 2 : 3;  // Tag and a length of zero.
    static_assert(kNumber < 2048);
    if (out_.size() == before + kEmpty) out_.Rewind(before);
  }

  // Room for a length of one byte is left; a longer message is moved up by what its length needs.
  template <uint32_t kNumber, class Body>
  void WriteNested(const Body& body) {
    out_.Ensure(kTagMax + 1);
    out_.PutVarint(TagOf(kNumber, pbf_wire_type::length_delimited));
    const size_t length_at = out_.size();
    out_.Put('\0');
    body();
    const size_t start = length_at + 1;
    const size_t length = out_.size() - start;
    const auto extra = static_cast<size_t>(protozero::length_of_varint(length)) - 1;
    if (extra > 0) {
      out_.Ensure(extra);
      std::memmove(out_.data(start + extra), out_.data(start), length);
      out_.Advance(extra);
    }
    protozero::add_varint_to_buffer(out_.data(length_at), length);
  }

  Appender out_;
};

}  // namespace waymark::codec
