#include "codec/decimal.h"

#include <gtest/gtest.h>

#include "codec/base64.h"

namespace waymark::codec {
namespace {

TEST(Decimal, IsExact) {
  EXPECT_EQ(ParseMicros("12.34"), 12'340'000);
  EXPECT_EQ(ParseMicros("-0.5"), -500'000);
  EXPECT_EQ(ParseMicros("0"), 0);
  EXPECT_EQ(ParseMicros("-0.000"), 0);
  EXPECT_EQ(ParseMicros("0.000001"), 1);
  EXPECT_EQ(ParseMicros("1e3"), 1'000'000'000);
  EXPECT_EQ(ParseMicros("1.5E+2"), 150'000'000);
  EXPECT_EQ(ParseMicros("25e-1"), 2'500'000);
  EXPECT_EQ(ParseMicros("9223372036854.775807"), INT64_MAX);
  EXPECT_EQ(ParseMicros("1.00000000000000000000000000000"), 1'000'000);
  EXPECT_EQ(ParseMicros("1000000"), 1'000'000'000'000);
  EXPECT_EQ(ParseMicros("0.1"), 100'000);
  EXPECT_EQ(ParseMicros("0.29"), 290'000);
}

TEST(Decimal, RefusesWhatItCannotHold) {
  for (const char* text :
       {"", "-", ".", ".5", "abc", "1.2.3", "1,5", "1e", "1e+", "0x10", " 1", "1 ", "+1", "NaN",
        "0.0000001", "9223372036854.775808", "1e40", "99999999999999999999999", "1e999999999999"}) {
    EXPECT_EQ(ParseMicros(text), std::nullopt) << text;
  }
}

TEST(Base64, ReadsWhatItWrites) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    std::string coded;
    AppendBase64(bytes, coded);
    std::string back;
    EXPECT_TRUE(ReadBase64(coded, back));
    EXPECT_EQ(back, bytes);
  }
  std::string coded;
  AppendBase64("fooba", coded);
  EXPECT_EQ(coded, "Zm9vYmE=");
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"A", "AA=A", "Zm9v!mE=", "====", "Zm9vYmE==", "AB=="}) {
    std::string back;
    EXPECT_FALSE(ReadBase64(text, back)) << text;
  }
}

}  // namespace
}  // namespace waymark::codec
