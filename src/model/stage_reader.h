#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/condition_reader.h"
#include "model/journey_model.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// What the stages of a model may refer to.
struct StageContext {
  ConditionScope conditions;
  std::span<const Touchpoint> touchpoints;  // the registry; empty: names are free
};

// The names of a model's stages, and of the stations of each.
struct StageNames {
  std::vector<std::string> stages;
  std::vector<std::vector<std::string>> stations;
};

// A stage, and whether it says itself when it is entered.
struct StageRead {
  Stage stage;
  bool has_rule = false;
};

StageRead ReadStage(const YamlNode& node, const StageContext& context, YamlReader& reader);

// A list of stage names, each of which must be one of `stages` and stand once.
std::vector<std::string> ReadStageNames(const YamlNode& node, std::span<const std::string> stages,
                                        YamlReader& reader);

// Stages or stations of them: "stage" or "stage/station"; a single one or a list.
std::vector<StagePart> ReadStageParts(const YamlNode& node, const StageNames& names,
                                      YamlReader& reader);

// A title: text, kept under no language (""), or a map from language to text.
std::map<std::string, std::string> ReadTitles(const YamlNode& node, YamlReader& reader);

// How a run may be closed: completed, abandoned or switched.
std::optional<JourneyStatus> ReadClosingStatus(const YamlNode& node, YamlReader& reader);

}  // namespace waymark::model
