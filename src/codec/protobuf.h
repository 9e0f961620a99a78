#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/customer_journeys.h"
#include "model/dead_letter.h"
#include "model/interaction.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::codec {

// Protobuf in its canonical form: fields by number, maps by key, defaults left out, so that equal
// values are equal bytes. Encode() appends to `out`; Interaction::key is never written.
void Encode(const model::Interaction& value, std::string& out);
void Encode(const model::Step& value, std::string& out);
void Encode(const model::Signal& value, std::string& out);
void Encode(const model::CustomerJourneys& value, std::string& out);
void Encode(const model::DeadLetter& value, std::string& out);

// As Encode(), followed by the field `key`: for files, where no record key names the customer.
void EncodeForFile(const model::Interaction& value, std::string& out);

// Only what the canonical view keeps: without revision, origin and the other transport fields.
void EncodeCanonical(const model::Step& value, std::string& out);
void EncodeCanonical(const model::Signal& value, std::string& out);
void EncodeCanonical(const model::CustomerJourneys& value, std::string& out);

// The rest: canonical bytes followed by these are the same as Encode() gives.
void EncodeTransport(const model::Step& value, std::string& out);
// How many bytes of an encoded message are its canonical part, which Encode() writes first; up to
// the field that is cut off or malformed, where there is one. Does not look into nested messages.
size_t CanonicalSize(std::string_view message);

// Decode() replaces `value`, whose texts are views into `bytes`. Unknown fields are skipped; what
// is malformed (bad wire data, bad UTF-8, limits of codec/limits.h exceeded) fails with kInvalid.
base::Status Decode(std::string_view bytes, model::Interaction& value);
base::Status Decode(std::string_view bytes, model::Step& value);
base::Status Decode(std::string_view bytes, model::Signal& value);
base::Status Decode(std::string_view bytes, model::CustomerJourneys& value);
base::Status Decode(std::string_view bytes, model::DeadLetter& value);

}  // namespace waymark::codec
