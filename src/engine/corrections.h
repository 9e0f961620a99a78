#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/late_rows.h"
#include "journey/fold.h"
#include "model/interaction.h"

namespace waymark::engine {

// The corrections of a profile, decoded, by their order: the later one wins.
class Corrections {
 public:
  bool empty() const { return list_.empty(); }
  // The list must stay as it is meanwhile.
  base::Status Load(const std::vector<journey::Correction>& list);
  // The interaction as they correct it; null where none is about it. Lives until the next call.
  const model::Interaction* Apply(const model::Interaction& interaction);

 private:
  std::vector<model::Interaction> list_;
  std::optional<model::Interaction> corrected_;
};

// Takes a correction into the list, in its place. Of more than the limit the first ones stay; one
// that is too long is left out.
void AddCorrection(const model::Interaction& correction, std::string_view bytes,
                   const journey::FoldLimits& limits, std::vector<journey::Correction>& list);

// The list as the late rows leave it.
base::Result<std::vector<journey::Correction>> CorrectionsWith(
    const std::vector<journey::Correction>& list, const LateRows& late,
    const journey::FoldLimits& limits);

}  // namespace waymark::engine
