#include "codec/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/protobuf.h"
#include "unit/codec/samples.h"

namespace waymark::codec {
namespace {

using testing::HasSubstr;

template <class M>
std::string Json(const M& value) {
  std::string json;
  EncodeJson(value, json);
  return json;
}

class JsonTest : public testing::Test {
 protected:
  // Decodes, and expects it to go well.
  const model::Interaction& Read(std::string_view json) {
    const base::Status status = decoder_.Decode(json, value_);
    EXPECT_TRUE(status.ok()) << status.text() << "\n" << json;
    return value_;
  }
  std::string Fault(std::string_view json) {
    const base::Status status = decoder_.Decode(json, value_);
    EXPECT_EQ(status.ok() || status.code() == base::StatusCode::kInvalid, true);
    return status.message();
  }

  JsonDecoder decoder_;
  model::Interaction value_;
};

TEST_F(JsonTest, GoldenTextOfAStep) {
  EXPECT_EQ(
      Json(samples::Step()),
      R"({"interaction":{"id":"e-4711","time":1711986982054,"sequence":-3,)"
      R"("identifiers":[{"namespace":"crm","value":"C-1"},)"
      R"({"namespace":"email","value":"jörg@example.org"}],"account":"Werft AG","channel":"web",)"
      R"("touchpoint":"product-page","action":"order","campaign":"spring","need":"holiday",)"
      R"("impulse":"newspaper","intent":"book","product":"P-9","category":"ferry",)"
      R"("contract":"K-2","value_micros":69730000,"currency":"EUR","rating":{"satisfaction":5,)"
      R"("nps":10,"emotion":-1,"need_fulfilment":4,"comment":"very \"good\"\n"},)"
      R"("refers_to":{"source_system":"shop","id":"e-1","touchpoint":"checkout",)"
      R"("time":1711986000000,"order":"O-5"},"source":{"system":"shop","process":"sales",)"
      R"("department":"Marketing"},"kind":"MYSTERY_CHECK","check_type":"store",)"
      R"("profile":{"birthday":"1980-02-29","language":"de"},"command":"LINK",)"
      R"("attributes":{"colour":"blue","size":"XL"}},"profile_id":"crm:C-1",)"
      R"("session_id":"0123456789abcdef01234567","session_start":1711986000000,)"
      R"("persona":"family","target_group":"guests","placements":[{"family":"purchase",)"
      R"("model":"six-stages","model_version":2,"journey_id":"aaaabbbbccccddddeeeeffff",)"
      R"("stage":"purchase","previous_stage":"comparison","stage_entered":1711986982054,)"
      R"("station":"ordered","department":"Sales","stage_probabilities":[)"
      R"({"stage":"purchase","probability":0.75},{"stage":"use","probability":0.25}],)"
      R"("next_stage":"use","stage_entropy":0.8113,"outcome_probabilities":[)"
      R"({"stage":"paid","probability":0.5},{"stage":"cancelled","probability":0.25}]},)"
      R"({"family":"service","model":"service-case","model_version":1,)"
      R"("journey_id":"bbbb"}],"revision":12,"origin":{"topic":"interactions","partition":3,)"
      R"("offset":123456},"processed_time":1711986982999})");
}

TEST_F(JsonTest, GoldenTextOfASnapshot) {
  EXPECT_EQ(Json(samples::CustomerJourneys()),
            R"({"profile":{"id":"crm:C-1","identifiers":[{"namespace":"crm","value":"C-1"}],)"
            R"("account":"Werft AG","attributes":{"language":"de"},"target_group":"guests",)"
            R"("persona":"family","consent":"SERVICE","first_seen":0,"last_seen":1711986982054,)"
            R"("customer_status":"EXISTING"},"journeys":[{"id":"aaaabbbbccccddddeeeeffff",)"
            R"("family":"purchase","model":"six-stages","model_version":2,"key":"P-9",)"
            R"("status":"OPEN","started":1,"last_activity":2,"stage":"use","stage_entered":2,)"
            R"("station":"unpacked","stages":{"purchase":{"visits":1,"time_ms":60000,)"
            R"("interactions":3,"satisfaction_sum":9,"satisfaction_count":2},"inspiration":{}},)"
            R"("touchpoints":["checkout","product-page"],"channels":["app","web"],)"
            R"("relevant_set":["P-9"],"value_micros":0,"replaces":["old"]}],)"
            R"("session":{"id":"s","start":1,"last":2,"interactions":3},"stale":true,"covers":41,)"
            R"("revision":12,"fold":"/yBmb2xkZWQ=","floor":"/yB0cmltbWVk"})");
}

