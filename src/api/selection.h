#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "api/live_picture.h"
#include "journey/compiled_model.h"
#include "measure/figures.h"
#include "serve/http_message.h"

namespace waymark::api {

// What a request asks for: the figures, and the model that they are drawn by.
struct Question {
  measure::Selection selection;
  std::shared_ptr<const journey::CompiledModels> models;
  const model::JourneyModel* model = nullptr;  // the version asked for, else the newest
};

// The parameters model, version, persona, target_group, from and to of a query. Fills either the
// question or the refusal. `also`: further parameters that the route knows.
std::optional<serve::Response> ReadQuestion(const serve::Request& request,
                                            const LivePicture& picture, Question& question,
                                            std::initializer_list<std::string_view> also = {});

// A parameter of the query; nothing where it is not given.
std::optional<std::string> Parameter(const serve::Request& request, const char* name);
// A parameter that is a day such as 2024-01-31, where it is given: fills either the day (counted
// from 1970) or the refusal.
std::optional<serve::Response> ReadDay(const serve::Request& request, const char* name,
                                       std::optional<int32_t>& day);

// A refusal where a parameter is not among these.
std::optional<serve::Response> RefuseUnknown(const serve::Request& request,
                                             std::initializer_list<std::string_view> known);

nlohmann::ordered_json SelectionJson(const measure::Selection& selection);

// The answer of every route: nothing of it may be kept.
serve::Response JsonResponse(const nlohmann::ordered_json& body);

}  // namespace waymark::api
