#include "codec/interaction_decoder.h"

#include <fmt/format.h>

#include "codec/json_reader.h"
#include "codec/protobuf_reader.h"
#include "codec/registry_framing.h"

namespace waymark::codec {

using model::DeadLetterReason;

struct InteractionDecoder::Impl {
  InputFormat format;
  InputLimits limits;
  JsonReader json;
  bool canonical = false;
  bool is_json = false;
  std::string_view payload;

  // Sets `payload` and what it is.
  std::optional<Refusal> CheckBytes(std::optional<std::string_view> given) {
    if (!given) return Refusal{DeadLetterReason::kNullValue, "no value"};
    const std::string_view bytes = *given;
    if (bytes.size() > limits.bytes_max) {
      return Refusal{DeadLetterReason::kTooLarge,
                     fmt::format("{} bytes, at most {}", bytes.size(), limits.bytes_max)};
    }
    payload = bytes;
    is_json =
        format == InputFormat::kJson || (format == InputFormat::kAuto && bytes.starts_with('{'));
    if (!IsFramed(bytes)) return std::nullopt;
    const auto framed = TakeFraming(bytes);
    if (!framed) return Refusal{DeadLetterReason::kUnparsable, "broken registry framing"};
    payload = framed->payload;
    if (format == InputFormat::kAuto) is_json = framed->json;
    return std::nullopt;
  }

  std::optional<Refusal> ReadJson(model::Interaction& value) {
    JsonOutcome outcome = json.Read(payload, value);
    if (outcome.good()) return std::nullopt;
    const bool malformed = outcome.kind == JsonOutcome::Kind::kMalformed;
    return Refusal{malformed ? DeadLetterReason::kUnparsable : DeadLetterReason::kBadValue,
                   std::move(outcome.text)};
  }

  std::optional<Refusal> ReadProtobuf(model::Interaction& value) {
    ProtobufInput in{payload.data(), payload.data() + payload.size()};
    if (!ReadWhole(in, value)) return Refusal{DeadLetterReason::kUnparsable, in.fault};
    canonical = in.canonical;
    return std::nullopt;
  }
};

InteractionDecoder::InteractionDecoder(InputFormat format, const InputLimits& limits)
    : impl_(std::make_unique<Impl>()) {
  impl_->format = format;
  impl_->limits = limits;
}
InteractionDecoder::~InteractionDecoder() = default;

std::optional<Refusal> InteractionDecoder::Decode(std::optional<std::string_view> bytes,
                                                  model::Interaction& value) {
  impl_->canonical = false;
  impl_->payload = {};
  if (auto refusal = impl_->CheckBytes(bytes)) {
    value.Clear();
    return refusal;
  }
  if (auto refusal = impl_->is_json ? impl_->ReadJson(value) : impl_->ReadProtobuf(value)) {
    return refusal;
  }
  return CheckInteraction(value, impl_->limits);
}

bool InteractionDecoder::is_canonical() const {
  return impl_->canonical;
}
std::string_view InteractionDecoder::payload() const {
  return impl_->payload;
}

}  // namespace waymark::codec