TEST_F(JsonTest, TheCanonicalViewLeavesOutTransport) {
  std::string json;
  EncodeJsonCanonical(samples::Step(), json);
  EXPECT_THAT(json, Not(HasSubstr("revision")));
  EXPECT_THAT(json, Not(HasSubstr("origin")));
  EXPECT_THAT(json, Not(HasSubstr("processed_time")));
  EXPECT_TRUE(Json(samples::Step()).starts_with(json.substr(0, json.size() - 1)));
  json.clear();
  EncodeJsonCanonical(samples::CustomerJourneys(), json);
  EXPECT_THAT(json, Not(HasSubstr("replaces")));
  EXPECT_THAT(json, Not(HasSubstr("fold")));
  json.clear();
  EncodeJsonCanonical(samples::Signal(), json);
  EXPECT_THAT(json, Not(HasSubstr("retracted")));
}

TEST_F(JsonTest, ReadsBackWhatItWrote) {
  EXPECT_EQ(Read(Json(samples::Interaction())), samples::Interaction());
  model::Signal signal;
  const std::string json = Json(samples::Signal());
  ASSERT_TRUE(decoder_.Decode(json, signal).ok());
  EXPECT_EQ(signal, samples::Signal());
}

TEST_F(JsonTest, WritesTheInteractionOfAStepThatHasOnlyItsBytes) {
  model::Step step = samples::Step();
  const std::string whole = Json(step);
  std::string bytes;
  Encode(step.interaction, bytes);
  step.interaction = {};
  step.interaction_bytes = bytes;
  EXPECT_EQ(Json(step), whole);
}

TEST_F(JsonTest, ReadsBothStylesOfNames) {
  EXPECT_EQ(Read(R"({"valueMicros":1,"checkType":"store","refersTo":{"sourceSystem":"s"},)"
                 R"("rating":{"needFulfilment":3}})"),
            Read(R"({"value_micros":1,"check_type":"store","refers_to":{"source_system":"s"},)"
                 R"("rating":{"need_fulfilment":3}})"));
  EXPECT_EQ(value_.value_micros, 1);
  EXPECT_EQ(Read(R"({"\u0069d":"escaped"})").id, "escaped");
}

TEST_F(JsonTest, ReadsTimesInEveryForm) {
  EXPECT_EQ(Read(R"({"time":1711986982054})").time, 1'711'986'982'054);
  EXPECT_EQ(Read(R"({"time":"1711986982054"})").time, 1'711'986'982'054);
  EXPECT_EQ(Read(R"({"time":"2024-04-01T15:56:22.054Z"})").time, 1'711'986'982'054);
  EXPECT_EQ(Read(R"({"time":"2024-04-01T17:56:22.054+02:00"})").time, 1'711'986'982'054);
  EXPECT_EQ(Read(R"({"refers_to":{"time":"1970-01-01T00:00:01Z"}})").refers_to->time, 1000);
  EXPECT_THAT(Fault(R"({"time":"2024-04-01T15:56:22"})"), HasSubstr("time: neither"));
  EXPECT_EQ(value_.time, std::nullopt);
  EXPECT_THAT(Fault(R"({"time":1.5})"), HasSubstr("time: not a whole number"));
  EXPECT_THAT(Fault(R"({"time":true})"), HasSubstr("time: neither number nor text"));
}

