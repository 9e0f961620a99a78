#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kafka/broker_meter.h"
#include "kafka/client.h"
#include "kafka/produce_batch.h"
#include "metrics/metrics.h"
#include "stream/producer.h"

namespace waymark::kafka {

// Hands records to a producing client and follows their delivery. One thread.
class Sender {
 public:
  static base::Result<std::unique_ptr<Sender>> Make(const ClientSettings& settings,
                                                    ClientRole role,
                                                    const metrics::Metrics* metrics = nullptr);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  rd_kafka_t* handle() const { return client_->get(); }
  Client& client() const { return *client_; }

  // Waits while the queue is full, at most for the time a record may take to be delivered.
  base::Status Send(const stream::OutputRecord& record);
  // Copies the record, to be handed to the library with others of its partition: at the latest by
  // HandOver() or Flush(). Records of one partition stay in order.
  base::Status SendWithOthers(const stream::OutputRecord& record);
  // Hands over what is held, and waits as Send() does.
  base::Status HandOver();
  // Forgets what is held.
  void DropHeld();
  // Waits until nothing is on its way, then tells of the first failed delivery. kRetriable where
  // the time was too short.
  base::Status Flush(base::Millis timeout);
  // Tells the listener what has been delivered since it was told last.
  void TellDelivered();

  void set_listener(stream::DeliveryListener* listener) { listener_ = listener; }
  // From now on nobody is told of anything: this may outlive those who were.
  void LetGo();
  // The first delivery that failed since the last ForgetFailure().
  const base::Status& failure() const { return failure_; }
  void ForgetFailure() { failure_ = {}; }

 private:
  Sender() = default;
  // The gauge is shared by the producers of the process.
  void ShowQueue(int queued);
  void OnDelivery(const rd_kafka_message_t& message);
  // Up to which offset a partition's records have arrived.
  struct Delivered {
    rd_kafka_topic_t* topic = nullptr;
    int32_t partition = 0;
    int64_t greatest = -1;
    int64_t last = -1;
  };
  void NoteDelivered(const rd_kafka_message_t& message);
  base::Result<rd_kafka_topic_t*> FindTopic(std::string_view name);
  base::Status Produce(rd_kafka_topic_t* topic, const stream::OutputRecord& record);
  base::Status HandOver(ProduceBatch& batch);
  ProduceBatch& BatchFor(rd_kafka_topic_t* topic, int32_t partition);
  // After the library refused a record: OK where the queue is full and it may be tried again.
  base::Status WaitForRoom(rd_kafka_resp_err_t code, std::string_view topic,
                           std::optional<Deadline>& deadline);
  void CountSent(size_t records);

  base::Millis queue_full_max_{};
  size_t sent_ = 0;  // since the queue was looked at
  const metrics::Metrics* metrics_ = nullptr;
  std::optional<BrokerMeter> broker_meter_;
  int shown_ = 0;  // of the queue
  stream::DeliveryListener* listener_ = nullptr;
  std::vector<Delivered> delivered_;
  base::Status failure_;
  std::unique_ptr<Client> client_;
  // Few, so found by a glance from the front. Declared behind the client: destroyed before it.
  std::vector<std::pair<std::string, TopicHandle>> topics_;
  std::vector<ProduceBatch> batches_;  // one a partition written to
  size_t batch_ = 0;                   // the one used last
};

}  // namespace waymark::kafka
