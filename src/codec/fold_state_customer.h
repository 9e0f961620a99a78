#pragma once

#include "codec/compact.h"
#include "journey/compiled_customer.h"
#include "journey/state.h"

namespace waymark::codec {

// The part of a stored state that the rules of the customer file remember; from format 3 on.

// False: there is nothing to write.
bool HasCustomer(const journey::CustomerState& customer);
void WriteCustomer(CompactWriter& out, const journey::CustomerState& customer);
// What belongs to rules that the customer file lacks (null: there is none) is left out: such a
// state is never gone on with, only looked at. `customer` is as it is before anything is known.
void ReadCustomer(CompactReader& in, const journey::CompiledCustomer* rules,
                  journey::CustomerState& customer);

}  // namespace waymark::codec
