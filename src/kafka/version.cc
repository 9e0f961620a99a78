#include "kafka/version.h"

#include <librdkafka/rdkafka.h>

namespace waymark::kafka {
namespace {

struct Fault {
  int fixed_in;
  std::string_view text;
};

constexpr Fault kFaults[] = {
    {0x020100ff,
     "batch consumption can lose messages around pause, seek and rebalance; waymark does not use "
     "it"},
    {0x020300ff,
     "cooperative assignment can lose its partitions without telling; kafka.assignment: eager is "
     "not concerned"},
    {0x020601ff,
     "SASL/SCRAM is refused by brokers from Kafka 4.0 on; SASL/PLAIN over TLS and client "
     "certificates are not concerned"},
    {0x020a00ff,
     "cooperative assignment can hang while the consumer closes; kafka.assignment: eager is not "
     "concerned"},
};

}  // namespace

std::string LibraryVersion() { return rd_kafka_version_str(); }

std::vector<std::string_view> KnownFaults(int version) {
  std::vector<std::string_view> known;
  for (const Fault& fault : kFaults) {
    if (version < fault.fixed_in) known.push_back(fault.text);
  }
  return known;
}

std::vector<std::string_view> KnownFaults() { return KnownFaults(rd_kafka_version()); }

}  // namespace waymark::kafka
