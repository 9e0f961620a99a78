#include "api/stream_position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace waymark::api {
namespace {

StreamPosition Of(std::initializer_list<int64_t> offsets) {
  StreamPosition out;
  for (const int64_t offset : offsets) out.emplace_back(offset);
  return out;
}

std::string Text(const StreamPosition& position, std::string_view topic = "t") {
  std::string text;
  AppendPosition(position, topic, text);
  return text;
}

TEST(StreamPosition, IsReadAsItWasWritten) {
  for (const auto& position :
       {Of({}), Of({0}), Of({31, 32, 33}), Of({1023, 1024, 0, 1}), Of({INT64_MAX, 0, INT64_MAX})}) {
    const std::string text = Text(position);
    EXPECT_EQ(ParsePosition(text, "t", position.size()), position) << text;
    EXPECT_THAT(text, testing::MatchesRegex("[A-Za-z0-9_-]+"));
  }
  EXPECT_LE(Text(Of({1'000'000, 1'000'000})).size(), 13U);
}

TEST(StreamPosition, OfAnotherTopicOrSizeIsNone) {
  const std::string text = Text(Of({5, 70'000}));
  EXPECT_TRUE(ParsePosition(text, "t", 2));
  EXPECT_FALSE(ParsePosition(text, "u", 2));
  EXPECT_FALSE(ParsePosition(text, "t", 1));
  EXPECT_FALSE(ParsePosition(text, "t", 3));
}

TEST(StreamPosition, MalformedIsNone) {
  const std::string text = Text(Of({5, 70'000}));
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParsePosition(text.substr(0, size), "t", 2)) << size;
  }
  EXPECT_FALSE(ParsePosition(text + "A", "t", 2));
  EXPECT_FALSE(ParsePosition("2" + text.substr(1), "t", 2));
  EXPECT_FALSE(ParsePosition(text.substr(0, text.size() - 1) + "!", "t", 2));
  // A number that never ends, and one beyond all offsets.
  const std::string head = Text({}, "t");
  EXPECT_FALSE(ParsePosition(head + std::string(100, '_'), "t", 1));
  EXPECT_FALSE(ParsePosition(head + std::string(12, '_') + "P", "t", 1));
}

TEST(StreamPosition, Distances) {
  EXPECT_EQ(Distance(Of({1, 5}), Of({4, 2})), 3);
  EXPECT_TRUE(IsAtMost(Of({1, 2}), Of({1, 3})));
  EXPECT_FALSE(IsAtMost(Of({1, 4}), Of({1, 3})));
}

}  // namespace
}  // namespace waymark::api
