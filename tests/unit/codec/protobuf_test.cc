#include "codec/protobuf.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "unit/codec/samples.h"

namespace waymark::codec {
namespace {

template <class M>
std::string Encoded(const M& value) {
  std::string bytes;
  Encode(value, bytes);
  return bytes;
}

TEST(Protobuf, GoldenBytesOfAnInteraction) {
  model::Interaction value;
  value.id = "e1";
  value.time = 1'700'000'000'000;
  value.sequence = 0;
  value.identifiers = {{"crm", "7"}};
  value.channel = "web";
  value.action = "view";
  value.rating.emplace().emotion = -2;
  value.source.system = "shop";
  value.kind = model::Kind::kCustomer;
  value.attributes = {{"a", ""}, {"b", "1"}};
  value.key = "never written";
  EXPECT_EQ(base::ToHex(Encoded(value)),
            "0a026531"                      // id
            "1080d095ffbc31"                // time
            "1800"                          // sequence: absent is not zero
            "22080a0363726d120137"          // identifiers
            "3203776562"                    // channel
            "420476696577"                  // action
            "92010b18feffffffffffffffff01"  // rating, emotion with its sign extended
            "a201060a0473686f70"            // source
            "a80101"                        // kind
            "ca01050a01611200"              // attributes: both parts of an entry are always written
            "ca01060a0162120131");
}

TEST(Protobuf, AppendsAndLeavesWhatWasThere) {
  std::string out = "before";
  Encode(samples::Interaction(), out);
  EXPECT_EQ(out, "before" + Encoded(samples::Interaction()));
}

TEST(Protobuf, ReadsBackWhatItWrote) {
  const model::Interaction value = samples::Interaction();
  const std::string bytes = Encoded(value);
  model::Interaction back;
  ASSERT_TRUE(Decode(bytes, back).ok());
  EXPECT_EQ(back, value);
}

TEST(Protobuf, DecodingReplacesWhatWasThere) {
  model::Interaction value = samples::Interaction();
  ASSERT_TRUE(Decode("", value).ok());
  EXPECT_EQ(value, model::Interaction());
}

TEST(Protobuf, AStepCopiesTheBytesOfItsInteraction) {
  const std::string interaction = Encoded(samples::Interaction());
  model::Step step = samples::Step();
  const std::string whole = Encoded(step);
  step.interaction = model::Interaction();
  step.interaction_bytes = interaction;
  EXPECT_EQ(Encoded(step), whole);

  model::Step back;
  ASSERT_TRUE(Decode(whole, back).ok());
  EXPECT_EQ(back.interaction_bytes, interaction);
  EXPECT_EQ(back.interaction, samples::Interaction());
  EXPECT_EQ(back.placements, samples::Step().placements);
  EXPECT_EQ(Encoded(back), whole);
}

TEST(Protobuf, AnInteractionGivenTwiceIsMergedAndHasNoBytes) {
  model::Step step;
  step.interaction.id = "one";
  std::string bytes = Encoded(step);
  step.interaction = {};
  step.interaction.channel = "web";
  bytes += Encoded(step);
  model::Step back;
  ASSERT_TRUE(Decode(bytes, back).ok());
  EXPECT_EQ(back.interaction.id, "one");
  EXPECT_EQ(back.interaction.channel, "web");
  EXPECT_TRUE(back.interaction_bytes.empty());
}

TEST(Protobuf, CanonicalBytesAreAPrefixOfAllBytes) {
  const model::Step step = samples::Step();
  std::string canonical;
  EncodeCanonical(step, canonical);
  EXPECT_TRUE(Encoded(step).starts_with(canonical));

  model::Step moved = step;
  moved.revision = 99;
  moved.origin = {"other", 3, 4};
  moved.processed_time = 5;
  std::string again;
  EncodeCanonical(moved, again);
  EXPECT_EQ(again, canonical);

  moved.session_id = "other";
  again.clear();
  EncodeCanonical(moved, again);
  EXPECT_NE(again, canonical);
}

TEST(Protobuf, TheCanonicalPartOfACutMessageEndsWithItsLastWholeField) {
  std::string all;
  Encode(samples::CustomerJourneys(), all);
  const size_t whole = CanonicalSize(all);
  model::CustomerJourneys rest;
  ASSERT_TRUE(Decode(std::string_view(all).substr(whole), rest).ok());
  model::CustomerJourneys sample = samples::CustomerJourneys();
  EXPECT_TRUE(rest.journeys.empty());
  EXPECT_EQ(rest.covers, sample.covers);
  EXPECT_EQ(rest.fold, sample.fold);
  for (size_t size = 0; size < all.size(); ++size) {
    const std::string_view cut(all.data(), size);
    const size_t part = CanonicalSize(cut);
    EXPECT_LE(part, std::min(size, whole));
    model::CustomerJourneys journeys;
    const bool reads = Decode(cut, journeys).ok();
    EXPECT_EQ(Decode(cut.substr(part), journeys).ok(), reads) << "cut at " << size;
  }
  EXPECT_EQ(CanonicalSize("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 0U);
}

TEST(Protobuf, TheCanonicalViewLeavesOutWhatDependsOnArrival) {
  model::CustomerJourneys value = samples::CustomerJourneys();
  std::string canonical;
  EncodeCanonical(value, canonical);
  value.journeys[0].replaces = {"x", "y"};
  value.stale = !value.stale;
  value.covers = 77;
  value.fold = "\xff\xfe";
  std::string again;
  EncodeCanonical(value, again);
  EXPECT_EQ(again, canonical);
}

TEST(Protobuf, StagesKeepTheOrderOfTheModel) {
  const std::string bytes = Encoded(samples::CustomerJourneys());
  model::CustomerJourneys back;
  ASSERT_TRUE(Decode(bytes, back).ok());
  EXPECT_EQ(back.journeys, samples::CustomerJourneys().journeys);
  EXPECT_EQ(back.journeys[0].stages[0].name, "purchase");
  EXPECT_EQ(back.profile, samples::CustomerJourneys().profile);
  EXPECT_EQ(back.session, samples::CustomerJourneys().session);
}

TEST(Protobuf, LongMessagesGetLongerLengths) {
  for (const size_t size : {1, 120, 124, 125, 126, 200, 16'380, 16'390, 300'000}) {
    const std::string text(size, 'x');
    model::Step step;
    step.interaction.id = text;
    const std::string bytes = Encoded(step);
    model::Step back;
    ASSERT_TRUE(Decode(bytes, back).ok()) << size;
    EXPECT_EQ(back.interaction.id, text);
  }
}

TEST(Protobuf, DeadLettersHoldAnyBytes) {
  model::DeadLetter value;
  value.reason = model::DeadLetterReason::kTooLarge;
  value.value = "\xff\x00";
  value.key = "";
  const std::string bytes = Encoded(value);
  model::DeadLetter back;
  ASSERT_TRUE(Decode(bytes, back).ok());
  EXPECT_EQ(back.reason, value.reason);
  EXPECT_EQ(back.value, value.value);
  EXPECT_EQ(back.key, "");
}

TEST(Protobuf, RefusesMalformedBytes) {
  const struct {
    std::string bytes;
    std::string_view why;
  } cases[] = {
      {"\x0a", "number cut off"},
      {std::string("\x0a\x05") + "ab", "length beyond the end"},
      {std::string(11, '\xff'), "number cut off or too long"},
      {std::string("\x00\x01", 2), "field number out of range"},
      {"\x0a\x02\xc3\x28", "text is not UTF-8"},
      {"\x0c", "group end without a start"},
      {"\x0e", "unknown wire type"},
      {"\x0d\x01", "field beyond the end"},
      {std::string(100, '\x0b'), "groups nested too deep"},
  };
  for (const auto& [bytes, why] : cases) {
    model::Interaction value;
    const base::Status status = Decode(bytes, value);
    EXPECT_EQ(status.code(), base::StatusCode::kInvalid);
    EXPECT_NE(status.message().find(why), std::string::npos) << status.message();
  }
}

TEST(Protobuf, SkipsUnknownFieldsOfEveryWireType) {
  std::string bytes = "\x0a\x02id";
  bytes += std::string("\xf8\x07\x01", 3);                               // varint
  bytes += std::string("\xf9\x07\0\0\0\0\0\0\0\0", 10);                  // 64 bits
  bytes += std::string("\xfa\x07\x01x", 4);                              // bytes
  bytes += std::string("\xfb\x07\xfb\x07\xfc\x07\x08\x01\xfc\x07", 10);  // groups
  bytes += std::string("\xfd\x07\0\0\0\0", 6);                           // 32 bits
  model::Interaction value;
  ASSERT_TRUE(Decode(bytes, value).ok());
  EXPECT_EQ(value.id, "id");
}

TEST(Protobuf, OfARepeatedKeyTheLastValueCounts) {
  const auto entry = [](std::string key, std::string value) {
    const std::string body = "\x0a\x01" + key + "\x12\x01" + value;
    return "\xca\x01" + std::string(1, static_cast<char>(body.size())) + body;
  };
  model::Interaction value;
  const std::string bytes = entry("b", "1") + entry("a", "2") + entry("b", "3");
  ASSERT_TRUE(Decode(bytes, value).ok());
  EXPECT_EQ(value.attributes, (model::TextMap{{"a", "2"}, {"b", "3"}}));
}

}  // namespace
}  // namespace waymark::codec
