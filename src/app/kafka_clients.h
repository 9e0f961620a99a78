#pragma once

#include "config/settings.h"
#include "engine/shadow.h"
#include "engine/worker.h"

namespace waymark::app {

// The clients of one worker over Kafka. `partitions`: of each input topic.
engine::WorkerClients KafkaWorkerClients(const config::Settings& settings, int worker,
                                         int partitions);
// Of the shadow of one process: it is no member of the group.
engine::ShadowClients KafkaShadowClients(const config::Settings& settings);

}  // namespace waymark::app
