#pragma once

#include "model/interaction.h"

namespace waymark::journey {

// CORRECT: a command that replaces what another interaction says. It names that one by id, or by
// touchpoint and exact time; whoever folds the profile folds the other as corrected.

inline bool IsCorrection(const model::Interaction& interaction) {
  return interaction.command == model::Command::kCorrect;
}

// True where the correction is about this interaction.
bool IsAbout(const model::Interaction& correction, const model::Interaction& other);

// Replaces the fields that the correction gives; entries of maps and parts of a rating one by one.
// Who it is, when and by whom it was said stays: id, time, sequence, identifiers, source, kind,
// command and reference. Channel and action, which every interaction has, stay too where the
// correction's action is `correct`.
void Correct(const model::Interaction& correction, model::Interaction& other);

}  // namespace waymark::journey
