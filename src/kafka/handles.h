#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

namespace waymark::kafka {

// Calls a destroy function of the library; the one place where these are named.
template <auto Destroy>
struct HandleDeleter {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};

template <class T, auto Destroy>
using Handle = std::unique_ptr<T, HandleDeleter<Destroy>>;

// A client is destroyed without closing its consumer: that is Close()'s business, and a rebalance
// listener may be gone by now.
inline void DestroyClient(rd_kafka_t* client) {
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

using ClientHandle = Handle<rd_kafka_t, &DestroyClient>;
using ConfHandle = Handle<rd_kafka_conf_t, &rd_kafka_conf_destroy>;
using TopicConfHandle = Handle<rd_kafka_topic_conf_t, &rd_kafka_topic_conf_destroy>;
using TopicHandle = Handle<rd_kafka_topic_t, &rd_kafka_topic_destroy>;
using PartitionListHandle =
    Handle<rd_kafka_topic_partition_list_t, &rd_kafka_topic_partition_list_destroy>;
using ErrorHandle = Handle<rd_kafka_error_t, &rd_kafka_error_destroy>;
using QueueHandle = Handle<rd_kafka_queue_t, &rd_kafka_queue_destroy>;
using EventHandle = Handle<rd_kafka_event_t, &rd_kafka_event_destroy>;
using MessageHandle = Handle<rd_kafka_message_t, &rd_kafka_message_destroy>;
using HeadersHandle = Handle<rd_kafka_headers_t, &rd_kafka_headers_destroy>;
using MetadataHandle = Handle<const rd_kafka_metadata_t, &rd_kafka_metadata_destroy>;
using GroupMetadataHandle =
    Handle<rd_kafka_consumer_group_metadata_t, &rd_kafka_consumer_group_metadata_destroy>;
using AdminOptionsHandle = Handle<rd_kafka_AdminOptions_t, &rd_kafka_AdminOptions_destroy>;
using NewTopicHandle = Handle<rd_kafka_NewTopic_t, &rd_kafka_NewTopic_destroy>;
using ConfigResourceHandle = Handle<rd_kafka_ConfigResource_t, &rd_kafka_ConfigResource_destroy>;

}  // namespace waymark::kafka
