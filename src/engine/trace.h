#pragma once

#include <span>
#include <string_view>

#include "stream/consumer.h"

namespace waymark::engine {

// The header by which records of one doing are brought together (W3C Trace Context).
inline constexpr std::string_view kTraceparent = "traceparent";

// Its value among these; empty where there is none, or one that is not of that form.
std::string_view TraceparentOf(std::span<const stream::Header> headers);

// Of a value that TraceparentOf() gave: the id that all of a trace share.
inline std::string_view TraceIdOf(std::string_view traceparent) {
  return traceparent.substr(3, 32);
}

}  // namespace waymark::engine
