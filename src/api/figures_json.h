#pragma once

#include <nlohmann/json_fwd.hpp>

#include "measure/cell.h"
#include "measure/figures.h"
#include "model/journey_model.h"

// How figures look in answers. What is not known is absent, never 0.
namespace waymark::api {

nlohmann::ordered_json DurationJson(const measure::Cell& cell);
nlohmann::ordered_json SatisfactionJson(const measure::Cell& cell);
nlohmann::ordered_json EmotionJson(const measure::Cell& cell);
nlohmann::ordered_json NeedFulfilmentJson(const measure::Cell& cell);
nlohmann::ordered_json PromotersJson(const measure::Cell& cell);
nlohmann::ordered_json EndsJson(const measure::Cell& cell);
// All four kinds of answers, into `json`.
void AddAnswers(const measure::Cell& cell, nlohmann::ordered_json& json);
nlohmann::ordered_json DepartmentsJson(const measure::StageFigures& stage);
nlohmann::ordered_json SystemsJson(const measure::StageFigures& stage);
nlohmann::ordered_json HandoversJson(const measure::Figures& figures);
nlohmann::ordered_json DimensionsJson(const model::Stage& stage);
nlohmann::ordered_json TitlesJson(const std::map<std::string, std::string>& titles);

}  // namespace waymark::api
