#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "app/top_source.h"

namespace waymark::app {

// The picture as lines of text of at most `width` columns; nothing: without bound. `before`: the
// picture before, which what came in since is counted from; null: there is none. `source`: where
// from. Nothing but printable text comes out, whatever names hold.
std::string TopText(const TopFigures& now, const TopFigures* before, const std::string& source,
                    std::optional<size_t> width);

// The same as one object on one line.
std::string TopJson(const TopFigures& now, const TopFigures* before);

}  // namespace waymark::app
