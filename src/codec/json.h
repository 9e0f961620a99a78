#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/customer_journeys.h"
#include "model/dead_letter.h"
#include "model/interaction.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::codec {

// Reads JSON objects. Texts of a decoded value are views into the decoder's buffers, valid until
// its next decode. One decoder a thread.
class JsonDecoder {
 public:
  JsonDecoder();
  ~JsonDecoder();
  base::Status Decode(std::string_view json, model::Interaction& value);
  base::Status Decode(std::string_view json, model::Step& value);
  base::Status Decode(std::string_view json, model::Signal& value);
  base::Status Decode(std::string_view json, model::CustomerJourneys& value);
  base::Status Decode(std::string_view json, model::DeadLetter& value);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Writes one JSON object, fields in the order of their numbers, without a line end; appends to
// `out`.
void EncodeJson(const model::Interaction& value, std::string& out);
// A step whose interaction is empty beside its bytes gets it decoded from them.
void EncodeJson(const model::Step& value, std::string& out);
void EncodeJson(const model::Signal& value, std::string& out);
void EncodeJson(const model::CustomerJourneys& value, std::string& out);
// A raw value that is not UTF-8 is written as "value_base64" instead of "value".
void EncodeJson(const model::DeadLetter& value, std::string& out);

// The canonical view: without revision, origin and the other transport fields.
void EncodeJsonCanonical(const model::Step& value, std::string& out);
void EncodeJsonCanonical(const model::Signal& value, std::string& out);
void EncodeJsonCanonical(const model::CustomerJourneys& value, std::string& out);

}  // namespace waymark::codec
