#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kafka/client.h"
#include "kafka/message_batch.h"
#include "kafka/settings.h"
#include "stream/tail_reader.h"

namespace waymark::kafka {

// One client for all partitions: it asks a broker for those that it leads in one request, which
// waits there for something new.
class TailReader final : public stream::TailReader {
 public:
  static base::Result<std::unique_ptr<stream::TailReader>> Make(const ClientSettings& settings,
                                                                std::string topic,
                                                                int32_t partitions);

  base::Result<std::vector<stream::OffsetRange>> Ranges(base::Millis timeout) override;
  base::Status Start(std::span<const base::Offset> from) override;
  base::Status Stop() override;
  base::Result<std::span<const stream::Record>> Poll(base::Millis timeout, size_t limit) override;
  const std::vector<base::Offset>& positions() const override { return positions_; }

 private:
  TailReader(std::string topic, int32_t partitions)
      : topic_(std::move(topic)), positions_(static_cast<size_t>(partitions)) {}
  base::Status Accept(MessageHandle message);

  const std::string topic_;
  std::vector<base::Offset> positions_;
  std::unique_ptr<Client> client_;
  MessageBatch batch_;
};

}  // namespace waymark::kafka
