#pragma once

#include <string>

#include "measure/cell.h"
#include "measure/cell_key.h"

namespace waymark::codec {

// A cell of measures as one JSON object: its kind, day and other parts of its key by their names,
// and the counts by theirs, all in one order. Appends to `out`, without a line's end.
void EncodeJson(const measure::CellKey& key, const measure::Cell& cell, std::string& out);

}  // namespace waymark::codec
