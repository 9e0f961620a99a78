#include "codec/json.h"

#include "codec/json_reader.h"

namespace waymark::codec {

using base::Status;
using base::StatusCode;

struct JsonDecoder::Impl {
  JsonReader reader;

  template <class M>
  Status Decode(std::string_view json, M& value) {
    JsonOutcome outcome = reader.Read(json, value);
    if (outcome.good()) return {};
    const bool malformed = outcome.kind == JsonOutcome::Kind::kMalformed;
    return {StatusCode::kInvalid, (malformed ? "malformed JSON: " : "") + outcome.text};
  }
};

JsonDecoder::JsonDecoder() : impl_(std::make_unique<Impl>()) {}
JsonDecoder::~JsonDecoder() = default;

Status JsonDecoder::Decode(std::string_view json, model::Interaction& value) {
  return impl_->Decode(json, value);
}
Status JsonDecoder::Decode(std::string_view json, model::Step& value) {
  return impl_->Decode(json, value);
}
Status JsonDecoder::Decode(std::string_view json, model::Signal& value) {
  return impl_->Decode(json, value);
}
Status JsonDecoder::Decode(std::string_view json, model::CustomerJourneys& value) {
  return impl_->Decode(json, value);
}
Status JsonDecoder::Decode(std::string_view json, model::DeadLetter& value) {
  return impl_->Decode(json, value);
}

}  // namespace waymark::codec
