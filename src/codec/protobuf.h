#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/customer_journeys.h"
#include "model/interaction.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::codec {

// Protobuf in its canonical form: fields by number, maps by key, defaults left out, so that equal
// values are equal bytes. encode() appends to `out`; Interaction::key is never written.
void encode(const model::Interaction& value, std::string& out);
void encode(const model::Step& value, std::string& out);
void encode(const model::Signal& value, std::string& out);
void encode(const model::CustomerJourneys& value, std::string& out);

// Only what the canonical view keeps: without revision, origin and the other transport fields.
void encode_canonical(const model::Step& value, std::string& out);
void encode_canonical(const model::Signal& value, std::string& out);
void encode_canonical(const model::CustomerJourneys& value, std::string& out);

// decode() replaces `value`, whose texts are views into `bytes`. Unknown fields are skipped; what is
// malformed (bad wire data, bad UTF-8, limits of codec/limits.h exceeded) fails with kInvalid.
base::Status decode(std::string_view bytes, model::Interaction& value);
base::Status decode(std::string_view bytes, model::Step& value);
base::Status decode(std::string_view bytes, model::Signal& value);
base::Status decode(std::string_view bytes, model::CustomerJourneys& value);

}  // namespace waymark::codec
