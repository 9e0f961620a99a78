#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "codec/json.h"
#include "codec/protobuf.h"
#include "unit/codec/random_values.h"
#include "unit/codec/reference.h"

// Our codecs against the reference implementation of protobuf, both ways, on random values.
namespace waymark::codec {
namespace {

constexpr int kRounds = 2000;

template <class M>
std::string Encoded(const M& value) {
  std::string bytes;
  Encode(value, bytes);
  return bytes;
}

template <class M>
struct DifferentialTest : testing::Test {
  using Reference = typename ReferenceOf<M>::Type;
};
using Messages =
    testing::Types<model::Interaction, model::Step, model::Signal, model::CustomerJourneys>;
TYPED_TEST_SUITE(DifferentialTest, Messages);

TYPED_TEST(DifferentialTest, TheReferenceReadsAndWritesTheSameBytes) {
  RandomValues random(1);
  for (int i = 0; i < kRounds; ++i) {
    const std::string bytes = Encoded(random.Make<TypeParam>());
    typename TestFixture::Reference reference;
    ASSERT_TRUE(reference.ParseFromString(bytes));
    EXPECT_TRUE(reference.GetReflection()->GetUnknownFields(reference).empty());
    ASSERT_EQ(Deterministic(reference), bytes);
  }
}

TYPED_TEST(DifferentialTest, WeReadWhatTheReferenceWrites) {
  RandomValues random(2);
  for (int i = 0; i < kRounds; ++i) {
    typename TestFixture::Reference reference;
    ASSERT_TRUE(reference.ParseFromString(Encoded(random.Make<TypeParam>())));
    // Maps come in the order of a hash table here, not by key.
    const std::string bytes = reference.SerializeAsString();
    TypeParam value;
    ASSERT_TRUE(Decode(bytes, value).ok());
    typename TestFixture::Reference again;
    ASSERT_TRUE(again.ParseFromString(Encoded(value)));
    ASSERT_EQ(Deterministic(again), Deterministic(reference));
  }
}

TYPED_TEST(DifferentialTest, MutatedBytesAreReadAlike) {
  RandomValues random(3);
  const google::protobuf::LogSilencer silencer;
  int both = 0;
  for (int i = 0; i < 20 * kRounds; ++i) {
    std::string bytes = Encoded(random.Make<TypeParam>());
    bytes += Encoded(random.Make<TypeParam>()).substr(0, random.Below(60));
    for (uint64_t left = 1 + random.Below(3); left > 0 && !bytes.empty(); --left) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Below(256));
    }
    typename TestFixture::Reference reference;
    TypeParam value;
    const bool theirs = reference.ParseFromString(bytes);
    const base::Status status = Decode(bytes, value);
    ASSERT_EQ(status.ok(), theirs) << status.text() << testing::PrintToString(bytes);
    if (!status.ok()) continue;
    ++both;
    typename TestFixture::Reference again;
    ASSERT_TRUE(again.ParseFromString(Encoded(value)));
    for (auto* message : {&again, &reference}) {
      message->DiscardUnknownFields();
      DropUnwritten(*message);
    }
    ASSERT_EQ(Deterministic(again), Deterministic(reference)) << testing::PrintToString(bytes);
  }
  EXPECT_GT(both, kRounds / 10) << "too few mutants are well formed for the test to mean much";
}

TYPED_TEST(DifferentialTest, JsonMeansWhatProtobufMeans) {
  RandomValues random(4);
  JsonDecoder decoder;
  for (int i = 0; i < kRounds; ++i) {
    const TypeParam value = random.Make<TypeParam>();
    std::string json;
    EncodeJson(value, json);
    TypeParam back;
    const base::Status status = decoder.Decode(json, back);
    ASSERT_TRUE(status.ok()) << status.text() << json;
    ASSERT_EQ(Encoded(back), Encoded(value)) << json;
    std::string again;
    EncodeJson(back, again);
    ASSERT_EQ(again, json);
  }
}

TYPED_TEST(DifferentialTest, TheReferenceReadsOurJson) {
  RandomValues random(5);
  for (int i = 0; i < kRounds; ++i) {
    const TypeParam value = random.Make<TypeParam>();
    std::string json;
    EncodeJson(value, json);
    typename TestFixture::Reference reference;
    const auto status = google::protobuf::util::JsonStringToMessage(json, &reference);
    ASSERT_TRUE(status.ok()) << status.ToString() << json;
    DropUnwritten(reference);
    ASSERT_EQ(Deterministic(reference), Encoded(value)) << json;
  }
}

TYPED_TEST(DifferentialTest, WeReadTheJsonOfTheReference) {
  RandomValues random(6);
  JsonDecoder decoder;
  for (int i = 0; i < kRounds; ++i) {
    typename TestFixture::Reference reference;
    const std::string bytes = Encoded(random.Make<TypeParam>());
    ASSERT_TRUE(reference.ParseFromString(bytes));
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = random.Chance(50);
    options.always_print_primitive_fields = random.Chance(50);
    std::string json;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(reference, &json, options).ok());
    TypeParam value;
    const base::Status status = decoder.Decode(json, value);
    ASSERT_TRUE(status.ok()) << status.text() << json;
    typename TestFixture::Reference again;
    ASSERT_TRUE(again.ParseFromString(Encoded(value)));
    ASSERT_EQ(Deterministic(again), bytes) << json;
  }
}

}  // namespace
}  // namespace waymark::codec
