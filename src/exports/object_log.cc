#include "exports/object_log.h"

#include <cstring>

#include "codec/protobuf.h"
#include "engine/keys.h"
#include "exports/text.h"

namespace waymark::exports {
namespace {

constexpr int64_t kTickRows = 4096;
constexpr double kObjectsShare = 0.4;  // of the time that writing takes
constexpr uint32_t kAbsent = UINT32_MAX;

enum Type : size_t { kAccount, kCampaign, kContract, kCustomer, kJourney, kProduct, kSession };

constexpr std::array kCustomerAttributes = {ObjectAttribute{"persona"},
                                            ObjectAttribute{"target_group"}};
constexpr std::array kJourneyAttributes = {
    ObjectAttribute{"family"}, ObjectAttribute{"model"},
    ObjectAttribute{"model_version", ValueType::kInteger}, ObjectAttribute{"stage"}};
constexpr std::array kSessionAttributes = {ObjectAttribute{"start", ValueType::kTime}};

constexpr std::array<ObjectType, kObjectTypes> kTypes = {
    ObjectType{"account", {}},
    ObjectType{"campaign", {}},
    ObjectType{"contract", {}},
    ObjectType{"customer", kCustomerAttributes},
    ObjectType{"journey", kJourneyAttributes},
    ObjectType{"product", {}},
    ObjectType{"session", kSessionAttributes}};

std::string ObjectIdOf(size_t type, std::string_view key) {
  return std::string(kTypes[type].name).append(":").append(key);
}

// Texts of a sorter's value, each behind its size.
void PutText(std::optional<std::string_view> text, std::string& out) {
  const uint32_t size = text ? static_cast<uint32_t>(text->size()) : kAbsent;
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  if (text) out += *text;
}

std::optional<std::string_view> TakeText(std::string_view& in) {
  uint32_t size = 0;
  std::memcpy(&size, in.data(), sizeof size);
  in.remove_prefix(sizeof size);
  if (size == kAbsent) return {};
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

void PutFact(std::string_view text, std::string& out) {
  PutText(text.empty() ? std::nullopt : std::optional(text), out);
}

std::string TimeText(int64_t ms) {
  std::string text;
  AppendTime(ms, text);
  return text;
}

// The values of the type's attributes as this step says them.
void PutValues(size_t type, const model::Step& step, const model::Placement* placement,
               std::string& out) {
  switch (type) {
    case kCustomer:
      PutFact(step.persona, out);
      PutFact(step.target_group, out);
      break;
    case kJourney:
      PutFact(placement->family, out);
      PutFact(placement->model, out);
      PutFact(std::to_string(placement->model_version), out);
      PutFact(placement->stage, out);
      break;
    case kSession: PutFact(TimeText(step.session_start.value_or(0)), out); break;
    default: break;
  }
}

const model::Interaction& CountedOf(const model::Step& step) {
  return step.corrected ? *step.corrected : step.interaction;
}

}  // namespace

const std::array<ObjectType, kObjectTypes>& ObjectTypes() { return kTypes; }

ObjectLog::ObjectLog(const Selection& selection, std::vector<Column> columns, EventOrder order,
                     const std::string& folder, size_t bytes_max,
                     std::unique_ptr<ObjectWriter> writer)
    : selection_(selection),
      order_(order),
      writer_(std::move(writer)),
      objects_(folder, "objects", bytes_max),
      events_(folder, "events", bytes_max) {
  for (Column& column : columns) {
    if (column.subject == Subject::kEvent) types_.columns.push_back(std::move(column));
  }
}

base::Status ObjectLog::Add(const model::Step& step, std::string_view bytes) {
  ++summary_.steps;
  if (!IsEvent(step)) {
    ++summary_.no_event;
    return {};
  }
  const int placement = FirstPlacement(step, selection_.family);
  if (!selection_.family.empty() && placement < 0) {
    ++summary_.no_case;
    return {};
  }
  WAYMARK_RETURN_IF_ERROR(NoteType(MakeEvent(step, placement)));
  WAYMARK_RETURN_IF_ERROR(AddObjects(step));
  key_.clear();
  if (order_ == EventOrder::kTime) {
    engine::AppendNumber(step.interaction.time.value_or(0), key_);
    engine::AppendNumber(step.interaction.sequence.value_or(0), key_);
  }
  PutKey(step);
  ++event_rows_;
  return events_.Add(key_, bytes);
}

void ObjectLog::PutKey(const model::Step& step) {
  engine::AppendText(step.profile_id, key_);
  engine::AppendText(step.interaction.source.system, key_);
  engine::AppendText(step.interaction.id, key_);
}

base::Status ObjectLog::NoteType(const Event& event) {
  activity_.clear();
  AppendActivity(event, selection_.activity, activity_);
  auto at = types_.events.find(activity_);
  if (at == types_.events.end()) {
    if (types_.events.size() == kEventTypesMax) {
      return {base::StatusCode::kConfig,
              "more than " + std::to_string(kEventTypesMax) +
                  " different activities: each is an event type of its own in OCEL",
              "name activities by what has fewer values, such as --activity action"};
    }
    at = types_.events.emplace(activity_, 0).first;
  }
  for (size_t i = 0; i < types_.columns.size(); ++i) {
    if (types_.columns[i].Of(event)) at->second |= uint64_t{1} << i;
  }
  return {};
}

void ObjectLog::FindRelations(const model::Step& step) {
  const model::Interaction& interaction = CountedOf(step);
  references_.clear();
  const auto refer = [&](size_t type, std::string_view key) {
    if (!key.empty()) references_.push_back({type, key, nullptr});
  };
  refer(kCustomer, step.profile_id);
  for (const model::Placement& placement : step.placements) {
    const bool counts = selection_.family.empty() || placement.family == selection_.family;
    if (counts) references_.push_back({kJourney, placement.journey_id, &placement});
  }
  refer(kSession, step.session_id);
  refer(kAccount, interaction.account);
  refer(kProduct, interaction.product);
  refer(kCampaign, interaction.campaign);
  refer(kContract, interaction.contract);
}

// A row for each object that the step is about: what holds of it from then on. Objects of which
// nothing is told but that they are have one row, whatever the number of events.
base::Status ObjectLog::AddObjects(const model::Step& step) {
  FindRelations(step);
  for (const Reference& reference : references_) {
    types_.objects[reference.type] = true;
    key_.assign(1, static_cast<char>(reference.type));
    engine::AppendText(reference.key, key_);
    value_.clear();
    PutText(reference.key, value_);
    if (!kTypes[reference.type].attributes.empty()) {
      engine::AppendNumber(step.interaction.time.value_or(0), key_);
      engine::AppendNumber(step.interaction.sequence.value_or(0), key_);
      PutKey(step);
      const int64_t time = step.interaction.time.value_or(0);
      value_.append(reinterpret_cast<const char*>(&time), sizeof time);
      PutValues(reference.type, step, reference.placement, value_);
      PutFact(reference.type == kCustomer ? CountedOf(step).account : step.profile_id, value_);
    }
    ++object_rows_;
    WAYMARK_RETURN_IF_ERROR(objects_.Add(key_, value_));
  }
  return {};
}

base::Status ObjectLog::Write(const Tick& tick) {
  WAYMARK_RETURN_IF_ERROR(objects_.Sort());
  WAYMARK_RETURN_IF_ERROR(events_.Sort());
  WAYMARK_RETURN_IF_ERROR(writer_->Begin(types_));
  WAYMARK_RETURN_IF_ERROR(WriteObjects(tick));
  WAYMARK_RETURN_IF_ERROR(WriteEvents(tick));
  return writer_->End();
}

base::Status ObjectLog::WriteObjects(const Tick& tick) {
  int64_t passed = 0;
  while (objects_.Next()) {
    if (++passed % kTickRows == 0) {
      WAYMARK_RETURN_IF_ERROR(tick(kObjectsShare * static_cast<double>(passed) /
                                   static_cast<double>(object_rows_)));
    }
    WAYMARK_RETURN_IF_ERROR(TakeObjectRow(objects_.key(), objects_.value()));
  }
  WAYMARK_RETURN_IF_ERROR(objects_.status());
  return EndObject();
}

base::Status ObjectLog::TakeObjectRow(std::string_view key, std::string_view value) {
  const auto type = static_cast<size_t>(key.front());
  const std::string_view object = TakeText(value).value_or("");
  if (object_key_.empty() || type != object_type_ || object != object_key_) {
    WAYMARK_RETURN_IF_ERROR(EndObject());
    object_type_ = type;
    object_key_.assign(object);
    object_id_ = ObjectIdOf(type, object);
    values_.assign(kTypes[type].attributes.size(), std::nullopt);
    is_told_ = false;
    time_ = INT64_MIN;
  }
  if (value.empty()) return {};
  int64_t time = 0;
  std::memcpy(&time, value.data(), sizeof time);
  value.remove_prefix(sizeof time);
  if (time != time_ && time_ != INT64_MIN) WAYMARK_RETURN_IF_ERROR(TellChanges());
  time_ = time;
  for (auto& attribute : values_) attribute = TakeText(value);
  if (const auto related = TakeText(value)) {
    related_.emplace(type == kCustomer ? kAccount : kCustomer, *related);
  }
  return {};
}

// What has come to hold at time_.
base::Status ObjectLog::TellChanges() {
  if (!is_told_) {
    WAYMARK_RETURN_IF_ERROR(writer_->BeginObject(object_type_, object_id_, values_));
    is_told_ = true;
  } else {
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] == told_[i]) continue;
      WAYMARK_RETURN_IF_ERROR(writer_->AddChange(time_, i, values_[i].value_or("")));
    }
  }
  told_ = values_;
  return {};
}

