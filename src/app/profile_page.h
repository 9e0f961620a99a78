#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/state_view.h"
#include "serve/accept.h"
#include "serve/http_message.h"

namespace waymark::app {

// Which rows a page shows: the newest `limit` below a cursor, which is the key of a row.
struct PageWish {
  size_t limit = 50;
  std::string before;  // hexadecimal; empty: from the newest on
};
// A refusal where limit or before is no good, or another parameter is there.
std::optional<serve::Response> ReadPage(const serve::Request& request, PageWish& page);

// The answers of the routes of one customer, in either form.
serve::Response ProfileResponse(const ProfileView& view, serve::Form form);
serve::Response TimelineResponse(const ProfileView& view, const PageWish& page, serve::Form form);
// Each signal with the sentence that explains it, as long as that does not take too much.
serve::Response SignalsResponse(const ProfileView& view, const explain::Timeline& timeline,
                                const PageWish& page, serve::Form form);

}  // namespace waymark::app
