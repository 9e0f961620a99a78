#include <fmt/format.h>

#include <cstdio>

#include "commands.h"
#include "topic_reader.h"
#include "waymark/v1/step.pb.h"

namespace waymark::peers {
namespace {

// A file of records: the length of each (4 bytes, of this machine) before it.
class RecordFile {
 public:
  explicit RecordFile(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) Fail("cannot write " + path);
  }
  ~RecordFile() { std::fclose(file_); }
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  void Write(std::string_view record) {
    const auto size = static_cast<uint32_t>(record.size());
    if (std::fwrite(&size, sizeof size, 1, file_) != 1 ||
        std::fwrite(record.data(), 1, size, file_) != size) {
      Fail("cannot write a record");
    }
  }

 private:
  std::FILE* file_;
};

}  // namespace

// Of a step all that stands behind its interaction, which is its first field.
void Sample(Options& options) {
  const std::string brokers = options.Text("brokers");
  const std::string topic = options.Text("topic");
  const std::string state_topic = options.Text("state_topic");
  RecordFile tails(options.Text("file"));
  RecordFile states(options.Text("state_file"));
  const int64_t most = options.Number("records", 20'000);
  options.Finish();
  int64_t steps = 0;
  int64_t snapshots = 0;
  v1::Step step;
  ReadAll(brokers, topic, [&](const rd_kafka_message_t& message) {
    if (message.payload == nullptr || ++steps > most) return;
    if (!step.ParseFromArray(message.payload, static_cast<int>(message.len))) Fail("unparsable");
    step.clear_interaction();
    tails.Write(step.SerializeAsString());
  });
  ReadAll(brokers, state_topic, [&](const rd_kafka_message_t& message) {
    if (message.payload == nullptr || ++snapshots > most) return;
    states.Write(ValueOf(message));
  });
  fmt::print(R"({{"steps":{},"snapshots":{}}})"
             "\n",
             steps, snapshots);
}

}  // namespace waymark::peers
