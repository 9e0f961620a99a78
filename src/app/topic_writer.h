#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "app/pacer.h"
#include "base/status.h"
#include "config/settings.h"
#include "stream/producer.h"

namespace waymark::app {

// Writes records into one topic at a rate of the wall clock: partition by Murmur2 of the key,
// record time now. One thread.
class TopicWriter {
 public:
  // Waits for the brokers and checks that the topic exists. `stop` and `clock` outlive the writer.
  static base::Result<std::unique_ptr<TopicWriter>> Open(const config::Settings& settings,
                                                         std::string topic, double rate,
                                                         const base::Clock& clock,
                                                         const std::atomic<bool>& stop);

  // Waits for the record's turn; kCancelled where `stop` became true meanwhile. An empty key is
  // none; no value is a null.
  base::Status Send(std::string_view key, std::optional<std::string_view> value);
  // Waits until everything sent is delivered.
  base::Status Finish();
  int64_t sent() const { return sent_; }

 private:
  TopicWriter(std::string topic, double rate, const base::Clock& clock,
              const std::atomic<bool>& stop)
      : topic_(std::move(topic)), pacer_(rate, clock), clock_(clock), stop_(stop) {}
  base::Status TakeReports();

  std::string topic_;
  Pacer pacer_;
  const base::Clock& clock_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<stream::PlainProducer> producer_;
  int64_t sent_ = 0;
};

}  // namespace waymark::app
