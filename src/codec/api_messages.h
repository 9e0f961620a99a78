#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "measure/cell.h"
#include "measure/cell_key.h"
#include "model/customer_journeys.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::codec {

// The messages of proto/waymark/v1/api.proto. Pages are written row by row: each call appends a
// row to `page`, and the cursor of the next page may follow.

struct ProfileFacts {
  int64_t interactions = 0;
  std::optional<int64_t> as_of;  // event time, ms since epoch
};
// waymark.v1.ProfileAnswer
void EncodeProfileAnswer(const model::CustomerJourneys& journeys, const ProfileFacts& facts,
                         std::string& out);

// waymark.v1.TimelinePage
void AppendRow(const model::Step& step, std::string& page);
// waymark.v1.SignalsPage; an empty sentence is left out.
void AppendRow(const model::Signal& signal, std::string_view sentence, std::string& page);
// waymark.v1.MeasuresPage
void AppendRow(const measure::CellKey& key, const measure::Cell& cell, std::string& page);

// Of any page: where the next one begins.
void AppendNext(std::string_view cursor, std::string& page);

}  // namespace waymark::codec
