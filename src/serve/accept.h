#pragma once

#include <optional>
#include <string_view>

#include "serve/http_message.h"
#include "serve/router.h"

namespace waymark::serve {

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kProtobufType = "application/x-protobuf";

enum class Form { kJson, kProtobuf };

// What the header Accept asks for; JSON where it says nothing or takes both alike. Nothing where it
// takes neither.
std::optional<Form> FormAskedFor(const Request& request);

// 406: what this can be had as, and how.
Response NotAcceptable(bool has_protobuf);

// Answers 406 where somebody asks for anything but JSON.
Handler JsonOnly(Handler handler);

}  // namespace waymark::serve
