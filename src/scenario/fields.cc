#include "scenario/fields.h"

#include <algorithm>
#include <array>

#include "codec/messages.h"

namespace waymark::scenario {
namespace {

using std::string_view;

// The names of an enum without the first, which stands for none.
template <class E>
constexpr std::span<const string_view> kWordsOf =
    std::span<const string_view>(codec::EnumNames<E>::kNames).subspan(1);

constexpr std::array kReasons = {
    string_view("null_value"),        string_view("unparsable"),
    string_view("too_large"),         string_view("missing_field"),
    string_view("bad_value"),         string_view("no_customer"),
    string_view("time_out_of_range"), string_view("time_in_future"),
    string_view("older_than_timeline"), string_view("unknown_command"),
    string_view("erased")};
static_assert(kReasons.size() == model::kDeadLetterReasons);

constexpr FieldSpec kStep[] = {{"id"},
                               {"at", FieldType::kTime},
                               {"channel"},
                               {"touchpoint"},
                               {"action"},
                               {"kind", FieldType::kWord, kWordsOf<model::Kind>},
                               {"session", FieldType::kInteger},
                               {"session_start", FieldType::kTime},
                               {"persona"},
                               {"target_group"},
                               {"rated.at", FieldType::kTime},
                               {"rated.touchpoint"},
                               {"rated.journey", FieldType::kTexts},
                               {"rated.stage", FieldType::kTexts},
                               {"ratings", FieldType::kTexts}};

constexpr FieldSpec kPlacement[] = {{"family"},
                                    {"model"},
                                    {"version", FieldType::kInteger},
                                    {"journey"},
                                    {"stage"},
                                    {"previous_stage"},
                                    {"stage_entered", FieldType::kTime},
                                    {"station"},
                                    {"department"},
                                    {"next_stage"}};

constexpr FieldSpec kSignal[] = {{"kind", FieldType::kWord, kWordsOf<model::SignalKind>},
                                 {"name"},
                                 {"at", FieldType::kTime},
                                 {"family"},
                                 {"model"},
                                 {"version", FieldType::kInteger},
                                 {"journey"},
                                 {"stage"},
                                 {"previous_stage"},
                                 {"stage_duration", FieldType::kDuration},
                                 {"useful_for", FieldType::kDuration},
                                 {"before.interactions", FieldType::kInteger},
                                 {"before.time", FieldType::kDuration},
                                 {"before.touchpoints", FieldType::kTexts},
                                 {"before.channels", FieldType::kTexts},
                                 {"temporal_deviation.from"},
                                 {"temporal_deviation.time", FieldType::kDuration},
                                 {"temporal_deviation.mean", FieldType::kDuration},
                                 {"temporal_deviation.deviation", FieldType::kDuration},
                                 {"last_touchpoint"},
                                 {"department"},
                                 {"previous_department"},
                                 {"detector"},
                                 {"evidence", FieldType::kTexts}};

constexpr FieldSpec kJourney[] = {{"journey"},
                                  {"family"},
                                  {"model"},
                                  {"version", FieldType::kInteger},
                                  {"key"},
                                  {"status", FieldType::kWord, kWordsOf<model::JourneyStatus>},
                                  {"started", FieldType::kTime},
                                  {"last_activity", FieldType::kTime},
                                  {"stage"},
                                  {"stage_entered", FieldType::kTime},
                                  {"station"},
                                  {"touchpoints", FieldType::kTexts},
                                  {"channels", FieldType::kTexts},
                                  {"relevant_set", FieldType::kTexts},
                                  {"value", FieldType::kDecimal},
                                  {"stages.*.visits", FieldType::kInteger},
                                  {"stages.*.time", FieldType::kDuration},
                                  {"stages.*.interactions", FieldType::kInteger},
                                  {"stages.*.satisfaction_sum", FieldType::kInteger},
                                  {"stages.*.satisfaction_count", FieldType::kInteger}};

constexpr FieldSpec kProfile[] = {
    {"identifiers", FieldType::kTexts},
    {"account"},
    {"attributes.*"},
    {"target_group"},
    {"persona"},
    {"consent", FieldType::kWord, kWordsOf<model::Consent>},
    {"first_seen", FieldType::kTime},
    {"last_seen", FieldType::kTime},
    {"customer_status", FieldType::kWord, kWordsOf<model::CustomerStatus>},
    {"touchpoints.*.satisfaction_sum", FieldType::kInteger},
    {"touchpoints.*.satisfaction_count", FieldType::kInteger},
    {"ratings_waiting", FieldType::kInteger},
    {"ratings_unresolved", FieldType::kInteger}};

constexpr FieldSpec kSession[] = {{"start", FieldType::kTime},
                                  {"last", FieldType::kTime},
                                  {"interactions", FieldType::kInteger}};

constexpr FieldSpec kDeadLetter[] = {{"id"}, {"reason", FieldType::kWord, kReasons}};

bool Matches(string_view pattern, string_view name) {
  const size_t star = pattern.find('*');
  if (star == string_view::npos) return pattern == name;
  const string_view before = pattern.substr(0, star);
  const string_view after = pattern.substr(star + 1);
  return name.size() > before.size() + after.size() && name.starts_with(before) &&
         name.ends_with(after);
}

}  // namespace

std::span<const FieldSpec> StepFields() { return kStep; }
std::span<const FieldSpec> PlacementFields() { return kPlacement; }
std::span<const FieldSpec> SignalFields() { return kSignal; }
std::span<const FieldSpec> JourneyFields() { return kJourney; }
std::span<const FieldSpec> ProfileFields() { return kProfile; }
std::span<const FieldSpec> SessionFields() { return kSession; }
std::span<const FieldSpec> DeadLetterFields() { return kDeadLetter; }
std::span<const string_view> SignalKindWords() { return kWordsOf<model::SignalKind>; }

const FieldSpec* FindField(std::span<const FieldSpec> fields, string_view name) {
  for (const FieldSpec& field : fields) {
    if (Matches(field.name, name)) return &field;
  }
  return nullptr;
}

std::string Describe(const Facts& facts) {
  // What tells a row from others comes first.
  constexpr std::array kFirst = {string_view("id"), string_view("kind"), string_view("name")};
  std::string out;
  const auto add = [&](string_view name, const std::string& value) {
    if (!out.empty()) out += ", ";
    out.append(name).append(" ").append(value.empty() ? "~" : value);
  };
  for (const string_view name : kFirst) {
    if (const auto found = facts.find(name); found != facts.end()) add(name, found->second);
  }
  for (const auto& [name, value] : facts) {
    if (std::find(kFirst.begin(), kFirst.end(), name) == kFirst.end()) add(name, value);
  }
  return out;
}

std::string ValueOf(const Facts& facts, string_view name) {
  const auto found = facts.find(name);
  return found == facts.end() ? std::string() : found->second;
}

}  // namespace waymark::scenario
