#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/log_limiter.h"
#include "base/status.h"
#include "base/time.h"
#include "kafka/handles.h"
#include "kafka/settings.h"

namespace waymark::kafka {

// A connection to the brokers and what it has to say: the library's log goes to ours, its errors
// are classified and kept until asked for. Callbacks run on the thread that polls the client.
class Client {
 public:
  using Rebalance = std::function<void(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)>;
  using Delivery = std::function<void(const rd_kafka_message_t&)>;
  using Statistics = std::function<void(std::string_view json)>;
  // What is told to the owner. The owner outlives the client.
  struct Callbacks {
    Rebalance rebalance;    // consumers
    Delivery delivery;      // producers
    Statistics statistics;  // JSON, each ClientSettings::statistics_interval
  };

  // Faults are kConfig: the library refused the settings.
  static base::Result<std::unique_ptr<Client>> Make(const ClientSettings& settings, ClientRole role,
                                                    Callbacks callbacks = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  rd_kafka_t* get() const { return handle_.get(); }
  const std::string& brokers() const { return brokers_; }
  // The fault that made this client unusable, or the last passing one since the last call
  // (kRetriable: no broker could be reached); ok where there is none.
  base::Status TakeFault();

 private:
  Client(const ClientSettings& settings, Callbacks callbacks);
  base::Status Open(ConfHandle conf, ClientRole role);
  void OnError(rd_kafka_resp_err_t code, std::string_view reason);

  static void OnLogCallback(const rd_kafka_t* client, int level, const char* facility,
                            const char* text);
  static void OnErrorCallback(rd_kafka_t* client, int code, const char* reason, void* opaque);
  static void OnRebalanceCallback(rd_kafka_t* client, rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t* partitions, void* opaque);
  static int OnStatisticsCallback(rd_kafka_t* client, char* json, size_t size, void* opaque);
  static void OnDeliveryCallback(rd_kafka_t* client, const rd_kafka_message_t* message,
                                 void* opaque);

  std::string brokers_;
  Callbacks callbacks_;
  base::SystemClock clock_;
  static constexpr int64_t kLogLines = 20;  // of one facility of the library
  base::LogLimiter log_limiter_{clock_, kLogLines};
  base::Status fault_;
  ClientHandle handle_;
};

// Milliseconds for the library, whose timeouts are of type int; never negative: that is forever.
int ToTimeout(base::Millis timeout);

// A point in time after which a request is no longer repeated.
class Deadline {
 public:
  explicit Deadline(base::Millis timeout)
      : at_(std::chrono::steady_clock::now() + timeout) {}
  base::Millis left() const;
  bool passed() const { return left() == base::Millis(0); }

 private:
  std::chrono::steady_clock::time_point at_;
};

// Whether the library takes these settings together, and can read the files that they name; nothing
// is connected to. The fault is kConfig.
base::Status CheckClient(const ClientSettings& settings);

inline const std::atomic<bool> kNeverStop = false;

// Waits until a broker answers, for the time given. The fault names the brokers: kConfig for
// settings that are refused, else kKafka (nobody answered in time, or they refuse us).
// Where `stop` becomes true meanwhile it is kCancelled.
base::Status WaitForBroker(const ClientSettings& settings, base::Millis timeout,
                           const std::atomic<bool>& stop = kNeverStop);

}  // namespace waymark::kafka
