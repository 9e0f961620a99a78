#include <fmt/format.h>

#include <chrono>

#include "commands.h"
#include "kafka/producer.h"
#include "traffic.h"

namespace waymark::peers {

void Generate(Options& options) {
  kafka::ClientSettings settings;
  settings.brokers = options.Text("brokers");
  settings.client_id = "peers-generate";
  settings.linger = base::Millis(50);
  const std::string topic = options.Text("topic");
  const int64_t interactions = options.Number("interactions", 1'000'000);
  Traffic traffic(options);
  options.Finish();
  auto producer = kafka::PlainProducer::Make(settings);
  Must(producer.status());
  uint64_t bytes = 0;
  for (int64_t i = 0; i < interactions; ++i) {
    const Arrival& arrival = traffic.Next();
    bytes += arrival.value.size();
    stream::OutputRecord record;
    record.topic = topic;
    record.partition = base::Partition(-1);
    record.key = arrival.key;
    record.value = arrival.value;
    Must((*producer)->Send(record));
  }
  Must((*producer)->Flush(base::Millis(60'000)));
  fmt::print(R"({{"interactions":{},"bytes_mean":{:.1f}}})"
             "\n",
             interactions, static_cast<double>(bytes) / static_cast<double>(interactions));
}

}  // namespace waymark::peers
