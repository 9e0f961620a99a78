#pragma once

#include "api/live_picture.h"
#include "serve/http_message.h"

namespace waymark::api {

// The cells of a deployment themselves, added up over its partitions, page by page in the order of
// their keys: GET /api/v1/measures, as JSON or protobuf.
serve::Response MeasuresPage(const LivePicture& picture, const serve::Request& request);

}  // namespace waymark::api
