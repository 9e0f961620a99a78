#include "kafka/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "kafka/watermarks.h"

namespace waymark::kafka {
namespace {

using base::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Case {
  rd_kafka_resp_err_t code;
  ErrorClass error_class;
  std::string_view hint_names;  // a word of the hint; empty: no hint
};

class ErrorTable : public testing::TestWithParam<Case> {};

TEST_P(ErrorTable, HasClassAndHint) {
  const Case& expected = GetParam();
  EXPECT_EQ(Classify(expected.code), expected.error_class) << rd_kafka_err2name(expected.code);
  if (expected.hint_names.empty()) {
    EXPECT_EQ(HintFor(expected.code), "") << rd_kafka_err2name(expected.code);
  } else {
    EXPECT_THAT(std::string(HintFor(expected.code)), HasSubstr(std::string(expected.hint_names)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ErrorTable,
    testing::Values(
        Case{RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, ErrorClass::kRetriable, "kafka.brokers"},
        Case{RD_KAFKA_RESP_ERR__TRANSPORT, ErrorClass::kRetriable, "kafka.brokers"},
        Case{RD_KAFKA_RESP_ERR__TIMED_OUT, ErrorClass::kRetriable, "kafka.brokers"},
        Case{RD_KAFKA_RESP_ERR__WAIT_COORD, ErrorClass::kRetriable, ""},
        Case{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, ErrorClass::kRetriable, ""},
        Case{RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, ErrorClass::kRetriable, ""},
        Case{RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, ErrorClass::kRetriable, ""},
        Case{RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ErrorClass::kRetriable, "topics create"},
        Case{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, ErrorClass::kAbort, ""},
        Case{RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, ErrorClass::kAbort, ""},
        Case{RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, ErrorClass::kAbort, ""},
        Case{RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, ErrorClass::kAbort, ""},
        Case{RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, ErrorClass::kAbort, "kafka.brokers"},
        Case{RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, ErrorClass::kAbort, ""},
        Case{RD_KAFKA_RESP_ERR__FENCED, ErrorClass::kFatal, "transactional_id_prefix"},
        Case{RD_KAFKA_RESP_ERR_PRODUCER_FENCED, ErrorClass::kFatal, "transactional_id_prefix"},
        Case{RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, ErrorClass::kFatal, "instance"},
        Case{RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ErrorClass::kFatal, "kafka.instance_id"},
        Case{RD_KAFKA_RESP_ERR__AUTHENTICATION, ErrorClass::kFatal, "sasl"},
        Case{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ErrorClass::kFatal, "ACL"},
        Case{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, ErrorClass::kFatal, "max.message.bytes"},
        Case{RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, ErrorClass::kFatal,
             "kafka.transaction_timeout"},
        Case{RD_KAFKA_RESP_ERR__STATE, ErrorClass::kFatal, ""},
        Case{RD_KAFKA_RESP_ERR_UNKNOWN, ErrorClass::kFatal, ""}));

TEST(Errors, APartitionWithoutALeaderComesBack) {
  const auto code_of = [](rd_kafka_resp_err_t code) {
    return WatermarksStatus(code, "asking").code();
  };
  EXPECT_EQ(code_of(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION), base::StatusCode::kRetriable);
  EXPECT_EQ(code_of(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC), base::StatusCode::kKafka);
  EXPECT_EQ(code_of(RD_KAFKA_RESP_ERR_NO_ERROR), base::StatusCode::kOk);
}

TEST(Errors, WhatIsNotInTheTableIsFatal) {
  const rd_kafka_err_desc* all = nullptr;
  size_t count = 0;
  rd_kafka_get_err_descs(&all, &count);
  size_t fatal = 0;
  for (const rd_kafka_err_desc& known : std::span(all, count)) {
    if (known.name == nullptr || known.code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const base::Status status = MakeStatus(known.code, "x");
    EXPECT_FALSE(status.ok()) << known.name;
    fatal += status.code() == StatusCode::kKafka ? 1 : 0;
  }
  EXPECT_GT(fatal, count / 3);
}

TEST(Errors, NoErrorIsOk) {
  EXPECT_TRUE(MakeStatus(RD_KAFKA_RESP_ERR_NO_ERROR, "x").ok());
  EXPECT_TRUE(MakeStatus(static_cast<const rd_kafka_error_t*>(nullptr), "x").ok());
}

TEST(Errors, MessageNamesWhatWasDoneAndTheCode) {
  const base::Status status = MakeStatus(RD_KAFKA_RESP_ERR__TRANSPORT, "subscribing");
  EXPECT_EQ(status.code(), StatusCode::kRetriable);
  EXPECT_THAT(status.message(), testing::StartsWith("subscribing: "));
  EXPECT_THAT(status.message(), HasSubstr("(_TRANSPORT)"));
  EXPECT_THAT(status.hint(), Not(IsEmpty()));
  EXPECT_EQ(MakeStatus(RD_KAFKA_RESP_ERR__TRANSPORT, "x", "no route").message(),
            "x: no route (_TRANSPORT)");
}

TEST(Errors, AnErrorObjectIsClassifiedByItsCodeWhereItHasNoFlag) {
  const ErrorHandle error(rd_kafka_error_new(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, "late"));
  const base::Status status = MakeStatus(error, "sending offsets");
  EXPECT_EQ(status.code(), StatusCode::kAbort);
  EXPECT_EQ(status.message(), "sending offsets: late (ILLEGAL_GENERATION)");
}

}  // namespace
}  // namespace waymark::kafka
