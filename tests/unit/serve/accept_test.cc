#include "serve/accept.h"

#include <gtest/gtest.h>

namespace waymark::serve {
namespace {

std::optional<Form> Asked(std::string accept) {
  Request request;
  request.headers["accept"] = std::move(accept);
  return FormAskedFor(request);
}

TEST(Accept, WhoSaysNothingGetsJson) {
  EXPECT_EQ(FormAskedFor({}), Form::kJson);
  EXPECT_EQ(Asked(" "), Form::kJson);
  EXPECT_EQ(Asked("*/*"), Form::kJson);
  EXPECT_EQ(Asked("text/html,application/xhtml+xml,*/*;q=0.8"), Form::kJson);
}

TEST(Accept, TheFormThatIsWantedMoreIsTaken) {
  EXPECT_EQ(Asked("application/x-protobuf"), Form::kProtobuf);
  EXPECT_EQ(Asked("application/protobuf;q=0.5, application/json;q=0.4"), Form::kProtobuf);
  EXPECT_EQ(Asked("application/x-protobuf, application/json"), Form::kJson);
  EXPECT_EQ(Asked("application/x-protobuf, */*;q=0.1"), Form::kProtobuf);
  EXPECT_EQ(Asked("application/json;q=0, application/*"), Form::kProtobuf);
}

TEST(Accept, WhatThereIsNotIsNotTaken) {
  EXPECT_EQ(Asked("text/csv"), std::nullopt);
  EXPECT_EQ(Asked("application/json;q=0"), std::nullopt);
  EXPECT_EQ(Asked(";;,,q=;/"), std::nullopt);
}

TEST(Accept, AHandlerOfJsonIsNotAskedForOtherForms) {
  const Handler handler = JsonOnly([](const Request&) { return Response{.body = "{}"}; });
  Request request;
  EXPECT_EQ(handler(request).body, "{}");
  request.headers["accept"] = "application/x-protobuf";
  EXPECT_EQ(handler(request).code, 406);
}

}  // namespace
}  // namespace waymark::serve
