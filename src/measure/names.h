#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "measure/cell_key.h"
#include "measure/slots.h"

namespace waymark::measure {

// "CONTACT".
std::string_view ToString(CellKind kind);
// What the parts of a key are called, by kind; empty: there is no such part.
const std::array<std::string_view, 4>& PartNames(CellKind kind);
std::optional<CellKind> ParseCellKind(std::string_view name);
// What NameOf() gave, or a newer version's "slot_17".
std::optional<Slot> ParseSlot(std::string_view name);
// "count", "satisfaction_4", "completed", "bucket_512"; "slot_17" for one that is not known.
std::string NameOf(Slot slot);

}  // namespace waymark::measure
