#pragma once

#include <functional>
#include <map>
#include <string>

#include "api/selection.h"
#include "app/setup.h"
#include "base/status.h"
#include "measure/figures.h"

namespace CLI {
class App;
}

namespace waymark::app {

// Which figures a command asks for: those of one map, from a folder, a file or a topic of measures.
struct MeasureQuestion {
  std::string from;
  std::map<std::string, std::string> query;  // as the API takes it

  // Adds the argument FROM and the options that choose the map and whose figures count.
  void AddTo(CLI::App& command);
};

// Reads the measures and calls `visit` with the figures asked for. Where no model is named, it is
// the one that has figures. kConfig where there is no such model, or an option can't be read.
using FiguresVisitor = std::function<void(const api::Question&, const measure::Figures&)>;
base::Status ReadFigures(const MeasureQuestion& question, const Models& models,
                         const FiguresVisitor& visit);

}  // namespace waymark::app
