#pragma once

#include "serve/router.h"

namespace waymark::serve {

// Whether the client takes gzip.
bool TakesGzip(const Request& request);
// A larger answer (1 KiB and more) as gzip, where the client takes that. An ETag becomes a weak
// one, since the bytes differ. What is packed already stays as it is.
Response Packed(const Request& request, Response response);
// The same handler, with its answers so packed.
Handler Compressed(Handler handler);

}  // namespace waymark::serve
