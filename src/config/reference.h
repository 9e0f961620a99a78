#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace waymark::config {

using Environment = std::map<std::string, std::string>;

// Replaces ${NAME} by a variable of the environment, ${NAME:-text} by `text` where it is not set,
// and $$ by a dollar sign. What comes in is not looked at again. Fails with kConfig.
base::Result<std::string> Interpolate(std::string_view text, const Environment& environment);

// The secret that "file:PATH" (a line end at the end is cut off; at most 64 KiB) or "env:NAME" stands
// for; any other text stands for itself. A relative path starts at `folder`. Messages name the
// reference, never what it stands for. Fails with kConfig.
base::Result<std::string> ResolveSecret(std::string_view reference, const Environment& environment,
                                        const std::string& folder);
bool IsSecretReference(std::string_view text);

}  // namespace waymark::config
