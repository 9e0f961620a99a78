#pragma once

#include <memory>
#include <string>

#include "app/topic_writer.h"
#include "base/status.h"
#include "generate/item.h"

namespace waymark::app {

enum class ValueFormat { kJson, kProtobuf };

// Where generated items go. One thread.
class GenerateSink {
 public:
  virtual ~GenerateSink() = default;
  // The item's texts may be changed.
  virtual base::Status Write(generate::Item& item) = 0;
  // Makes whole what was written; without it a file does not appear.
  virtual base::Status Finish() = 0;
};

// Files hold the customer in the field `key`; protobuf is length-delimited. "-" is standard output.
base::Result<std::unique_ptr<GenerateSink>> MakeFileSink(const std::string& path,
                                                         ValueFormat format, double rate,
                                                         const base::Clock& clock,
                                                         const std::atomic<bool>& stop);
// Topics have it in the record key.
std::unique_ptr<GenerateSink> MakeTopicSink(std::unique_ptr<TopicWriter> writer,
                                            ValueFormat format);

}  // namespace waymark::app
