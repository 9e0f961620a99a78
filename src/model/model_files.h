#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/extends.h"
#include "model/journey_model.h"

namespace waymark::model {

// The files that LoadModels reads, `extends` resolved. What can't be read is a fault.
std::vector<ModelSource> ReadSources(std::span<const std::string> paths,
                                     std::vector<Fault>& faults);

// By file and place; what several models take from one base is told once.
void SortFaults(std::vector<Fault>& faults);

// Puts what one file holds to the others; a second customer file is a fault.
void AddTo(ModelSet& set, ModelSet one);

}  // namespace waymark::model
