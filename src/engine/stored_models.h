#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "engine/models_topic.h"
#include "store/store.h"

namespace waymark::engine {

// The definitions of the versions that a store's states are folded under, in the order in which
// they were taken up: who looks into the store later needs no topic for that. Rows of the meta
// family beside the identity, durable with the store's next flush, and so no later than the first
// state that needs them, if they are written before these models are in force.
base::Status StoreModels(store::Store& store, const std::vector<PublishedModel>& models);
// Nothing where the store's states are of models that were in no topic.
base::Result<std::vector<std::string>> StoredModels(const store::Store& store);

}  // namespace waymark::engine
