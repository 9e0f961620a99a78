#pragma once

#include "serve/router.h"

namespace waymark::serve {

// The same handler, whose larger answers (1 KiB and more) are sent as gzip to whom takes that. An
// ETag becomes a weak one, since the bytes differ.
Handler Compressed(Handler handler);

}  // namespace waymark::serve
