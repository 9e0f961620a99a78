#include "kafka/sender.h"

#include <algorithm>
#include <array>

#include "kafka/errors.h"
#include "kafka/partitions.h"

namespace waymark::kafka {
namespace {

// The library copies the value. Without this flag it would keep a pointer to it until delivery,
// which asks of the caller what OutputRecord does not: that the bytes live that long.
constexpr int kValueFlags = RD_KAFKA_MSG_F_COPY;

HeadersHandle MakeHeaders(std::span<const stream::Header> headers) {
  if (headers.empty()) return nullptr;
  HeadersHandle list(rd_kafka_headers_new(headers.size()));
  for (const stream::Header& header : headers) {
    // A pointer is given for an empty value too: null would mean "no value".
    const char* value = header.value.data() == nullptr ? "" : header.value.data();
    rd_kafka_header_add(list.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                        value, static_cast<ssize_t>(header.value.size()));
  }
  return list;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, std::string_view bytes) {
  rd_kafka_vu_t argument{};
  argument.vtype = type;
  argument.u.mem.ptr = const_cast<char*>(bytes.data() == nullptr ? "" : bytes.data());
  argument.u.mem.size = bytes.size();
  return argument;
}

// The arguments of one call of the library.
class ProduceArguments {
 public:
  ProduceArguments(rd_kafka_topic_t* topic, const stream::OutputRecord& record,
                   rd_kafka_headers_t* headers) {
    Next(RD_KAFKA_VTYPE_RKT).u.rkt = topic;
    Next(RD_KAFKA_VTYPE_PARTITION).u.i32 = std::max(record.partition.value, RD_KAFKA_PARTITION_UA);
    Next(RD_KAFKA_VTYPE_MSGFLAGS).u.i = kValueFlags;
    Next(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = std::max<int64_t>(record.timestamp.ms, 0);
    if (!record.key.empty()) all_[count_++] = Bytes(RD_KAFKA_VTYPE_KEY, record.key);
    if (record.value) all_[count_++] = Bytes(RD_KAFKA_VTYPE_VALUE, *record.value);
    if (headers != nullptr) Next(RD_KAFKA_VTYPE_HEADERS).u.headers = headers;
  }
  const rd_kafka_vu_t* data() const { return all_.data(); }
  size_t size() const { return count_; }

 private:
  rd_kafka_vu_t& Next(rd_kafka_vtype_t type) {
    all_[count_].vtype = type;
    return all_[count_++];
  }
  std::array<rd_kafka_vu_t, 7> all_{};
  size_t count_ = 0;
};

bool IsPurged(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

}  // namespace

base::Result<std::unique_ptr<Sender>> Sender::Make(const ClientSettings& settings,
                                                   ClientRole role,
                                                   const metrics::Metrics* metrics) {
  std::unique_ptr<Sender> sender(new Sender());
  sender->metrics_ = metrics;
  // Twice the time after which an undelivered record is given up and its place is free again.
  constexpr base::Millis kPlainDelivery = std::chrono::minutes(5);
  const bool plain = role == ClientRole::kPlain;
  sender->queue_full_max_ = 2 * (plain ? kPlainDelivery : settings.transaction_timeout);
  Client::Callbacks callbacks;
  callbacks.delivery = [self = sender.get()](const rd_kafka_message_t& message) {
    self->OnDelivery(message);
  };
  if (metrics != nullptr) {
    sender->broker_meter_.emplace(*metrics, BrokerMeter::RoundTrips::kShown);
    callbacks.statistics = [self = sender.get()](std::string_view json) {
      if (self->metrics_ != nullptr) self->broker_meter_->OnStatistics(json);
    };
  }
  WAYMARK_ASSIGN_OR_RETURN(sender->client_, Client::Make(settings, role, std::move(callbacks)));
  return sender;
}

Sender::~Sender() { ShowQueue(0); }

void Sender::LetGo() {
  ShowQueue(0);
  metrics_ = nullptr;
  listener_ = nullptr;
}

void Sender::ShowQueue(int queued) {
  if (metrics_ == nullptr) return;
  metrics_->output.producer_queue_messages.Add(queued - shown_);
  shown_ = queued;
}

// They come in runs of one partition.
void Sender::NoteDelivered(const rd_kafka_message_t& message) {
  const auto is_same = [&](const Delivered& known) {
    return known.topic == message.rkt && known.partition == message.partition;
  };
  if (delivered_.empty() || !is_same(delivered_.back())) {
    const auto known = std::find_if(delivered_.begin(), delivered_.end(), is_same);
    if (known == delivered_.end()) {
      delivered_.push_back({message.rkt, message.partition});
    } else {
      std::swap(*known, delivered_.back());
    }
  }
  Delivered& delivered = delivered_.back();
  delivered.greatest = std::max(delivered.greatest, message.offset);
  delivered.last = message.offset;
}

void Sender::TellDelivered() {
  const auto told = std::exchange(delivered_, {});
  if (listener_ == nullptr) return;
  for (const Delivered& delivered : told) {
    const char* const topic = rd_kafka_topic_name(delivered.topic);
    const base::Partition partition(delivered.partition);
    if (delivered.greatest >= 0) {
      listener_->OnDelivered(topic, partition, base::Offset(delivered.greatest));
    }
    if (delivered.last < 0) listener_->OnDelivered(topic, partition, base::Offset(delivered.last));
  }
}

void Sender::OnDelivery(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return NoteDelivered(message);
  if (IsPurged(message.err)) return;
  const char* const topic = rd_kafka_topic_name(message.rkt);
  if (metrics_ != nullptr) {
    metrics_->output.delivery_failures.With(topic, rd_kafka_err2name(message.err)).Add();
  }
  if (failure_.ok()) {
    const std::string where = ToText({topic, base::Partition(message.partition)});
    failure_ = MakeStatus(message.err, "writing to " + where);
    // Offered again, it may arrive: the caller's transaction is lost, its producer is not.
    if (failure_.code() == base::StatusCode::kRetriable) {
      failure_ = {base::StatusCode::kAbort, failure_.message(), failure_.hint()};
    }
  }
}

base::Result<rd_kafka_topic_t*> Sender::FindTopic(std::string_view name) {
  for (const auto& [known, topic] : topics_) {
    if (known == name) return topic.get();
  }
  const std::string owned(name);
  TopicHandle topic(rd_kafka_topic_new(handle(), owned.c_str(), nullptr));
  if (!topic) return MakeStatus(rd_kafka_last_error(), "writing to " + owned);
  return topics_.emplace_back(owned, std::move(topic)).second.get();
}

base::Status Sender::Send(const stream::OutputRecord& record) {
  WAYMARK_ASSIGN_OR_RETURN(rd_kafka_topic_t * topic, FindTopic(record.topic));
  return Produce(topic, record);
}

base::Status Sender::Produce(rd_kafka_topic_t* topic, const stream::OutputRecord& record) {
  HeadersHandle headers = MakeHeaders(record.headers);
  const ProduceArguments arguments(topic, record, headers.get());
  std::optional<Deadline> deadline;  // the clock is read only where the queue is full
  for (;;) {
    const ErrorHandle error(
        rd_kafka_produceva(handle(), arguments.data(), arguments.size()));
    if (!error) {
      static_cast<void>(headers.release());  // the record's now
      CountSent(1);
      return {};
    }
    WAYMARK_RETURN_IF_ERROR(
        WaitForRoom(rd_kafka_error_code(error.get()), record.topic, deadline));
  }
}

base::Status Sender::SendWithOthers(const stream::OutputRecord& record) {
  // Enough to make the call cheap, and what the processor's caches still hold.
  constexpr size_t kBatchBytes = 128 << 10;
  const bool fits = record.headers.empty() && record.timestamp.ms <= 0 &&
                    record.partition.value >= 0;
  if (!fits) {
    WAYMARK_RETURN_IF_ERROR(HandOver());
    return Send(record);
  }
  WAYMARK_ASSIGN_OR_RETURN(rd_kafka_topic_t * topic, FindTopic(record.topic));
  ProduceBatch& batch = BatchFor(topic, record.partition.value);
  batch.Add(record.key, record.value);
  return batch.bytes() < kBatchBytes ? base::Status() : HandOver(batch);
}

ProduceBatch& Sender::BatchFor(rd_kafka_topic_t* topic, int32_t partition) {
  if (batch_ < batches_.size() && batches_[batch_].IsFor(topic, partition)) {
    return batches_[batch_];
  }
  const auto found = std::ranges::find_if(
      batches_, [&](const ProduceBatch& batch) { return batch.IsFor(topic, partition); });
  batch_ = static_cast<size_t>(found - batches_.begin());
  if (found == batches_.end()) batches_.emplace_back(topic, partition);
  return batches_[batch_];
}

base::Status Sender::HandOver() {
  for (ProduceBatch& batch : batches_) WAYMARK_RETURN_IF_ERROR(HandOver(batch));
  return {};
}

base::Status Sender::HandOver(ProduceBatch& batch) {
  const size_t records = batch.size();
  std::optional<Deadline> deadline;
  for (;;) {
    const rd_kafka_resp_err_t code = batch.HandOver();
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    WAYMARK_RETURN_IF_ERROR(WaitForRoom(code, batch.topic_name(), deadline));
  }
  CountSent(records);
  return {};
}

void Sender::DropHeld() {
  for (ProduceBatch& batch : batches_) batch.Clear();
}

// Reports of delivery count towards the bound of the queue until they are taken.
void Sender::CountSent(size_t records) {
  constexpr size_t kPollEach = 1024;
  sent_ += records;
  if (sent_ < kPollEach) return;
  sent_ = 0;
  ShowQueue(rd_kafka_outq_len(handle()));
  rd_kafka_poll(handle(), 0);
}

base::Status Sender::WaitForRoom(rd_kafka_resp_err_t code, std::string_view topic,
                                 std::optional<Deadline>& deadline) {
  constexpr base::Millis kPollSlice{100};
  const std::string what = "writing to " + std::string(topic);
  if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    WAYMARK_RETURN_IF_ERROR(FatalStatus(handle(), what));
    WAYMARK_RETURN_IF_ERROR(failure_);
    base::Status refused = MakeStatus(code, what);
    // The transaction was lost in the background, or none is open.
    if (code != RD_KAFKA_RESP_ERR__STATE) return refused;
    return {base::StatusCode::kAbort, refused.message()};
  }
  if (!deadline) deadline.emplace(queue_full_max_);
  if (deadline->passed()) {
    return {base::StatusCode::kAbort, what + ": the queue stayed full",
            std::string(HintFor(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN))};
  }
  rd_kafka_poll(handle(), ToTimeout(kPollSlice));
  return {};
}

base::Status Sender::Flush(base::Millis timeout) {
  WAYMARK_RETURN_IF_ERROR(HandOver());
  const rd_kafka_resp_err_t code = rd_kafka_flush(handle(), ToTimeout(timeout));
  ShowQueue(rd_kafka_outq_len(handle()));
  TellDelivered();
  WAYMARK_RETURN_IF_ERROR(FatalStatus(handle(), "writing"));
  WAYMARK_RETURN_IF_ERROR(failure_);
  return MakeStatus(code, "waiting for records to be delivered");
}

}  // namespace waymark::kafka
