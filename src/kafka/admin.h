#pragma once

#include <memory>

#include "kafka/client.h"
#include "kafka/settings.h"
#include "stream/admin.h"

namespace waymark::kafka {

// Creates and describes topics.
class Admin final : public stream::Admin {
 public:
  static base::Result<std::unique_ptr<stream::Admin>> Make(const ClientSettings& settings);

  // Returns when the brokers tell of all the topics, so that clients find them at once.
  base::Result<std::vector<bool>> Create(const std::vector<stream::TopicSpec>& topics,
                                         base::Millis timeout) override;
  base::Result<std::vector<std::optional<stream::TopicInfo>>> Describe(
      const std::vector<std::string>& topics, base::Millis timeout) override;

 private:
  explicit Admin(std::unique_ptr<Client> client) : client_(std::move(client)) {}
  base::Result<AdminOptionsHandle> Options(rd_kafka_admin_op_t operation, base::Millis timeout);
  base::Result<std::optional<stream::TopicInfo>> LookUp(const std::string& topic,
                                                        base::Millis timeout);
  base::Status WaitForTopics(const std::vector<stream::TopicSpec>& topics,
                             const Deadline& deadline);
  base::Status ReadConfig(std::vector<stream::TopicInfo*>& topics, base::Millis timeout);

  std::unique_ptr<Client> client_;
};

}  // namespace waymark::kafka
