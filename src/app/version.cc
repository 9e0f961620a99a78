#include "app/version.h"

#include "build_info.h"

namespace waymark::app {

std::string VersionText() { return "waymark " WAYMARK_VERSION " (" WAYMARK_REVISION ")"; }

}  // namespace waymark::app
