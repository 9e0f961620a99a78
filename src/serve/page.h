#pragma once

#include <span>
#include <string_view>

#include "serve/router.h"

namespace waymark::serve {

// A file of the page, as it lies in the program.
struct Asset {
  std::string_view path;   // as a browser asks for it: "/web/app.js"
  std::string_view bytes;
};
// All files of src/serve/web, and d3.
std::span<const Asset> Assets();

// Adds a route for each file; "/" is index.html. They hold nothing of anybody's, and are open to
// whoever reaches the port: the page asks for the token itself.
void AddPage(Router& router);
// True for the paths of the page.
bool IsPage(std::string_view path);

}  // namespace waymark::serve