TEST_F(JsonTest, ReadsWholeNumbers) {
  EXPECT_EQ(Read(R"({"sequence":9223372036854775807})").sequence, INT64_MAX);
  EXPECT_EQ(Read(R"({"sequence":"-9223372036854775808"})").sequence, INT64_MIN);
  EXPECT_EQ(Read(R"({"sequence":1.0})").sequence, 1);
  EXPECT_EQ(Read(R"({"sequence":2e3})").sequence, 2000);
  EXPECT_THAT(Fault(R"({"sequence":9223372036854775808})"), HasSubstr("64 bits"));
  EXPECT_THAT(Fault(R"({"sequence":99999999999999999999999})"), HasSubstr("64 bits"));
  EXPECT_THAT(Fault(R"({"sequence":""})"), HasSubstr("sequence: no number"));
  EXPECT_THAT(Fault(R"({"rating":{"nps":2147483648}})"), HasSubstr("rating.nps: out of range"));
}

TEST_F(JsonTest, ReadsDecimalValuesExactly) {
  EXPECT_EQ(Read(R"({"value":69.73})").value_micros, 69'730'000);
  EXPECT_EQ(Read(R"({"value":"69.73"})").value_micros, 69'730'000);
  EXPECT_EQ(Read(R"({"value": 9223372036854.775807 })").value_micros, INT64_MAX);
  EXPECT_EQ(Read(R"({"value":-1e-6})").value_micros, -1);
  EXPECT_EQ(Read(R"({"value_micros":1,"value":2})").value_micros, 2'000'000);
  EXPECT_THAT(Fault(R"({"value":0.0000001})"), HasSubstr("value: not a decimal"));
  EXPECT_THAT(Fault(R"({"value":"ten"})"), HasSubstr("value: not a decimal"));
  EXPECT_EQ(value_.value_micros, std::nullopt);
}

TEST_F(JsonTest, KeepsAbsentApartFromZero) {
  EXPECT_EQ(Read(R"({"sequence":0})").sequence, 0);
  EXPECT_EQ(Json(value_), R"({"sequence":0})");
  EXPECT_EQ(Read(R"({"sequence":null,"rating":null,"attributes":null,"id":null})"),
            model::Interaction());
  EXPECT_EQ(Json(value_), "{}");
}

TEST_F(JsonTest, ReadsEnumsByNameAndNumber) {
  EXPECT_EQ(Read(R"({"kind":"STAFF"})").kind, model::Kind::kStaff);
  EXPECT_EQ(Read(R"({"kind":2})").kind, model::Kind::kStaff);
  EXPECT_EQ(Read(R"({"kind":"staff"})").kind, model::Kind{-1});
  EXPECT_EQ(Read(R"({"command":77})").command, model::Command{77});
  EXPECT_EQ(Json(value_), R"({"command":77})");
  model::Signal signal;
  ASSERT_TRUE(decoder_.Decode(R"({"kind":"INVENTED_LATER"})", signal).ok());
  EXPECT_EQ(signal.kind, model::SignalKind::kUnspecified);
}

TEST_F(JsonTest, OfARepeatedNameTheLastValueCounts) {
  EXPECT_EQ(Read(R"({"id":"a","id":"b"})").id, "b");
  EXPECT_EQ(Read(R"({"attributes":{"b":"1","a":"2","b":"3"}})").attributes,
            (model::TextMap{{"a", "2"}, {"b", "3"}}));
  EXPECT_EQ(Read(R"({"attributes":{"b":"1"},"attributes":{"c":"1"}})").attributes,
            (model::TextMap{{"c", "1"}}));
  EXPECT_EQ(Read(R"({"source":{"system":"a"},"source":{"process":"b"}})").source,
            (model::Source{"", "b", ""}));
  EXPECT_EQ(Read(R"({"identifiers":[{"namespace":"a"}],"identifiers":[]})").identifiers.size(), 0);
}

TEST_F(JsonTest, SkipsUnknownFieldsButChecksThem) {
  EXPECT_EQ(Read(R"({"x":[1,{"y":"z\n"},null,true,1.5e300],"id":"a","":{}})").id, "a");
  for (const char* json :
       {R"({"x":tru,"id":"a"})", R"({"x":[1,}})", R"({"x":{"a" 1}})", R"({"x":[1}])", R"({"x":01})",
        R"({"x":"\q"})", R"({"x":nul})", R"({"x":1 2})"}) {
    EXPECT_THAT(Fault(json), HasSubstr("malformed JSON")) << json;
  }
  EXPECT_THAT(Fault("{\"x\":" + std::string(100, '[') + std::string(100, ']') + "}"),
              HasSubstr("nested too deep"));
}

