#include "codec/interaction_decoder.h"

#include <gtest/gtest.h>

#include "codec/json.h"
#include "codec/protobuf.h"
#include "unit/codec/samples.h"

namespace waymark::codec {
namespace {

using model::DeadLetterReason;

constexpr std::string_view kGood = R"({"time":1,"channel":"web","action":"view"})";

class InteractionDecoderTest : public testing::Test {
 protected:
  std::optional<Refusal> Decode(std::optional<std::string_view> bytes,
                                InputFormat format = InputFormat::kAuto) {
    decoder_ = std::make_unique<InteractionDecoder>(format, limits_);
    return decoder_->Decode(bytes, value_);
  }
  void ExpectRefused(std::optional<std::string_view> bytes, DeadLetterReason reason,
                     std::string_view detail) {
    const auto refusal = Decode(bytes);
    ASSERT_TRUE(refusal.has_value()) << bytes.value_or("null");
    EXPECT_EQ(model::ToString(refusal->reason), model::ToString(reason)) << refusal->detail;
    EXPECT_NE(refusal->detail.find(detail), std::string::npos) << refusal->detail;
  }
  // A good interaction with one more JSON field.
  static std::string With(std::string_view field) {
    return std::string(kGood.substr(0, kGood.size() - 1)) + "," + std::string(field) + "}";
  }

