#include "engine/corrections.h"

#include <algorithm>

#include "codec/protobuf.h"
#include "engine/keys.h"
#include "journey/correction.h"

namespace waymark::engine {

base::Status Corrections::Load(const std::vector<journey::Correction>& list) {
  list_.clear();
  for (const journey::Correction& correction : list) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(correction.bytes, list_.emplace_back()));
  }
  return {};
}

const model::Interaction* Corrections::Apply(const model::Interaction& interaction) {
  corrected_.reset();
  for (const model::Interaction& correction : list_) {
    if (!journey::IsAbout(correction, interaction)) continue;
    if (!corrected_) corrected_ = interaction;
    journey::Correct(correction, *corrected_);
  }
  return corrected_ ? &*corrected_ : nullptr;
}

void AddCorrection(const model::Interaction& correction, std::string_view bytes,
                   const journey::FoldLimits& limits, std::vector<journey::Correction>& list) {
  if (bytes.size() > limits.correction_bytes_max) return;
  const model::OrderKey key = model::OrderOf(correction);
  const auto at = std::lower_bound(list.begin(), list.end(), key,
                                   [](const journey::Correction& known, const auto& k) {
                                     return known.position.view() < k;
                                   });
  if (at != list.end() && at->position.view() == key) {
    at->bytes.assign(bytes);
    return;
  }
  journey::Correction added;
  added.position.Set(key);
  added.bytes.assign(bytes);
  list.insert(at, std::move(added));
  if (list.size() > limits.corrections_max) list.pop_back();
}

base::Result<std::vector<journey::Correction>> CorrectionsWith(
    const std::vector<journey::Correction>& list, const LateRows& late,
    const journey::FoldLimits& limits) {
  std::vector<journey::Correction> out;
  std::string order;
  for (const journey::Correction& correction : list) {
    order.clear();
    AppendOrderBytes(correction.position.view(), order);
    const bool gone = late.removed.contains(order) || late.corrections_gone.contains(order);
    if (!gone) out.push_back(correction);
  }
  model::Interaction interaction;
  for (const LateRow& row : late.rows) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(row.bytes, interaction));
    if (journey::IsCorrection(interaction)) AddCorrection(interaction, row.bytes, limits, out);
  }
  return out;
}

}  // namespace waymark::engine