base::Status ObjectLog::EndObject() {
  if (object_key_.empty()) return {};
  WAYMARK_RETURN_IF_ERROR(TellChanges());
  relations_.clear();
  for (const auto& [type, key] : related_) relations_.push_back({type, ObjectIdOf(type, key)});
  related_.clear();
  object_key_.clear();
  ++summary_.objects[std::string(kTypes[object_type_].name)];
  return writer_->EndObject(relations_);
}

base::Status ObjectLog::WriteEvents(const Tick& tick) {
  model::Step step;
  while (events_.Next()) {
    if (++summary_.events % kTickRows == 0) {
      const auto share =
          static_cast<double>(summary_.events) / static_cast<double>(event_rows_);
      WAYMARK_RETURN_IF_ERROR(tick(kObjectsShare + (1 - kObjectsShare) * share));
    }
    WAYMARK_RETURN_IF_ERROR(codec::Decode(events_.value(), step));
    const Event event = MakeEvent(step, FirstPlacement(step, selection_.family));
    FindRelations(step);
    relations_.clear();
    for (const Reference& reference : references_) {
      relations_.push_back({reference.type, ObjectIdOf(reference.type, reference.key)});
    }
    id_.clear();
    AppendEventId(step, id_);
    activity_.clear();
    AppendActivity(event, selection_.activity, activity_);
    WAYMARK_RETURN_IF_ERROR(writer_->AddEvent(id_, activity_, event, relations_));
  }
  return events_.status();
}

}  // namespace waymark::exports
