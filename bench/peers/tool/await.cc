#include <fmt/format.h>

#include <cstdio>

#include "commands.h"
#include "topic_reader.h"

namespace waymark::peers {

void Await(Options& options) {
  const From from = options.Text("from", "end") == "beginning" ? From::kBeginning : From::kEnd;
  TopicReader reader(options.Text("brokers"), options.Text("topic"), Isolation::kCommitted, from);
  const int64_t count = options.Number("count", 1);
  const int64_t until = WallMillis() + 1000 * options.Number("seconds", 600);
  options.Finish();
  std::fputs("listening\n", stderr);
  int64_t seen = 0;
  int64_t first = 0;
  while (seen < count && WallMillis() < until) {
    reader.Poll(20, [&](const rd_kafka_message_t&) { ++seen; });
    if (seen > 0 && first == 0) first = WallMillis();
  }
  fmt::print(R"({{"seen":{},"first_ms":{},"last_ms":{}}})"
             "\n",
             seen, first, WallMillis());
  if (seen < count) Fail(fmt::format("only {} of {} records came", seen, count));
}

}  // namespace waymark::peers
