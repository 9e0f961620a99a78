#include "codec/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/csv_text.h"
#include "codec/nearest.h"

namespace waymark::codec {
namespace {

using model::DeadLetterReason;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kRequired = "  time: \"{t}\"\n  channel: web\n  action: view\n";

class CsvTest : public testing::Test {
 protected:
  void Load(std::string_view top, std::string_view fields, std::string_view header) {
    const std::string yaml =
        std::string(top) + "\nfields:\n" + std::string(kRequired) + std::string(fields);
    mapping_ = CsvMapping::Parse(yaml, "m.yaml", faults_);
    for (const auto& fault : faults_) ADD_FAILURE() << fault.message << " " << fault.hint;
    ASSERT_NE(mapping_, nullptr);
    const base::Status status = mapping_->ReadHeader(header);
    ASSERT_TRUE(status.ok()) << status.text();
  }
  // Decodes a good row.
  const model::Interaction& Row(std::string_view row) {
    const auto refusal = mapping_->Decode(row, value_);
    EXPECT_FALSE(refusal.has_value()) << refusal->detail;
    return value_;
  }
  void ExpectRefused(std::string_view row, DeadLetterReason reason, std::string_view detail) {
    const auto refusal = mapping_->Decode(row, value_);
    ASSERT_TRUE(refusal.has_value()) << row;
    EXPECT_EQ(refusal->reason, reason);
    EXPECT_THAT(refusal->detail, HasSubstr(detail));
  }
  // Faults as "line:column: message (hint)".
  std::vector<std::string> Faults(std::string_view yaml) {
    std::vector<model::Fault> faults;
    EXPECT_EQ(CsvMapping::Parse(yaml, "m.yaml", faults), nullptr);
    std::vector<std::string> texts;
    for (const auto& fault : faults) {
      EXPECT_EQ(fault.file, "m.yaml");
      texts.push_back(std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column) +
                      ": " + fault.message + " (" + fault.hint + ")");
    }
    return texts;
  }

