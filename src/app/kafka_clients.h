#pragma once

#include "config/settings.h"
#include "engine/shadow.h"
#include "engine/worker.h"
#include "kafka/settings.h"
#include "metrics/metrics.h"

namespace waymark::app {

// The clients of one worker over Kafka. `workers`: of this process, which share its budgets.
engine::WorkerClients KafkaWorkerClients(const config::Settings& settings, int worker,
                                         int workers, metrics::Metrics& metrics);
// Of the shadow of one process: it is no member of the group.
engine::ShadowClients KafkaShadowClients(const config::Settings& settings);
// Of who follows a topic for the clients of the HTTP port: it holds little.
kafka::ClientSettings KafkaTailSettings(const config::Settings& settings);

}  // namespace waymark::app
