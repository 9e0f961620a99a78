#include "kafka/client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "base/log.h"
#include "kafka/errors.h"

namespace waymark::kafka {
namespace {

// Levels of syslog, as the library gives them.
constexpr int kLogNotice = 5;
constexpr int kLogInfo = 6;

rd_kafka_type_t TypeOf(ClientRole role) {
  const bool producer = role == ClientRole::kTransactional || role == ClientRole::kPlain;
  return producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
}

// Faults of single connections: the library reconnects by itself, and tells when all are down.
bool IsConnectionFault(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__RESOLVE ||
         code == RD_KAFKA_RESP_ERR__TIMED_OUT;
}

}  // namespace

int ToTimeout(base::Millis timeout) {
  const int64_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<int64_t>(timeout.count(), 0, most));
}

base::Millis Deadline::left() const {
  const auto left = at_ - std::chrono::steady_clock::now();
  return std::max(std::chrono::ceil<base::Millis>(left), base::Millis(0));
}

Client::Client(const ClientSettings& settings, Callbacks callbacks)
    : brokers_(settings.brokers), callbacks_(std::move(callbacks)) {}

base::Result<std::unique_ptr<Client>> Client::Make(const ClientSettings& settings, ClientRole role,
                                                   Callbacks callbacks) {
  if (settings.brokers.empty()) {
    return base::Status(base::StatusCode::kConfig, "no kafka brokers are given",
                        "set kafka.brokers");
  }
  WAYMARK_ASSIGN_OR_RETURN(ConfHandle conf, MakeConf(settings, role));
  std::unique_ptr<Client> client(new Client(settings, std::move(callbacks)));
  WAYMARK_RETURN_IF_ERROR(client->Open(std::move(conf), role));
  return client;
}

base::Status Client::Open(ConfHandle conf, ClientRole role) {
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_log_cb(conf.get(), &Client::OnLogCallback);
  rd_kafka_conf_set_error_cb(conf.get(), &Client::OnErrorCallback);
  if (callbacks_.rebalance) {
    rd_kafka_conf_set_rebalance_cb(conf.get(), &Client::OnRebalanceCallback);
  }
  if (callbacks_.delivery) {
    rd_kafka_conf_set_dr_msg_cb(conf.get(), &Client::OnDeliveryCallback);
  }
  if (callbacks_.statistics) rd_kafka_conf_set_stats_cb(conf.get(), &Client::OnStatisticsCallback);
  std::array<char, 512> reason{};
  handle_.reset(rd_kafka_new(TypeOf(role), conf.get(), reason.data(), reason.size()));
  if (!handle_) {
    return {base::StatusCode::kConfig,
            std::string("the kafka client could not be set up: ") + reason.data(),
            "see the kafka.* and librdkafka.* settings"};
  }
  // The client owns its configuration now; on failure above it stays ours.
  static_cast<void>(conf.release());
  return {};
}

base::Status Client::TakeFault() {
  if (fault_.ok() || fault_.code() == base::StatusCode::kKafka) return fault_;
  return std::exchange(fault_, base::Status());
}

void Client::OnError(rd_kafka_resp_err_t code, std::string_view reason) {
  if (fault_.code() == base::StatusCode::kKafka) return;
  const std::string what = "kafka brokers " + brokers_;
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    fault_ = FatalStatus(get(), what);
  } else if (!IsConnectionFault(code)) {
    fault_ = MakeStatus(code, what, reason);
  }
}

void Client::OnErrorCallback(rd_kafka_t* /*client*/, int code, const char* reason, void* opaque) {
  static_cast<Client*>(opaque)->OnError(static_cast<rd_kafka_resp_err_t>(code), reason);
}

void Client::OnRebalanceCallback(rd_kafka_t* /*client*/, rd_kafka_resp_err_t code,
                                 rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  static_cast<Client*>(opaque)->callbacks_.rebalance(code, partitions);
}

void Client::OnDeliveryCallback(rd_kafka_t* /*client*/, const rd_kafka_message_t* message,
                                void* opaque) {
  static_cast<Client*>(opaque)->callbacks_.delivery(*message);
}

int Client::OnStatisticsCallback(rd_kafka_t* /*client*/, char* json, size_t size, void* opaque) {
  static_cast<Client*>(opaque)->callbacks_.statistics(std::string_view(json, size));
  return 0;  // the text stays the library's
}

void Client::OnLogCallback(const rd_kafka_t* client, int level, const char* facility,
                           const char* text) {
  auto* self = static_cast<Client*>(rd_kafka_opaque(client));
  const base::LogLimiter::Verdict verdict = self->log_limiter_.Admit(facility);
  if (!verdict.write) return;
  if (verdict.suppressed_before > 0) {
    WAYMARK_WARN("librdkafka {}: {} more lines not written", facility, verdict.suppressed_before);
  }
  // What the library calls errors are mostly lost connections, which it repairs; what endangers
  // data comes as a Status and is told by whoever receives it.
  if (level <= kLogNotice) {
    WAYMARK_WARN("librdkafka {}: {}", facility, text);
  } else if (level <= kLogInfo) {
    WAYMARK_INFO("librdkafka {}: {}", facility, text);
  } else {
    WAYMARK_DEBUG("librdkafka {}: {}", facility, text);
  }
}

base::Status CheckClient(const ClientSettings& settings) {
  ClientSettings unconnected = settings;
  unconnected.brokers.clear();
  WAYMARK_ASSIGN_OR_RETURN(ConfHandle conf, MakeConf(unconnected, ClientRole::kAdmin));
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  std::array<char, 512> reason{};
  const rd_kafka_type_t type = TypeOf(ClientRole::kAdmin);
  const ClientHandle handle(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (!handle) {
    return {base::StatusCode::kConfig, std::string("kafka client settings: ") + reason.data(),
            "see the kafka.* and librdkafka.* settings"};
  }
  static_cast<void>(conf.release());
  return {};
}

base::Status WaitForBroker(const ClientSettings& settings, base::Millis timeout,
                           const std::atomic<bool>& stop) {
  WAYMARK_ASSIGN_OR_RETURN(const std::unique_ptr<Client> client,
                           Client::Make(settings, ClientRole::kAdmin));
  constexpr base::Millis kSlice{1000};
  const Deadline deadline(timeout);
  base::Status last;
  do {
    if (stop) return {base::StatusCode::kCancelled, "stopped before a broker answered"};
    const rd_kafka_metadata_t* raw = nullptr;
    const base::Millis slice = std::min(kSlice, deadline.left());
    const rd_kafka_resp_err_t code =
        rd_kafka_metadata(client->get(), 0, nullptr, &raw, ToTimeout(slice));
    const MetadataHandle metadata(raw);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->broker_cnt > 0) return {};
    if (last.ok()) last = MakeStatus(code, "asking for the brokers");
    rd_kafka_poll(client->get(), 0);
    const base::Status fault = client->TakeFault();
    if (fault.code() == base::StatusCode::kKafka) return fault;
    // It says more than that nobody answered.
    if (!fault.ok()) last = fault;
    std::this_thread::sleep_for(std::min<base::Millis>(base::Millis(50), deadline.left()));
  } while (!deadline.passed());
  return {base::StatusCode::kKafka,
          "no kafka broker of " + settings.brokers + " answered within " +
              base::FormatDuration(timeout) + (last.ok() ? "" : ": " + last.message()),
          std::string(HintFor(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN))};
}

}  // namespace waymark::kafka
