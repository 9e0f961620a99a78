#include <gtest/gtest.h>

#include "codec/csv.h"
#include "codec/interaction_decoder.h"
#include "codec/json.h"
#include "codec/protobuf.h"
#include "unit/codec/random_values.h"

// Random and mutated bytes: no decoder crashes or hangs, and what it takes in it can write again.
namespace waymark::codec {
namespace {

constexpr int kInputs = 200'000;

// Changes, cuts, repeats and inserts at random places.
std::string Mutate(std::string bytes, RandomValues& random) {
  static constexpr Text kTokens[] = {
      "{",    "}",    "[",    "]",    "\"",           ":", ",", "\\", "\\u", "-", "1e9",
      "null", "true", "\xff", "\x80", "\xed\xa0\x80", "/*"};
  for (uint64_t left = 1 + random.Below(4); left > 0; --left) {
    const size_t at = random.Below(bytes.size() + 1);
    switch (random.Below(4)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random.Below(256));
        break;
      case 1:
        bytes.erase(at, random.Below(9));
        break;
      case 2:
        bytes.insert(at, bytes.substr(random.Below(bytes.size() + 1), random.Below(40)));
        break;
      default:
        bytes.insert(at, kTokens[random.Below(std::size(kTokens))]);
    }
  }
  return bytes;
}

template <class M>
std::string Sample(RandomValues& random, bool json) {
  std::string bytes;
  if (json) {
    EncodeJson(random.Make<M>(), bytes);
  } else {
    Encode(random.Make<M>(), bytes);
  }
  return bytes;
}

template <class M>
struct HostileTest : testing::Test {};
using Messages = testing::Types<model::Interaction, model::Step, model::Signal,
                                model::CustomerJourneys, model::DeadLetter>;
TYPED_TEST_SUITE(HostileTest, Messages);

// What was decoded lives by itself: the next decode must give it back.
template <class M>
void ExpectWritable(const M& value) {
  std::string bytes;
  Encode(value, bytes);
  M back;
  const base::Status status = Decode(bytes, back);
  ASSERT_TRUE(status.ok()) << status.text();
  std::string again;
  Encode(back, again);
  ASSERT_EQ(again, bytes);
}

TYPED_TEST(HostileTest, DecodersStand) {
  constexpr int kEach = kInputs / 5;
  JsonDecoder json;
  TypeParam value;
  int good = 0;
  for (int batch = 0; batch < kEach / 40; ++batch) {
    RandomValues random(static_cast<uint64_t>(batch) + 100);
    const std::string json_sample = Sample<TypeParam>(random, true);
    const std::string protobuf_sample = Sample<TypeParam>(random, false);
    for (int i = 0; i < 18; ++i) {
      const std::string mutant = Mutate(json_sample, random);
      if (json.Decode(mutant, value).ok()) {
        ++good;
        ExpectWritable(value);
      }
      const std::string other = Mutate(protobuf_sample, random);
      if (Decode(other, value).ok()) {
        ++good;
        ExpectWritable(value);
      }
    }
    for (int i = 0; i < 2; ++i) {
      const std::string noise = random.Bytes(random.Below(64));
      if (Decode(noise, value).ok()) ExpectWritable(value);
      EXPECT_FALSE(json.Decode(noise, value).ok());
    }
  }
  EXPECT_GT(good, 1000) << "mutants that are all refused test little";
}

TEST(HostileInput, TheInteractionDecoderStands) {
  InteractionDecoder decoder(InputFormat::kAuto, InputLimits{});
  model::Interaction value;
  for (int batch = 0; batch < kInputs / 50; ++batch) {
    RandomValues random(static_cast<uint64_t>(batch) + 7);
    std::string sample = Sample<model::Interaction>(random, random.Chance(50));
    if (random.Chance(30)) sample.insert(0, std::string("\0\0\0\0\x01\0", 6));
    for (int i = 0; i < 50; ++i) {
      const std::string mutant = Mutate(sample, random);
      const auto refusal = decoder.Decode(mutant, value);
      if (refusal) continue;
      ExpectWritable(value);
      if (!decoder.is_canonical()) continue;
      std::string bytes;
      Encode(value, bytes);
      ASSERT_EQ(bytes, decoder.payload());
    }
  }
}

TEST(HostileInput, CsvRowsStand) {
  constexpr std::string_view kMapping =
      "joins: [{name: j, file: j, here: a}]\n"
      "fields:\n"
      "  time: {column: b, format: ['%Y-%m-%d %H:%M:%E*S', unix_s, rfc3339]}\n"
      "  channel: {column: c, values: {x: y, 'z*': web}, case: snake}\n"
      "  action: \"{c}-{d}\"\n"
      "  value: \"{d}\"\n"
      "  product: \"{j.p}\"\n"
      "  attributes: {z: \"{a}\", y: \"{d}\"}\n";
  std::vector<model::Fault> faults;
  auto mapping = CsvMapping::Parse(kMapping, "m", faults);
  ASSERT_NE(mapping, nullptr);
  ASSERT_TRUE(mapping->ReadHeader("a,b,c,d").ok());
  ASSERT_TRUE(mapping->LoadJoin(0, "a,p\n1,one\n").ok());
  RandomValues random(11);
  model::Interaction value;
  int good = 0;
  for (int i = 0; i < kInputs; ++i) {
    const std::string text = Mutate("1,2024-04-01 15:56:22.054,x,\"1.5\"\n2,\"3\",zz,7\n", random);
    std::string_view rest = text;
    size_t rows = 0;
    for (auto row = mapping->NextRow(rest); !row.empty(); row = mapping->NextRow(rest)) {
      ASSERT_LE(++rows, text.size());
      if (mapping->Decode(row, value)) continue;
      ++good;
      ExpectWritable(value);
    }
  }
  EXPECT_GT(good, 1000);
}

TEST(HostileInput, MappingsStand) {
  RandomValues random(12);
  const std::string sample =
      "absent: ['?']\njoins: [{name: j, file: f, here: [a, b]}]\ncolumns: {a: {absent: ['0']}}\n"
      "fields:\n  time: {text: \"{a} {b}\", format: unix_s, zone: UTC}\n  channel: [\"{j.c}\", x]\n"
      "  action: {column: d, values: {e: f, 'g*': null}, otherwise: h, case: snake, default: i}\n"
      "  source: {system: s}\n  identifiers: [{namespace: n, value: \"{a}\"}]\n";
  int good = 0;
  for (int i = 0; i < 5000; ++i) {
    std::vector<model::Fault> faults;
    const auto mapping = CsvMapping::Parse(Mutate(sample, random), "m", faults);
    ASSERT_EQ(mapping == nullptr, !faults.empty());
    if (mapping != nullptr) ++good;
  }
  EXPECT_GT(good, 100);
}

TEST(HostileInput, ListsAreBounded) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes.append("\x22\x00", 2);
  model::Interaction value;
  EXPECT_FALSE(Decode(bytes, value).ok());
  EXPECT_LE(value.identifiers.size(), size_t{65'536});

  std::string json = "{\"identifiers\":[";
  for (int i = 0; i < 100'000; ++i) json += "{},";
  json.back() = ']';
  JsonDecoder decoder;
  EXPECT_FALSE(decoder.Decode(json + "}", value).ok());
  EXPECT_LE(value.identifiers.size(), size_t{65'536});
}

}  // namespace
}  // namespace waymark::codec