  InputLimits limits_;
  model::Interaction value_;
  std::unique_ptr<InteractionDecoder> decoder_;
};

TEST_F(InteractionDecoderTest, TakesGoodInputInBothFormats) {
  EXPECT_FALSE(Decode(kGood).has_value());
  EXPECT_EQ(value_.channel, "web");
  std::string bytes;
  Encode(samples::Interaction(), bytes);
  EXPECT_FALSE(Decode(bytes).has_value());
  EXPECT_EQ(value_, samples::Interaction());
  EXPECT_TRUE(decoder_->is_canonical());
  EXPECT_EQ(decoder_->payload(), bytes);
}

TEST_F(InteractionDecoderTest, RefusesWithTheReasonOfTheContract) {
  ExpectRefused(std::nullopt, DeadLetterReason::kNullValue, "no value");
  ExpectRefused("{", DeadLetterReason::kUnparsable, "");
  ExpectRefused("not json", DeadLetterReason::kUnparsable, "");
  ExpectRefused("{\"id\":\"\xff\"}", DeadLetterReason::kUnparsable, "UTF");
  ExpectRefused("\x0a\x01\xff", DeadLetterReason::kUnparsable, "UTF-8");
  ExpectRefused(std::string(limits_.bytes_max + 1, 'x'), DeadLetterReason::kTooLarge, "at most");
  ExpectRefused("", DeadLetterReason::kMissingField, "time");
  ExpectRefused("{}", DeadLetterReason::kMissingField, "time");
  ExpectRefused(R"({"time":1,"action":"view"})", DeadLetterReason::kMissingField, "channel");
  ExpectRefused(R"({"time":1,"channel":"web"})", DeadLetterReason::kMissingField, "action");
  ExpectRefused(R"({"time":1,"channel":"web","action":""})", DeadLetterReason::kMissingField,
                "action");
  ExpectRefused(With(R"("command":"FORGET")"), DeadLetterReason::kUnknownCommand, "command");
  ExpectRefused(With(R"("command":6)"), DeadLetterReason::kUnknownCommand, "command: 6");
  ExpectRefused(With(R"("kind":"ROBOT")"), DeadLetterReason::kBadValue, "kind");
  ExpectRefused(With(R"("kind":-1)"), DeadLetterReason::kBadValue, "kind");
  ExpectRefused(With(R"("currency":"Euro")"), DeadLetterReason::kBadValue, "currency");
  ExpectRefused(With(R"("currency":"eur")"), DeadLetterReason::kBadValue, "currency");
  ExpectRefused(With(R"("product":7)"), DeadLetterReason::kBadValue, "product: not text");
  ExpectRefused(With(R"("identifiers":[{"value":"x"}])"), DeadLetterReason::kBadValue,
                "identifiers[0]: namespace");
  ExpectRefused(With(R"("identifiers":[{"namespace":"x"}])"), DeadLetterReason::kBadValue,
                "identifiers[0]: value");
}

TEST_F(InteractionDecoderTest, HoldsRatingsToTheirRanges) {
  const struct {
    const char* name;
    int least;
    int most;
  } ranges[] = {
      {"satisfaction", 1, 5}, {"nps", 0, 10}, {"emotion", -2, 2}, {"need_fulfilment", 1, 5}};
  for (const auto& [name, least, most] : ranges) {
    const auto json = [&](int n) {
      return With("\"rating\":{\"" + std::string(name) + "\":" + std::to_string(n) + "}");
    };
    for (int n = least; n <= most; ++n) EXPECT_FALSE(Decode(json(n)).has_value()) << json(n);
    ExpectRefused(json(least - 1), DeadLetterReason::kBadValue, name);
    ExpectRefused(json(most + 1), DeadLetterReason::kBadValue, name);
  }
}

TEST_F(InteractionDecoderTest, HoldsTimesToTheirLimits) {
  limits_.time_earliest = {100};
  limits_.time_latest = {200};
  const auto json = [](int n) {
    return "{\"time\":" + std::to_string(n) + R"(,"channel":"web","action":"view"})";
  };
  EXPECT_FALSE(Decode(json(100)).has_value());
  EXPECT_FALSE(Decode(json(200)).has_value());
  ExpectRefused(json(99), DeadLetterReason::kTimeOutOfRange, "time: 99");
  ExpectRefused(json(201), DeadLetterReason::kTimeOutOfRange, "time: 201");
  EXPECT_EQ(value_.time, 201) << "the time is told, refused or not";
}

TEST_F(InteractionDecoderTest, HoldsListsToTheirLimits) {
  limits_.entries_max = 2;
  limits_.identifiers_max = 1;
  EXPECT_FALSE(Decode(With(R"("attributes":{"a":"","b":""})")).has_value());
  ExpectRefused(With(R"("attributes":{"a":"","b":"","c":""})"), DeadLetterReason::kBadValue,
                "attributes: 3 entries");
  ExpectRefused(With(R"("profile":{"a":"","b":"","c":""})"), DeadLetterReason::kBadValue,
                "profile: 3 entries");
  ExpectRefused(With(R"("identifiers":[{"namespace":"a","value":"1"},)"
                     R"({"namespace":"b","value":"2"}])"),
                DeadLetterReason::kBadValue, "identifiers: 2 entries");
}

TEST_F(InteractionDecoderTest, TellsTheTimeOfARefusedRecord) {
  ExpectRefused(R"({"channel":5,"time":77,"action":"view"})", DeadLetterReason::kBadValue,
                "channel");
  EXPECT_EQ(value_.time, 77);
  ExpectRefused(R"({"time":78,"channel":"web",})", DeadLetterReason::kUnparsable, "");
  EXPECT_EQ(value_.time, 78);
  ExpectRefused(std::nullopt, DeadLetterReason::kNullValue, "");
  EXPECT_EQ(value_.time, std::nullopt);
}

TEST_F(InteractionDecoderTest, TakesRegistryFramingOff) {
  const std::string header("\0\0\0\x01\x02", 5);
  std::string bytes;
  Encode(samples::Interaction(), bytes);
  const std::string first = header + std::string("\0", 1) + bytes;
  const std::string path = header + std::string("\x04\x02\x06", 3) + bytes;
  for (const InputFormat format : {InputFormat::kAuto, InputFormat::kProtobuf}) {
    for (const std::string& framed : {first, path}) {
      EXPECT_FALSE(Decode(framed, format).has_value());
      EXPECT_EQ(value_, samples::Interaction());
      EXPECT_EQ(decoder_->payload(), bytes);
      EXPECT_TRUE(decoder_->is_canonical());
    }
  }
  const std::string json = header + std::string(kGood);
  for (const InputFormat format : {InputFormat::kAuto, InputFormat::kJson}) {
    EXPECT_FALSE(Decode(json, format).has_value());
    EXPECT_EQ(value_.action, "view");
  }
}

TEST_F(InteractionDecoderTest, RefusesBrokenFraming) {
  const std::string header("\0\0\0\x01\x02", 5);
  for (const std::string& bytes :
       {std::string("\0", 1), header, header + "\x01", header + "\x02", header + "\xff",
        header + std::string("\x7e", 1), header + "\x02\x01"}) {
    ExpectRefused(bytes, DeadLetterReason::kUnparsable, "registry framing");
  }
}

}  // namespace
}  // namespace waymark::codec
