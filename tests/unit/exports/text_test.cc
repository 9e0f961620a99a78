#include "exports/text.h"

#include <gtest/gtest.h>

#include "exports/ocel_sqlite_writer.h"

namespace waymark::exports {
namespace {

using namespace std::string_literals;

template <class T>
std::string Appended(void (*append)(T, std::string&), T value) {
  std::string out = "|";
  append(value, out);
  return out.substr(1);
}

std::string Xml(std::string_view text) { return Appended(AppendXml, text); }
std::string Csv(std::string_view text) { return Appended(AppendCsv, text); }
std::string Json(std::string_view text) { return Appended(AppendJson, text); }

TEST(TextTest, XmlMarkupIsEscaped) {
  EXPECT_EQ(Xml("a<b>c&\"d'e"), "a&lt;b&gt;c&amp;&quot;d'e");
}

TEST(TextTest, XmlKeepsWhiteSpaceFromBeingNormalised) {
  EXPECT_EQ(Xml("a\tb\nc\rd e"), "a&#9;b&#10;c&#13;d e");
}

TEST(TextTest, WhatXmlCantHoldIsReplaced) {
  EXPECT_EQ(Xml("a\0b\x01\x1f\x7f"s), "a\xef\xbf\xbd"
                                      "b\xef\xbf\xbd\xef\xbf\xbd\x7f"s);
  EXPECT_EQ(Xml("\xef\xbf\xbe.\xef\xbf\xbf."), "\xef\xbf\xbd.\xef\xbf\xbd.");
  // U+FFFD itself, a character of the same lead byte, and one beyond the first plane.
  EXPECT_EQ(Xml("\xef\xbf\xbd\xef\xbc\xa1\xf0\x9f\x98\x80"),
            "\xef\xbf\xbd\xef\xbc\xa1\xf0\x9f\x98\x80");
}

TEST(TextTest, CsvQuotesOnlyWhatItMust) {
  EXPECT_EQ(Csv("plain 'text'; tab\t"), "plain 'text'; tab\t");
  EXPECT_EQ(Csv("a,b"), "\"a,b\"");
  EXPECT_EQ(Csv("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(Csv("a\nb"), "\"a\nb\"");
  EXPECT_EQ(Csv("a\rb"), "\"a\rb\"");
}

TEST(TextTest, JsonIsEscaped) {
  EXPECT_EQ(Json("a\"b\\c\n\x01\x1f\xc3\xbc"), "\"a\\\"b\\\\c\\u000a\\u0001\\u001f\xc3\xbc\"");
  EXPECT_EQ(Json("\0"s), "\"\\u0000\"");
}

TEST(TextTest, TimesHaveMilliseconds) {
  EXPECT_EQ(Appended(AppendTime, int64_t{1'711'929'600'000}), "2024-04-01T00:00:00.000Z");
  EXPECT_EQ(Appended(AppendTime, int64_t{1'711'929'600'007}), "2024-04-01T00:00:00.007Z");
  EXPECT_EQ(Appended(AppendTime, int64_t{-1}), "1969-12-31T23:59:59.999Z");
}

TEST(TextTest, MillionthsAreDecimal) {
  EXPECT_EQ(Appended(AppendMillionths, int64_t{19'500'000}), "19.5");
  EXPECT_EQ(Appended(AppendMillionths, int64_t{-1}), "-0.000001");
  EXPECT_EQ(Appended(AppendMillionths, int64_t{0}), "0");
  EXPECT_EQ(Appended(AppendMillionths, int64_t{7'000'000}), "7");
  EXPECT_EQ(Appended(AppendMillionths, INT64_MIN), "-9223372036854.775808");
}

TEST(TextTest, TypesMapToTablesOfTheirOwn) {
  const auto mapped = MapTypes({"View", "add to cart", "add-to-cart", "map_type", "object", "view",
                                "view_2", "\xc3\xbc"});
  EXPECT_EQ(mapped, (std::map<std::string, std::string>{{"View", "View"},
                                                        {"add to cart", "add_to_cart"},
                                                        {"add-to-cart", "add_to_cart_2"},
                                                        {"map_type", "map_type_2"},
                                                        {"object", "object_2"},
                                                        {"view", "view_2"},
                                                        {"view_2", "view_2_2"},
                                                        {"\xc3\xbc", "__"}}));
}

TEST(TextTest, NamesOfColumnsAreQuoted) { EXPECT_EQ(SqliteName("a\"b c"), "\"a\"\"b c\""); }

}  // namespace
}  // namespace waymark::exports
