#include "metrics/metrics.h"

#include "metrics/process.h"

namespace waymark::metrics {

Metrics::Metrics(Registry& registry)
    : process{registry},
      input{registry},
      group{registry},
      processing{registry},
      time{registry},
      journeys{registry},
      output{registry},
      kafka{registry},
      state{registry},
      rocks{registry},
      http{registry} {}

std::string MetricsTableMarkdown() {
  Registry registry;
  const Metrics metrics(registry);
  AddProcessMetrics(registry);
  std::string out = "| Metric | Type | Unit | Labels | Meaning |\n|---|---|---|---|---|\n";
  for (const Declaration& declaration : registry.declarations()) {
    std::string labels;
    for (const std::string& label : declaration.labels) {
      labels += (labels.empty() ? "`" : ", `") + label + "`";
    }
    out += "| `" + declaration.name + "` | " + std::string(ToString(declaration.type)) + " | " +
           declaration.unit + " | " + labels + " | " + declaration.help + " |\n";
  }
  return out;
}

}  // namespace waymark::metrics
