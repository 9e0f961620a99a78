#include <gtest/gtest.h>

#include "codec/interaction_decoder.h"
#include "codec/protobuf.h"
#include "unit/codec/random_values.h"
#include "unit/codec/samples.h"

// The decoder says of protobuf input whether its bytes are what Encode() gives for the value.
namespace waymark::codec {
namespace {

class CanonicalTest : public testing::Test {
 protected:
  bool IsCanonical(const std::string& bytes) {
    decoder_.Decode(bytes, value_);
    return decoder_.is_canonical();
  }
  std::string Again() const {
    std::string bytes;
    Encode(value_, bytes);
    return bytes;
  }

  InteractionDecoder decoder_{InputFormat::kProtobuf, InputLimits{}};
  model::Interaction value_;
};

TEST_F(CanonicalTest, WhatWeWriteIs) {
  RandomValues random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    Encode(random.Make<model::Interaction>(), bytes);
    ASSERT_TRUE(IsCanonical(bytes));
    ASSERT_EQ(decoder_.payload(), bytes);
  }
}

TEST_F(CanonicalTest, WhatIsWrittenDifferentlyIsNot) {
  const std::string cases[] = {
      std::string("\x10\x81\x00", 3),                          // a number longer than needed
      std::string("\x8a\x00\x01x", 4),                         // a tag longer than needed
      std::string("\x0a\x81\x00x", 4),                         // a length longer than needed
      std::string("\x0a\x00", 2),                              // an explicit default
      std::string("\xa8\x01\x00", 3),                          // an enum's default
      std::string("\xa2\x01\x00", 3),                          // an empty source
      std::string("\x10\x01\x0a\x01x", 5),                     // fields out of order
      std::string("\x0a\x01x\x0a\x01y", 6),                    // a field given twice
      std::string("\xca\x01\x06\x12\x01\x31\x0a\x01\x61", 9),  // value before key
      std::string("\xca\x01\x03\x0a\x01\x61", 6),              // an entry without value
      std::string("\xa2\x06\x01k", 4),                         // the key of files
      std::string("\xf8\x07\x01", 3),                          // an unknown field
      std::string("\x92\x01\x06\x08\x85\x80\x80\x80\x10", 9),  // a number beyond its 32 bits
  };
  for (const std::string& bytes : cases) {
    EXPECT_FALSE(IsCanonical(bytes)) << testing::PrintToString(bytes);
    ASSERT_FALSE(decoder_.payload().empty());
  }
}

TEST_F(CanonicalTest, MapEntriesMustBeInOrder) {
  const std::string a = std::string("\xca\x01\x05\x0a\x01\x61\x12\x00", 8);
  const std::string b = std::string("\xca\x01\x05\x0a\x01\x62\x12\x00", 8);
  EXPECT_TRUE(IsCanonical(a + b));
  EXPECT_FALSE(IsCanonical(b + a));
  EXPECT_FALSE(IsCanonical(a + a));
}

TEST_F(CanonicalTest, NeverTrueWhereTheBytesDiffer) {
  RandomValues random(8);
  int canonical = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes;
    Encode(random.Make<model::Interaction>(), bytes);
    if (bytes.empty()) continue;
    bytes[random.Below(bytes.size())] ^= static_cast<char>(1U << random.Below(8));
    if (!IsCanonical(bytes)) continue;
    ++canonical;
    ASSERT_EQ(Again(), bytes);
  }
  EXPECT_GT(canonical, 1000) << "most changes of a letter leave the bytes canonical";
}

TEST_F(CanonicalTest, JsonNeverIs) {
  InteractionDecoder decoder(InputFormat::kAuto, InputLimits{});
  const auto refusal = decoder.Decode(R"({"time":1,"channel":"web","action":"view"})", value_);
  EXPECT_FALSE(refusal.has_value());
  EXPECT_FALSE(decoder.is_canonical());
}

}  // namespace
}  // namespace waymark::codec
