#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <string>
#include <vector>

#include "model/customer_journeys.h"
#include "model/signal.h"
#include "model/step.h"
#include "waymark/v1/customer_journeys.pb.h"
#include "waymark/v1/interaction.pb.h"
#include "waymark/v1/signal.pb.h"
#include "waymark/v1/step.pb.h"

namespace waymark::codec {

// The class that protoc made for a message.
template <class M>
struct ReferenceOf;
template <>
struct ReferenceOf<model::Interaction> {
  using Type = v1::Interaction;
};
template <>
struct ReferenceOf<model::Step> {
  using Type = v1::Step;
};
template <>
struct ReferenceOf<model::Signal> {
  using Type = v1::Signal;
};
template <>
struct ReferenceOf<model::CustomerJourneys> {
  using Type = v1::CustomerJourneys;
};

// The reference's bytes with maps by key.
inline std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// Takes off what we never write: the key, and messages that are there by value and hold nothing.
inline void DropUnwritten(google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    const bool file_only = field->full_name() == "waymark.v1.Interaction.key";
    if (file_only) reflection->ClearField(&message, field);
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    auto* part = reflection->MutableMessage(&message, field);
    DropUnwritten(*part);
    const std::string& name = field->name();
    const bool by_value =
        name == "interaction" || name == "source" || name == "origin" || name == "profile";
    if (by_value && part->ByteSizeLong() == 0) reflection->ClearField(&message, field);
  }
}

}  // namespace waymark::codec
