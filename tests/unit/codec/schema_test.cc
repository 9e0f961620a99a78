#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "codec/json_names.h"
#include "codec/messages.h"
#include "waymark/v1/customer_journeys.pb.h"
#include "waymark/v1/dead_letter.pb.h"
#include "waymark/v1/interaction.pb.h"
#include "waymark/v1/signal.pb.h"
#include "waymark/v1/step.pb.h"

namespace waymark::codec {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

template <class E>
void ExpectSameEnum(const EnumDescriptor* descriptor) {
  const auto& names = EnumNames<E>::kNames;
  ASSERT_EQ(static_cast<size_t>(descriptor->value_count()), names.size()) << descriptor->name();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    EXPECT_EQ(descriptor->value(i)->number(), i);
    EXPECT_EQ(descriptor->value(i)->name(), names[static_cast<size_t>(i)]);
  }
  EXPECT_TRUE(names[0].ends_with("_UNSPECIFIED"));
}

template <class T>
void ExpectSameType(const FieldDescriptor* field, bool bytes);

template <class V>
void ExpectSameList(const FieldDescriptor* field) {
  EXPECT_TRUE(field->is_repeated()) << field->full_name();
  if constexpr (std::is_same_v<V, model::TextEntry>) {
    ASSERT_TRUE(field->is_map()) << field->full_name();
    EXPECT_EQ(field->message_type()->map_value()->type(), FieldDescriptor::TYPE_STRING);
  } else if constexpr (KeyedMessage<V>) {
    ASSERT_TRUE(field->is_map()) << field->full_name();
    EXPECT_EQ(field->message_type()->map_value()->message_type()->name(), Schema<V>::kName);
  } else {
    EXPECT_FALSE(field->is_map()) << field->full_name();
    ExpectSameType<V>(field, false);
  }
}

template <class T>
void ExpectSameType(const FieldDescriptor* field, bool bytes) {
  const auto type = field->type();
  if constexpr (kIsText<T>) {
    EXPECT_EQ(type, bytes ? FieldDescriptor::TYPE_BYTES : FieldDescriptor::TYPE_STRING)
        << field->full_name();
  } else if constexpr (kIsOptional<T>) {
    EXPECT_TRUE(field->has_presence()) << field->full_name();
    ExpectSameType<typename T::value_type>(field, bytes);
  } else if constexpr (kIsVector<T>) {
    ExpectSameList<typename T::value_type>(field);
  } else if constexpr (Message<T>) {
    ASSERT_EQ(type, FieldDescriptor::TYPE_MESSAGE) << field->full_name();
    EXPECT_EQ(field->message_type()->name(), Schema<T>::kName);
  } else if constexpr (NamedEnum<T>) {
    ASSERT_EQ(type, FieldDescriptor::TYPE_ENUM) << field->full_name();
    ExpectSameEnum<T>(field->enum_type());
  } else if constexpr (std::is_same_v<T, bool>) {
    EXPECT_EQ(type, FieldDescriptor::TYPE_BOOL) << field->full_name();
  } else if constexpr (std::is_same_v<T, double>) {
    EXPECT_EQ(type, FieldDescriptor::TYPE_DOUBLE) << field->full_name();
  } else if constexpr (std::is_same_v<T, int32_t>) {
    EXPECT_EQ(type, FieldDescriptor::TYPE_INT32) << field->full_name();
  } else {
    static_assert(std::is_same_v<T, int64_t>);
    EXPECT_EQ(type, FieldDescriptor::TYPE_INT64) << field->full_name();
  }
}

template <class M>
struct SchemaTest : testing::Test {};
using Messages =
    testing::Types<model::Interaction, model::Identifier, model::Rating, model::RefersTo,
                   model::Source, model::Step, model::RatedStep, model::StepRating,
                   model::Placement, model::StageProbability, model::TouchpointSummary,
                   model::Origin, model::Signal, model::JourneyBefore,
                   model::CustomerJourneys, model::ProfileSummary,
                   model::JourneySummary, model::StageSummary, model::SessionSummary,
                   model::DeadLetter>;
TYPED_TEST_SUITE(SchemaTest, Messages);

const Descriptor* Find(Text name) {
  // Naming one message of each file links it in.
  v1::Interaction::descriptor();
  v1::Step::descriptor();
  v1::Signal::descriptor();
  v1::CustomerJourneys::descriptor();
  v1::DeadLetter::descriptor();
  return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "waymark.v1." + std::string(name));
}

TYPED_TEST(SchemaTest, SaysWhatTheProtoFileSays) {
  const Descriptor* descriptor = Find(Schema<TypeParam>::kName);
  ASSERT_NE(descriptor, nullptr);
  EXPECT_EQ(static_cast<size_t>(descriptor->field_count()), kFieldCount<TypeParam>);
  uint32_t last = 0;
  ForEachField<TypeParam>([&]<size_t I>() {
    constexpr auto kF = kField<TypeParam, I>;
    EXPECT_GT(kF.number, last) << "fields are declared by number";
    last = kF.number;
    const FieldDescriptor* field = descriptor->FindFieldByNumber(static_cast<int>(kF.number));
    ASSERT_NE(field, nullptr) << kF.name;
    EXPECT_EQ(field->name(), kF.name);
    EXPECT_EQ(field->json_name(), CamelName(kF.name).view());
    using T = typename decltype(kF)::Value;
    ExpectSameType<T>(field, kF.Is(kBytes | kRawBytes));
    if constexpr (!kIsOptional<T> && !Message<T> && !kIsVector<T>) {
      EXPECT_FALSE(field->has_presence()) << field->full_name();
    }
    // So that canonical bytes are the first part of all bytes.
    EXPECT_EQ(kF.Is(kTransport | kFileOnly), kF.number >= 100) << field->full_name();
  });
}

TYPED_TEST(SchemaTest, FindsEveryNameOnlyOnce) {
  ForEachField<TypeParam>([&]<size_t I>() {
    const Text name = kField<TypeParam, I>.name;
    const NameText camel = CamelName(name);
    for (const Text written : {name, camel.view()}) {
      const JsonName* found = JsonNames<TypeParam>::Find(std::string(written));
      ASSERT_NE(found, nullptr) << name;
      EXPECT_EQ(found->field, I);
    }
    EXPECT_EQ(JsonNames<TypeParam>::Find(std::string(name) + "x"), nullptr);
  });
  EXPECT_EQ(JsonNames<TypeParam>::Find(""), nullptr);
}

TEST(SignalNames, AreThoseOfTheModel) {
  const auto& names = EnumNames<model::SignalKind>::kNames;
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(model::ToString(static_cast<model::SignalKind>(i)), names[i]);
  }
}

}  // namespace
}  // namespace waymark::codec