TEST_F(JsonTest, RefusesWhatIsNoObject) {
  for (const char* json : {"",
                           " ",
                           "[]",
                           "1",
                           "\"x\"",
                           "null",
                           "{",
                           "}",
                           "{\"id\":\"a\"",
                           "{\"id\":\"a\"}}",
                           "{\"id\":\"a\"} {}",
                           "{\"id\":\"a\",}",
                           "{id:1}",
                           "{\"id\"}",
                           "{\"id\":\"\xff\"}",
                           "{\"id\":\"\\ud800\"}",
                           "{\"id\":\"\\udc00\"}",
                           "{\"id\":\"a\nb\"}",
                           "{\"id\":\"a}",
                           "{\"id\":\"a\"b}"}) {
    EXPECT_THAT(Fault(json), HasSubstr("malformed JSON")) << json;
  }
}

TEST_F(JsonTest, NamesTheFieldOfABadValueAndReadsTheRest) {
  EXPECT_EQ(Fault(R"({"channel":5,"time":7})"), "channel: not text");
  EXPECT_EQ(value_.time, 7);
  EXPECT_EQ(Fault(R"({"attributes":{"n":5},"id":"x"})"), "attributes.n: not text");
  EXPECT_EQ(value_.id, "x");
  EXPECT_EQ(Fault(R"({"identifiers":{"a":1}})"), "identifiers: not a list");
  EXPECT_EQ(Fault(R"({"identifiers":["a"]})"), "identifiers: not an object");
  EXPECT_EQ(Fault(R"({"identifiers":[null]})"), "identifiers: null in a list");
  EXPECT_EQ(Fault(R"({"source":[1,[2]]})"), "source: not an object");
  EXPECT_EQ(Fault(R"({"kind":{}})"), "kind: not text");
}

TEST_F(JsonTest, EscapesAndUnescapesEveryCharacter) {
  std::string all;
  for (int c = 0; c < 128; ++c) all.push_back(static_cast<char>(c));
  all += "ü€𝄞";
  for (size_t start = 0; start < 16; ++start) {
    value_.Clear();
    const std::string text = all.substr(start);
    value_.id = text;
    const std::string json = Json(value_);
    EXPECT_EQ(Read(json).id, text) << json;
  }
  EXPECT_EQ(Read(R"({"id":"\u00fc\ud834\udd1e\/"})").id, "ü𝄞/");
}

TEST_F(JsonTest, DeadLettersKeepTheRawRecord) {
  model::DeadLetter value;
  value.reason = model::DeadLetterReason::kNullValue;
  value.topic = "in";
  EXPECT_EQ(Json(value), R"({"reason":"null_value","topic":"in"})");
  value.reason = model::DeadLetterReason::kUnparsable;
  value.value = "{\"a\"";
  value.key = "";
  EXPECT_EQ(Json(value), R"({"reason":"unparsable","topic":"in","key":"","value":"{\"a\""})");
  value.value = "\xff\xfe\xfd";
  const std::string coded = Json(value);
  EXPECT_EQ(coded, R"({"reason":"unparsable","topic":"in","key":"","value_base64":"//79"})");
  model::DeadLetter back;
  ASSERT_TRUE(decoder_.Decode(coded, back).ok());
  EXPECT_EQ(back.value, value.value);
  EXPECT_EQ(back.reason, value.reason);
  EXPECT_FALSE(decoder_.Decode(R"({"value_base64":"!"})", back).ok());
  EXPECT_FALSE(decoder_.Decode(R"({"reason":"bad mood"})", back).ok());
}

TEST_F(JsonTest, TextsLiveUntilTheNextDecode) {
  std::string json = Json(samples::Interaction());
  ASSERT_TRUE(decoder_.Decode(json, value_).ok());
  json.assign(json.size(), '?');
  EXPECT_EQ(value_, samples::Interaction());
}

}  // namespace
}  // namespace waymark::codec