  std::vector<model::Fault> faults_;
  std::unique_ptr<CsvMapping> mapping_;
  model::Interaction value_;
};

TEST(CsvText, SplitsRowsAsRfc4180Says) {
  std::string_view text = "a,b\r\n\n\"x\n\"\"y\"\"\",2\n\"open,3\nlast";
  const CsvDialect dialect;
  EXPECT_EQ(TakeRow(text, dialect), "a,b");
  EXPECT_EQ(TakeRow(text, dialect), "\"x\n\"\"y\"\"\",2");
  EXPECT_EQ(TakeRow(text, dialect), "\"open,3") << "a quote left open ends with its line";
  EXPECT_EQ(TakeRow(text, dialect), "last");
  EXPECT_EQ(TakeRow(text, dialect), "");
}

TEST(CsvText, SplitsCells) {
  RowSplitter splitter{CsvDialect{}};
  std::vector<model::Text> cells;
  EXPECT_EQ(splitter.Split("a,,\"b,\"\"c\"\"\",d\"e,", cells), nullptr);
  EXPECT_THAT(cells, ElementsAre("a", "", "b,\"c\"", "d\"e", ""));
  EXPECT_EQ(splitter.Split("\"\"", cells), nullptr);
  EXPECT_THAT(cells, ElementsAre(""));
  EXPECT_STREQ(splitter.Split("\"a", cells), "a quote is not closed");
  EXPECT_STREQ(splitter.Split("\"a\"\"", cells), "a quote is not closed");
  EXPECT_STREQ(splitter.Split("\"a\"b,c", cells), "text after a closing quote");
  EXPECT_STREQ(splitter.Split(std::string(5000, ','), cells), "too many columns");
  RowSplitter plain{CsvDialect{'\t', false}};
  EXPECT_EQ(plain.Split("\"a\tb\"", cells), nullptr);
  EXPECT_THAT(cells, ElementsAre("\"a", "b\""));
}

TEST_F(CsvTest, PutsColumnsIntoEveryKindOfField) {
  Load("absent: ['?']",
       "  key: \"{c}\"\n"
       "  id: \"{c}/{t}\"\n"
       "  sequence: \"{n}\"\n"
       "  value: \"{v}\"\n"
       "  kind: {column: k, values: {s: STAFF}, otherwise: null}\n"
       "  rating: {nps: \"{n}\", comment: \"{{{c}}}\"}\n"
       "  refers_to: {time: \"{t}\"}\n"
       "  source: {system: crm}\n"
       "  identifiers:\n"
       "    - {namespace: crm, value: \"{c}\"}\n"
       "    - {namespace: none, value: \"{k}\"}\n"
       "  attributes: {z: \"{k}\", b: \"{n}\", a: \"{v}\"}\n",
       "t,c,n,v,k");
  const model::Interaction& value = Row("1000,C1,7,1.50,?");
  EXPECT_EQ(value.time, 1000);
  EXPECT_EQ(value.key, "C1");
  EXPECT_EQ(value.id, "C1/1000");
  EXPECT_EQ(value.sequence, 7);
  EXPECT_EQ(value.value_micros, 1'500'000);
  EXPECT_EQ(value.kind, model::Kind::kUnspecified);
  EXPECT_EQ(value.rating->nps, 7);
  EXPECT_EQ(value.rating->comment, "{C1}");
  EXPECT_EQ(value.refers_to->time, 1000);
  EXPECT_EQ(value.source.system, "crm");
  EXPECT_THAT(value.identifiers, ElementsAre(model::Identifier{"crm", "C1"}));
  EXPECT_EQ(value.attributes, (model::TextMap{{"a", "1.50"}, {"b", "7"}}));
  EXPECT_EQ(Row("1,C1,,,s").kind, model::Kind::kStaff);
  EXPECT_EQ(value_.rating->nps, std::nullopt);
  EXPECT_EQ(value_.sequence, std::nullopt);
}

TEST_F(CsvTest, TranslatesAndFallsBack) {
  Load("columns: {a: {absent: ['0']}}",
       "  touchpoint: {column: a, values: {x: ex, 'p*': pea, n: null}, default: none}\n"
       "  product: {column: a, values: {x: ex}, otherwise: other}\n"
       "  category: {column: a, case: snake}\n"
       "  need: [\"{a}\", {column: b, case: upper}, last]\n",
       "t,a,b");
  EXPECT_EQ(Row("1,x,").touchpoint, "ex");
  EXPECT_EQ(Row("1,pod,").touchpoint, "pea");
  EXPECT_EQ(Row("1,n,").touchpoint, "none");
  EXPECT_EQ(Row("1,0,").touchpoint, "none");
  EXPECT_EQ(Row("1,y,").touchpoint, "y");
  EXPECT_EQ(value_.product, "other");
  EXPECT_EQ(Row("1,0,").product, "") << "what is absent is not translated";
  EXPECT_EQ(Row("1,Awaiting  User-Info!,").category, "awaiting_user_info");
  EXPECT_EQ(Row("1,0,b").need, "B");
  EXPECT_EQ(Row("1,0,").need, "last");
}

TEST_F(CsvTest, ReadsTimesInTheirFormats) {
  const std::string yaml =
      "zone: Europe/Berlin\nfields:\n  channel: web\n  action: view\n"
      "  time: [{column: a, format: ['%d/%m/%Y %H:%M', rfc3339]}, {column: b, format: unix_s},\n"
      "         {column: c, format: '%y%m%d %H:%M:%E*S', zone: UTC}]\n";
  mapping_ = CsvMapping::Parse(yaml, "m.yaml", faults_);
  ASSERT_NE(mapping_, nullptr);
  ASSERT_TRUE(mapping_->ReadHeader("a,b,c").ok());
  EXPECT_EQ(Row("29/2/2016 01:16,,").time, 1'456'704'960'000);
  EXPECT_EQ(Row("1/7/2016 02:00,,").time, 1'467'331'200'000);
  EXPECT_EQ(Row("2016-02-29T01:16:00Z,,").time, 1'456'708'560'000);
  EXPECT_EQ(Row(",1.2345,").time, 1234);
  EXPECT_EQ(Row(",-0.0001,").time, -1);
  EXPECT_EQ(Row(",,990201 7:02:47.054").time, 917'852'567'054);
  EXPECT_EQ(Row(",,").time, std::nullopt);
  ExpectRefused("31/02/2016 01:16,,", DeadLetterReason::kBadValue, "time: \"31/02/2016 01:16\"");
  ExpectRefused("infinite-future,,", DeadLetterReason::kBadValue, "time");
}

TEST_F(CsvTest, JoinsTheFirstRowOfAKey) {
  Load("joins:\n  - {name: j, file: j.csv, here: [a, b], there: [x, y]}",
       "  product: \"{j.p}\"\n  touchpoint: \"{j.q}\"\n", "t,a,b");
  EXPECT_THAT(mapping_->joins(), ElementsAre("j.csv"));
  const base::Status status =
      mapping_->LoadJoin(0, "\xef\xbb\xbfx,p,y,q\n1,one,2,\n1,\"tw\"\"o\",2,second\n3,three,4,q\n");
  ASSERT_TRUE(status.ok()) << status.text();
  EXPECT_EQ(Row("1,1,2").product, "one");
  EXPECT_EQ(value_.touchpoint, "") << "the first row counts, also where a column is empty";
  EXPECT_EQ(Row("1,3,4").touchpoint, "q");
  EXPECT_EQ(Row("1,1,4").product, "");
  EXPECT_EQ(Row("1,,2").product, "");
}

TEST_F(CsvTest, RefusesBrokenJoins) {
  Load("joins:\n  - {name: j, file: j.csv, here: a}", "  product: \"{j.price}\"\n", "t,a");
  EXPECT_THAT(mapping_->LoadJoin(0, "a,prise\n").text(), HasSubstr("did you mean prise"));
  EXPECT_THAT(mapping_->LoadJoin(0, "b,price\n").text(), HasSubstr("no column `a`"));
  EXPECT_THAT(mapping_->LoadJoin(0, "a,price\n1\n").text(), HasSubstr("row 1"));
  EXPECT_THAT(mapping_->LoadJoin(0, "a,price\n1,\xff\n").text(), HasSubstr("UTF-8"));
  EXPECT_TRUE(mapping_->LoadJoin(0, "a,price\n1,2\n").ok());
}

TEST_F(CsvTest, RefusesRowsWithTheirReason) {
  Load("", "  sequence: \"{n}\"\n  value: \"{v}\"\n  rating: {nps: \"{n}\"}\n", "t,n,v");
  ExpectRefused("1,2", DeadLetterReason::kUnparsable, "not as many columns");
  ExpectRefused("1,2,3,4", DeadLetterReason::kUnparsable, "not as many columns");
  ExpectRefused("1,\"2,3", DeadLetterReason::kUnparsable, "quote");
  ExpectRefused("1,\xff,3", DeadLetterReason::kUnparsable, "UTF-8");
  ExpectRefused("5,two,3", DeadLetterReason::kBadValue, "sequence: \"two\" is not a whole number");
  EXPECT_EQ(value_.time, 5) << "the time is told, refused or not";
  ExpectRefused("1,2,a lot", DeadLetterReason::kBadValue, "value: \"a lot\"");
  ExpectRefused("1,4294967296,1", DeadLetterReason::kBadValue, "rating.nps");
  ExpectRefused("1," + std::string(500, 'x') + ",3", DeadLetterReason::kBadValue,
                "sequence: \"" + std::string(64, 'x') + "\"");
}

TEST_F(CsvTest, NamesAllMissingColumns) {
  const std::string yaml = "fields:\n" + std::string(kRequired) + "  need: \"{prise}\"\n";
  mapping_ = CsvMapping::Parse(yaml, "m.yaml", faults_);
  ASSERT_NE(mapping_, nullptr);
  const base::Status status = mapping_->ReadHeader("tt,price");
  EXPECT_EQ(status.code(), base::StatusCode::kConfig);
  EXPECT_THAT(status.message(), HasSubstr("no column `t` (mapping line 2)"));
  EXPECT_THAT(status.message(), HasSubstr("no column `prise` (mapping line 5)"));
  EXPECT_THAT(status.hint(), HasSubstr("did you mean price"));
}

TEST_F(CsvTest, ReportsAllFaultsAtOnceWithPlaceAndHint) {
  EXPECT_THAT(
      Faults("delimter: ';'\n"
             "zone: Mars/Olympus\n"
             "fields:\n"
             "  chanel: web\n"
             "  action: {view}\n"
             "  need: \"{open\"\n"
             "  need: x\n"
             "  source: {sistem: a}\n"
             "  product: {column: p, case: title, format: unix_s}\n"),
      ElementsAre(HasSubstr("1:1: unknown key `delimter` (did you mean delimiter)"),
                  HasSubstr("2:7: no time zone `Mars/Olympus`"),
                  HasSubstr("4:3: unknown key `chanel` (did you mean channel)"),
                  HasSubstr("7:3: `need` is given twice"), HasSubstr("5:12: unknown key `view`"),
                  HasSubstr("5:11: `action` has neither `text` nor `column`"),
                  HasSubstr("6:9: a brace without a column's name"),
                  HasSubstr("8:12: unknown key `sistem` (did you mean system)"),
                  HasSubstr("9:30: unknown case `title`"),
                  HasSubstr("9:45: `format` at a field that is no time"),
                  HasSubstr("no field `time`"), HasSubstr("no field `channel`")));
}

TEST_F(CsvTest, RefusesWhatIsNoMapping) {
  EXPECT_THAT(Faults("fields: [\n"), ElementsAre(HasSubstr("no YAML")));
  EXPECT_THAT(Faults("[]"), ElementsAre(HasSubstr("is not a map")));
  EXPECT_THAT(Faults(""), ElementsAre(HasSubstr("is not a map")));
  EXPECT_THAT(Faults("zone: UTC"), ElementsAre(HasSubstr("no `fields`")));
  EXPECT_THAT(Faults(std::string(2 << 20, ' ')), ElementsAre(HasSubstr("more than 1 MiB")));
  EXPECT_FALSE(Faults(std::string(10'000, '[')).empty());
}

TEST_F(CsvTest, AliasesCannotBlowUpAMapping) {
  std::string yaml = "fields:\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  std::string list = "*a0";
  for (int i = 1; i < 12; ++i) {
    list = "*a" + std::to_string(i - 1);
    yaml += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + list;
    for (int j = 0; j < 8; ++j) yaml += "," + list;
    yaml += "]\n";
  }
  yaml += "  need: *a11\n";
  EXPECT_LT(Faults(yaml).size(), 20'000U);
}

TEST(NearestName, IsFoundOnlyWhereItIsNear) {
  const std::vector<std::string> known = {"channel", "action", "time"};
  EXPECT_EQ(Nearest("chanel", known), "channel");
  EXPECT_EQ(Nearest("tine", known), "time");
  EXPECT_EQ(Nearest("colour", known), "");
}

}  // namespace
}  // namespace waymark::codec
