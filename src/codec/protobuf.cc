#include "codec/protobuf.h"

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include "codec/protobuf_reader.h"
#include "codec/protobuf_writer.h"

namespace waymark::codec {

using base::Status;
using base::StatusCode;

namespace {

template <class M>
Status DecodeMessage(std::string_view bytes, M& value) {
  if (bytes.size() > kMessageBytesMax) {
    return {StatusCode::kInvalid, "malformed protobuf: message of more than 64 MiB"};
  }
  ProtobufInput in{bytes.data(), bytes.data() + bytes.size()};
  if (ReadWhole(in, value)) return {};
  return {StatusCode::kInvalid, std::string("malformed protobuf: ") + in.fault};
}

}  // namespace

void Encode(const model::Interaction& value, std::string& out) {
  ProtobufWriter<false>(out).WriteMessage(value);
}
void Encode(const model::Step& value, std::string& out) {
  ProtobufWriter<false>(out).WriteMessage(value);
}
void Encode(const model::Signal& value, std::string& out) {
  ProtobufWriter<false>(out).WriteMessage(value);
}
void Encode(const model::CustomerJourneys& value, std::string& out) {
  ProtobufWriter<false>(out).WriteMessage(value);
}
void Encode(const model::DeadLetter& value, std::string& out) {
  ProtobufWriter<false>(out).WriteMessage(value);
}

void EncodeForFile(const model::Interaction& value, std::string& out) {
  constexpr uint32_t kKey = 100;
  Encode(value, out);
  if (!value.key.empty()) {
    protozero::pbf_writer(out).add_string(kKey, value.key.data(), value.key.size());
  }
}

void EncodeCanonical(const model::Step& value, std::string& out) {
  ProtobufWriter<true>(out).WriteMessage(value);
}
void EncodeCanonical(const model::Signal& value, std::string& out) {
  ProtobufWriter<true>(out).WriteMessage(value);
}
void EncodeCanonical(const model::CustomerJourneys& value, std::string& out) {
  ProtobufWriter<true>(out).WriteMessage(value);
}

void EncodeTransport(const model::Step& value, std::string& out) {
  ProtobufWriter<false>(out).WriteTransport(value);
}

size_t CanonicalSize(std::string_view message) {
  constexpr uint32_t kFirstTransportField = 100;
  size_t size = 0;
  try {
    protozero::pbf_reader fields(message.data(), message.size());
    while (fields.next() && fields.tag() < kFirstTransportField) {
      fields.skip();
      size = message.size() - fields.length();
    }
  } catch (const protozero::exception&) {
    return size;
  }
  return size;
}

Status Decode(std::string_view bytes, model::Interaction& value) {
  return DecodeMessage(bytes, value);
}
Status Decode(std::string_view bytes, model::Step& value) {
  return DecodeMessage(bytes, value);
}
Status Decode(std::string_view bytes, model::Signal& value) {
  return DecodeMessage(bytes, value);
}
Status Decode(std::string_view bytes, model::CustomerJourneys& value) {
  return DecodeMessage(bytes, value);
}
Status Decode(std::string_view bytes, model::DeadLetter& value) {
  return DecodeMessage(bytes, value);
}

}  // namespace waymark::codec
