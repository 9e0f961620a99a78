#pragma once

#include "codec/schema.h"
#include "model/customer_journeys.h"
#include "model/dead_letter.h"
#include "model/interaction.h"
#include "model/signal.h"
#include "model/step.h"

// Every message of proto/waymark/v1, declared for the codecs. A test compares them with the
// compiled .proto files.
namespace waymark::codec {

using model::Text;

template <>
struct EnumNames<model::Kind> {
  static constexpr std::array<Text, 6> kNames = {"KIND_UNSPECIFIED", "CUSTOMER",      "STAFF",
                                                 "MYSTERY_CHECK",    "OBSERVED_WALK", "SYSTEM"};
  static constexpr auto kUnknown = model::Kind{-1};
};

template <>
struct EnumNames<model::Command> {
  static constexpr std::array<Text, 6> kNames = {
      "COMMAND_UNSPECIFIED", "LINK", "UNLINK", "ERASE", "CONSENT", "CORRECT"};
  static constexpr auto kUnknown = model::Command{-1};
};

template <>
struct EnumNames<model::SignalKind> {
  static constexpr std::array<Text, 26> kNames = {"SIGNAL_KIND_UNSPECIFIED",
                                                  "STAGE_ENTERED",
                                                  "STAGE_LEFT",
                                                  "SESSION_STARTED",
                                                  "SESSION_CLOSED",
                                                  "JOURNEY_STARTED",
                                                  "JOURNEY_COMPLETED",
                                                  "ABANDONED",
                                                  "SWITCHED",
                                                  "NEGLECTED",
                                                  "INACTIVE",
                                                  "REACTIVATED",
                                                  "LOYAL",
                                                  "ADVOCACY",
                                                  "IRRITATION",
                                                  "MICRO_MOMENT",
                                                  "FIRST_TOUCH",
                                                  "FIRST_PERSONAL_CONTACT",
                                                  "HANDOVER",
                                                  "TARGET_MISSED",
                                                  "LIFECYCLE",
                                                  "PERSONA_CHANGED",
                                                  "IDENTITY_MERGED",
                                                  "IDENTITY_SPLIT",
                                                  "IDENTITY_CONFLICT",
                                                  "CUSTOM"};
  static constexpr auto kUnknown = model::SignalKind::kUnspecified;
};

template <>
struct EnumNames<model::JourneyStatus> {
  static constexpr std::array<Text, 7> kNames = {
      "STATUS_UNSPECIFIED", "OPEN", "COMPLETED", "ABANDONED", "SWITCHED", "EXPIRED", "RESTARTED"};
  static constexpr auto kUnknown = model::JourneyStatus::kUnspecified;
};

template <>
struct EnumNames<model::CustomerStatus> {
  static constexpr std::array<Text, 6> kNames = {
      "CUSTOMER_STATUS_UNSPECIFIED", "PROSPECT", "NEW", "EXISTING", "INACTIVE", "FORMER"};
  static constexpr auto kUnknown = model::CustomerStatus::kUnspecified;
};

template <>
struct EnumNames<model::Consent> {
  static constexpr std::array<Text, 4> kNames = {"CONSENT_UNSPECIFIED", "NONE", "SERVICE", "FULL"};
  static constexpr auto kUnknown = model::Consent::kUnspecified;
};

template <>
struct Schema<model::Identifier> {
  using M = model::Identifier;
  static constexpr Text kName = "Identifier";
  static constexpr auto kFields =
      std::tuple(Declare(1, "namespace", &M::name_space), Declare(2, "value", &M::value));
};

template <>
struct Schema<model::Rating> {
  using M = model::Rating;
  static constexpr Text kName = "Rating";
  static constexpr auto kFields = std::tuple(
      Declare(1, "satisfaction", &M::satisfaction), Declare(2, "nps", &M::nps),
      Declare(3, "emotion", &M::emotion), Declare(4, "need_fulfilment", &M::need_fulfilment),
      Declare(5, "comment", &M::comment));
};

template <>
struct Schema<model::RefersTo> {
  using M = model::RefersTo;
  static constexpr Text kName = "RefersTo";
  static constexpr auto kFields =
      std::tuple(Declare(1, "source_system", &M::source_system), Declare(2, "id", &M::id),
                 Declare(3, "touchpoint", &M::touchpoint), Declare(4, "time", &M::time, kTime),
                 Declare(5, "order", &M::order));
};

template <>
struct Schema<model::Source> {
  using M = model::Source;
  static constexpr Text kName = "Source";
  static constexpr auto kFields =
      std::tuple(Declare(1, "system", &M::system), Declare(2, "process", &M::process),
                 Declare(3, "department", &M::department));
};

template <>
struct Schema<model::Interaction> {
  using M = model::Interaction;
  static constexpr Text kName = "Interaction";
  static constexpr auto kFields = std::tuple(
      Declare(1, "id", &M::id), Declare(2, "time", &M::time, kTime),
      Declare(3, "sequence", &M::sequence), Declare(4, "identifiers", &M::identifiers),
      Declare(5, "account", &M::account), Declare(6, "channel", &M::channel),
      Declare(7, "touchpoint", &M::touchpoint), Declare(8, "action", &M::action),
      Declare(9, "campaign", &M::campaign), Declare(10, "need", &M::need),
      Declare(11, "impulse", &M::impulse), Declare(12, "intent", &M::intent),
      Declare(13, "product", &M::product), Declare(14, "category", &M::category),
      Declare(15, "contract", &M::contract),
      Declare(16, "value_micros", &M::value_micros, kDecimal),
      Declare(17, "currency", &M::currency), Declare(18, "rating", &M::rating),
      Declare(19, "refers_to", &M::refers_to), Declare(20, "source", &M::source),
      Declare(21, "kind", &M::kind), Declare(22, "check_type", &M::check_type),
      Declare(23, "profile", &M::profile), Declare(24, "command", &M::command),
      Declare(25, "attributes", &M::attributes), Declare(100, "key", &M::key, kFileOnly));
};

template <>
struct Schema<model::StageProbability> {
  using M = model::StageProbability;
  static constexpr Text kName = "StageProbability";
  static constexpr auto kFields =
      std::tuple(Declare(1, "stage", &M::stage), Declare(2, "probability", &M::probability));
};

template <>
struct Schema<model::Placement> {
  using M = model::Placement;
  static constexpr Text kName = "Placement";
  static constexpr auto kFields = std::tuple(
      Declare(1, "family", &M::family), Declare(2, "model", &M::model),
      Declare(3, "model_version", &M::model_version), Declare(4, "journey_id", &M::journey_id),
      Declare(5, "stage", &M::stage), Declare(6, "previous_stage", &M::previous_stage),
      Declare(7, "stage_entered", &M::stage_entered), Declare(8, "station", &M::station),
      Declare(9, "department", &M::department),
      Declare(10, "stage_probabilities", &M::stage_probabilities),
      Declare(11, "next_stage", &M::next_stage),
      Declare(12, "stage_entropy", &M::stage_entropy),
      Declare(13, "outcome_probabilities", &M::outcome_probabilities));
};

template <>
struct Schema<model::RatedStep> {
  using M = model::RatedStep;
  static constexpr Text kName = "RatedStep";
  static constexpr auto kFields =
      std::tuple(Declare(1, "touchpoint", &M::touchpoint), Declare(2, "time", &M::time, kTime),
                 Declare(3, "placements", &M::placements));
};

template <>
struct Schema<model::StepRating> {
  using M = model::StepRating;
  static constexpr Text kName = "StepRating";
  static constexpr auto kFields =
      std::tuple(Declare(1, "source_system", &M::source_system), Declare(2, "id", &M::id),
                 Declare(3, "rating", &M::rating));
};

template <>
struct Schema<model::Origin> {
  using M = model::Origin;
  static constexpr Text kName = "Origin";
  static constexpr auto kFields =
      std::tuple(Declare(1, "topic", &M::topic), Declare(2, "partition", &M::partition),
                 Declare(3, "offset", &M::offset),
                 Declare(4, "traceparent", &M::traceparent));
};

template <>
struct Schema<model::Step> {
  using M = model::Step;
  static constexpr Text kName = "Step";
  static constexpr auto kFields = std::tuple(
      Declare(1, "interaction", &M::interaction), Declare(2, "profile_id", &M::profile_id),
      Declare(3, "session_id", &M::session_id), Declare(4, "session_start", &M::session_start),
      Declare(5, "persona", &M::persona), Declare(6, "target_group", &M::target_group),
      Declare(7, "placements", &M::placements), Declare(8, "rated", &M::rated),
      Declare(9, "ratings", &M::ratings), Declare(10, "corrected", &M::corrected),
      Declare(100, "revision", &M::revision, kTransport),
      Declare(101, "retracted", &M::retracted, kTransport),
      Declare(102, "moved_to", &M::moved_to, kTransport),
      Declare(103, "origin", &M::origin, kTransport),
      Declare(104, "processed_time", &M::processed_time, kTransport),
      Declare(105, "replaced_time", &M::replaced_time, kTransport),
      Declare(106, "replaced_sequence", &M::replaced_sequence, kTransport),
      Declare(107, "pending", &M::pending, kTransport));
};

template <>
struct Schema<model::JourneyBefore> {
  using M = model::JourneyBefore;
  static constexpr Text kName = "JourneyBefore";
  static constexpr auto kFields = std::tuple(
      Declare(1, "interactions", &M::interactions), Declare(2, "time_ms", &M::time_ms),
      Declare(3, "touchpoints", &M::touchpoints), Declare(4, "channels", &M::channels));
};

template <>
struct Schema<model::TemporalDeviation> {
  using M = model::TemporalDeviation;
  static constexpr Text kName = "TemporalDeviation";
  static constexpr auto kFields = std::tuple(
      Declare(1, "from", &M::from), Declare(2, "time_ms", &M::time_ms),
      Declare(3, "mean_ms", &M::mean_ms), Declare(4, "deviation_ms", &M::deviation_ms),
      Declare(5, "deviations_milli", &M::deviations_milli));
};

template <>
struct Schema<model::Signal> {
  using M = model::Signal;
  static constexpr Text kName = "Signal";
  static constexpr auto kFields =
      std::tuple(Declare(1, "id", &M::id), Declare(2, "profile_id", &M::profile_id),
                 Declare(3, "journey_id", &M::journey_id), Declare(4, "family", &M::family),
                 Declare(5, "model", &M::model), Declare(6, "model_version", &M::model_version),
                 Declare(7, "kind", &M::kind), Declare(8, "name", &M::name),
                 Declare(9, "time", &M::time, kTime), Declare(10, "stage", &M::stage),
                 Declare(11, "previous_stage", &M::previous_stage),
                 Declare(12, "stage_duration_ms", &M::stage_duration_ms),
                 Declare(13, "detector", &M::detector), Declare(14, "evidence", &M::evidence),
                 Declare(15, "useful_until", &M::useful_until, kTime),
                 Declare(16, "before", &M::before),
                 Declare(17, "last_touchpoint", &M::last_touchpoint),
                 Declare(18, "department", &M::department),
                 Declare(19, "previous_department", &M::previous_department),
                 Declare(20, "waiting_ms", &M::waiting_ms),
                 Declare(21, "temporal_deviation", &M::temporal_deviation),
                 Declare(100, "revision", &M::revision, kTransport),
                 Declare(101, "retracted", &M::retracted, kTransport));
};

template <>
struct Schema<model::ProfileSummary> {
  using M = model::ProfileSummary;
  static constexpr Text kName = "ProfileSummary";
  static constexpr auto kFields = std::tuple(
      Declare(1, "id", &M::id), Declare(2, "identifiers", &M::identifiers),
      Declare(3, "account", &M::account), Declare(4, "attributes", &M::attributes),
      Declare(5, "target_group", &M::target_group), Declare(6, "persona", &M::persona),
      Declare(7, "consent", &M::consent), Declare(8, "first_seen", &M::first_seen),
      Declare(9, "last_seen", &M::last_seen), Declare(10, "customer_status", &M::customer_status));
};

template <>
struct MapKey<model::StageSummary> {
  static constexpr auto kKey = &model::StageSummary::name;
};

template <>
struct Schema<model::StageSummary> {
  using M = model::StageSummary;
  static constexpr Text kName = "StageSummary";
  static constexpr auto kFields =
      std::tuple(Declare(1, "visits", &M::visits), Declare(2, "time_ms", &M::time_ms),
                 Declare(3, "interactions", &M::interactions),
                 Declare(4, "satisfaction_sum", &M::satisfaction_sum),
                 Declare(5, "satisfaction_count", &M::satisfaction_count));
};

template <>
struct Schema<model::JourneySummary> {
  using M = model::JourneySummary;
  static constexpr Text kName = "JourneySummary";
  static constexpr auto kFields = std::tuple(
      Declare(1, "id", &M::id), Declare(2, "family", &M::family), Declare(3, "model", &M::model),
      Declare(4, "model_version", &M::model_version), Declare(5, "key", &M::key),
      Declare(6, "status", &M::status), Declare(7, "started", &M::started),
      Declare(8, "last_activity", &M::last_activity), Declare(9, "stage", &M::stage),
      Declare(10, "stage_entered", &M::stage_entered), Declare(11, "station", &M::station),
      Declare(12, "stages", &M::stages), Declare(13, "touchpoints", &M::touchpoints),
      Declare(14, "channels", &M::channels), Declare(15, "relevant_set", &M::relevant_set),
      Declare(16, "value_micros", &M::value_micros),
      Declare(100, "replaces", &M::replaces, kTransport));
};

template <>
struct Schema<model::SessionSummary> {
  using M = model::SessionSummary;
  static constexpr Text kName = "SessionSummary";
  static constexpr auto kFields =
      std::tuple(Declare(1, "id", &M::id), Declare(2, "start", &M::start),
                 Declare(3, "last", &M::last), Declare(4, "interactions", &M::interactions));
};

template <>
struct MapKey<model::TouchpointSummary> {
  static constexpr auto kKey = &model::TouchpointSummary::name;
};

template <>
struct Schema<model::TouchpointSummary> {
  using M = model::TouchpointSummary;
  static constexpr Text kName = "TouchpointSummary";
  static constexpr auto kFields =
      std::tuple(Declare(1, "satisfaction_sum", &M::satisfaction_sum),
                 Declare(2, "satisfaction_count", &M::satisfaction_count));
};

template <>
struct Schema<model::CustomerJourneys> {
  using M = model::CustomerJourneys;
  static constexpr Text kName = "CustomerJourneys";
  static constexpr auto kFields =
      std::tuple(Declare(1, "profile", &M::profile), Declare(2, "journeys", &M::journeys),
                 Declare(3, "session", &M::session), Declare(4, "touchpoints", &M::touchpoints),
                 Declare(5, "ratings_waiting", &M::ratings_waiting),
                 Declare(6, "ratings_unresolved", &M::ratings_unresolved),
                 Declare(100, "stale", &M::stale, kTransport),
                 Declare(101, "covers", &M::covers, kTransport),
                 Declare(102, "revision", &M::revision, kTransport),
                 Declare(103, "fold", &M::fold, kTransport | kBytes),
                 Declare(104, "floor", &M::floor, kTransport | kBytes),
                 Declare(105, "pending_from", &M::pending_from, kTransport | kBytes));
};

template <>
struct Schema<model::DeadLetter> {
  using M = model::DeadLetter;
  static constexpr Text kName = "DeadLetter";
  static constexpr auto kFields =
      std::tuple(Declare(1, "reason", &M::reason), Declare(2, "detail", &M::detail),
                 Declare(3, "topic", &M::topic), Declare(4, "partition", &M::partition),
                 Declare(5, "offset", &M::offset), Declare(6, "time", &M::time, kTime),
                 Declare(7, "key", &M::key, kRawBytes), Declare(8, "value", &M::value, kRawBytes),
                 Declare(9, "truncated", &M::truncated), Declare(10, "value_hash", &M::value_hash));
};

}  // namespace waymark::codec
