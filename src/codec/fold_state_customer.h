#pragma once

#include "codec/compact.h"
#include "journey/compiled_customer.h"
#include "journey/state.h"

namespace waymark::codec {

// The part of a stored state that the rules of the customer file remember; from format 3 on.

// False: there is nothing to write.
bool HasCustomer(const journey::CustomerState& customer);
void WriteCustomer(CompactWriter& out, const journey::CustomerState& customer);
// False where the bytes name a rule that `rules` lacks (null: there are none).
bool ReadCustomer(CompactReader& in, const journey::CompiledCustomer* rules,
                  journey::CustomerState& customer);

}  // namespace waymark::codec
