#pragma once

#include "model/customer_journeys.h"
#include "model/signal.h"
#include "model/step.h"

// Values as they come in real life, every field set, for the tests of the codecs.
namespace waymark::codec::samples {

inline model::Interaction Interaction() {
  model::Interaction value;
  value.id = "e-4711";
  value.time = 1'711'986'982'054;
  value.sequence = -3;
  value.identifiers = {{"crm", "C-1"}, {"email", "jörg@example.org"}};
  value.account = "Werft AG";
  value.channel = "web";
  value.touchpoint = "product-page";
  value.action = "order";
  value.campaign = "spring";
  value.need = "holiday";
  value.impulse = "newspaper";
  value.intent = "book";
  value.product = "P-9";
  value.category = "ferry";
  value.contract = "K-2";
  value.value_micros = 69'730'000;
  value.currency = "EUR";
  value.rating = model::Rating{5, 10, -1, 4, "very \"good\"\n"};
  value.refers_to = model::RefersTo{"shop", "e-1", "checkout", 1'711'986'000'000, "O-5"};
  value.source = {"shop", "sales", "Marketing"};
  value.kind = model::Kind::kMysteryCheck;
  value.check_type = "store";
  value.profile = {{"birthday", "1980-02-29"}, {"language", "de"}};
  value.command = model::Command::kLink;
  value.attributes = {{"colour", "blue"}, {"size", "XL"}};
  return value;
}

inline model::Step Step() {
  model::Step value;
  value.interaction = Interaction();
  value.profile_id = "crm:C-1";
  value.session_id = "0123456789abcdef01234567";
  value.session_start = 1'711'986'000'000;
  value.persona = "family";
  value.target_group = "guests";
  value.placements = {{"purchase",
                       "six-stages",
                       2,
                       "aaaabbbbccccddddeeeeffff",
                       "purchase",
                       "comparison",
                       1'711'986'982'054,
                       "ordered",
                       "Sales",
                       {{"purchase", 0.75}, {"use", 0.25}},
                       "use",
                       0.8113,
                       {{"paid", 0.5}, {"cancelled", 0.25}}},
                      {"service", "service-case", 1, "bbbb", "", "", std::nullopt, "", "", {}, "",
                       std::nullopt, {}}};
  value.revision = 12;
  value.origin = {"interactions", 3, 123'456};
  value.processed_time = 1'711'986'982'999;
  return value;
}

inline model::Signal Signal() {
  model::Signal value;
  value.id = "ffff00001111222233334444";
  value.profile_id = "crm:C-1";
  value.journey_id = "aaaabbbbccccddddeeeeffff";
  value.family = "purchase";
  value.model = "six-stages";
  value.model_version = 2;
  value.kind = model::SignalKind::kStageEntered;
  value.name = "purchase";
  value.time = 1'711'986'982'054;
  value.stage = "purchase";
  value.previous_stage = "comparison";
  value.stage_duration_ms = 0;
  value.detector = "stages";
  value.evidence = {"e-4710", "e-4711"};
  value.useful_until = 1'711'986'999'000;
  value.before = {3, 86'400'000, {"home-page", "quote"}, {"sales", "web"}};
  value.last_touchpoint = "basket";
  value.department = "Sales";
  value.previous_department = "Marketing";
  value.waiting_ms = 5'400'000;
  value.temporal_deviation = {"comparison", 9'000'000, 3'600'000, 1'800'000, 3000};
  value.revision = 12;
  value.retracted = true;
  return value;
}

inline model::CustomerJourneys CustomerJourneys() {
  model::CustomerJourneys value;
  value.profile = {"crm:C-1",
                   {{"crm", "C-1"}},
                   "Werft AG",
                   {{"language", "de"}},
                   "guests",
                   "family",
                   model::Consent::kService,
                   0,
                   1'711'986'982'054,
                   model::CustomerStatus::kExisting};
  model::JourneySummary journey;
  journey.id = "aaaabbbbccccddddeeeeffff";
  journey.replaces = {"old"};
  journey.family = "purchase";
  journey.model = "six-stages";
  journey.model_version = 2;
  journey.key = "P-9";
  journey.status = model::JourneyStatus::kOpen;
  journey.started = 1;
  journey.last_activity = 2;
  journey.stage = "use";
  journey.stage_entered = 2;
  journey.station = "unpacked";
  journey.stages = {{"purchase", 1, 60'000, 3, 9, 2}, {"inspiration", 0, 0, 0, 0, 0}};
  journey.touchpoints = {"checkout", "product-page"};
  journey.channels = {"app", "web"};
  journey.relevant_set = {"P-9"};
  journey.value_micros = 0;
  value.journeys = {journey};
  value.session = model::SessionSummary{"s", 1, 2, 3};
  value.stale = true;
  value.covers = 41;
  value.revision = 12;
  value.fold = "\xff folded";
  value.floor = "\xff trimmed";
  return value;
}

}  // namespace waymark::codec::samples
