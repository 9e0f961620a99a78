#include "codec/json_writer.h"

#include "codec/json.h"
#include "codec/protobuf.h"

namespace waymark::codec {

namespace {

template <bool kCanonical, class M>
void EncodeMessage(const M& value, std::string& out) {
  JsonWriter<kCanonical>(out).WriteMessage(value);
}

// A step that carries only the bytes of its interaction gets it decoded first.
template <bool kCanonical>
void EncodeStep(const model::Step& value, std::string& out) {
  if (value.interaction_bytes.empty() || value.interaction != model::Interaction()) {
    return EncodeMessage<kCanonical>(value, out);
  }
  model::Step whole = value;
  const base::Status status = Decode(value.interaction_bytes, whole.interaction);
  WAYMARK_CHECK(status.ok(), "the bytes of a step's interaction can't be read");
  whole.interaction_bytes = {};
  EncodeMessage<kCanonical>(whole, out);
}

}  // namespace

void EncodeJson(const model::Interaction& value, std::string& out) {
  EncodeMessage<false>(value, out);
}
void EncodeJson(const model::Step& value, std::string& out) {
  EncodeStep<false>(value, out);
}
void EncodeJson(const model::Signal& value, std::string& out) {
  EncodeMessage<false>(value, out);
}
void EncodeJson(const model::CustomerJourneys& value, std::string& out) {
  EncodeMessage<false>(value, out);
}
void EncodeJson(const model::DeadLetter& value, std::string& out) {
  EncodeMessage<false>(value, out);
}

void EncodeJsonCanonical(const model::Step& value, std::string& out) {
  EncodeStep<true>(value, out);
}
void EncodeJsonCanonical(const model::Signal& value, std::string& out) {
  EncodeMessage<true>(value, out);
}
void EncodeJsonCanonical(const model::CustomerJourneys& value, std::string& out) {
  EncodeMessage<true>(value, out);
}

}  // namespace waymark::codec
