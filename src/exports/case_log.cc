#include "exports/case_log.h"

#include <cstring>

#include "codec/protobuf.h"
#include "engine/keys.h"

namespace waymark::exports {
namespace {

constexpr int64_t kTickRows = 4096;
// A key is the case (profile, id), then one of these, then the place of the event: of the rows that
// name the last event turned around, so that the last comes first.
constexpr char kLast = 0;
constexpr char kEvent = 1;
// A value is the number of the placement, then a step.
constexpr size_t kNumberBytes = sizeof(int32_t);

void AppendPlace(const model::Interaction& interaction, std::string& out) {
  const model::OrderKey order = model::OrderOf(interaction);
  engine::AppendNumber(order.time, out);
  engine::AppendNumber(order.sequence, out);
  engine::AppendText(order.source_system, out);
  engine::AppendText(order.id, out);
}

void PutNumber(int32_t number, std::string& out) {
  out.assign(reinterpret_cast<const char*>(&number), sizeof number);
}

int32_t NumberOf(std::string_view value) {
  int32_t number = 0;
  std::memcpy(&number, value.data(), sizeof number);
  return number;
}

// The end of a text that engine::AppendText wrote at `from`.
size_t EndOfText(std::string_view key, size_t from) {
  constexpr std::string_view kEnd("\0\1", 2);
  return key.find(kEnd, from) + kEnd.size();
}

}  // namespace

CaseLog::CaseLog(const Selection& selection, const std::string& folder, size_t bytes_max,
                 std::unique_ptr<CaseWriter> writer)
    : selection_(selection), writer_(std::move(writer)), sorter_(folder, "cases", bytes_max) {}

std::string_view CaseLog::CaseIdOf(const Event& event) const {
  switch (selection_.case_by) {
    case CaseBy::kJourney: break;
    case CaseBy::kSession: return event.step->session_id;
    case CaseBy::kProfile: return event.step->profile_id;
  }
  return event.placement == nullptr ? std::string_view() : event.placement->journey_id;
}

base::Status CaseLog::Add(const model::Step& step, std::string_view bytes) {
  ++summary_.steps;
  if (!IsEvent(step)) {
    ++summary_.no_event;
    return {};
  }
  const int first = FirstPlacement(step, selection_.family);
  bool is_in_case = false;
  const auto add = [&](int placement) {
    const std::string_view id = CaseIdOf(MakeEvent(step, placement));
    if (id.empty()) return base::Status();
    is_in_case = true;
    return AddTo(id, placement, step, bytes);
  };
  if (selection_.case_by != CaseBy::kJourney) {
    if (selection_.family.empty() || first >= 0) WAYMARK_RETURN_IF_ERROR(add(first));
  } else {
    for (size_t i = 0; i < step.placements.size(); ++i) {
      const bool counts =
          selection_.family.empty() || step.placements[i].family == selection_.family;
      if (counts) WAYMARK_RETURN_IF_ERROR(add(static_cast<int>(i)));
    }
  }
  if (!is_in_case) ++summary_.no_case;
  return {};
}

base::Status CaseLog::AddTo(std::string_view case_id, int placement, const model::Step& step,
                            std::string_view bytes) {
  key_.clear();
  engine::AppendText(step.profile_id, key_);
  engine::AppendText(case_id, key_);
  const size_t case_bytes = key_.size();
  key_ += kEvent;
  AppendPlace(step.interaction, key_);
  PutNumber(placement, value_);
  value_ += bytes;
  ++rows_;
  WAYMARK_RETURN_IF_ERROR(sorter_.Add(key_, value_));
  if (!writer_->wants_last()) return {};
  key_[case_bytes] = kLast;
  for (size_t i = case_bytes + 1; i < key_.size(); ++i) key_[i] = static_cast<char>(~key_[i]);
  return AddLast(placement, step);
}

// What holds for the case as of this event, beneath key_.
base::Status CaseLog::AddLast(int placement, const model::Step& step) {
  model::Step brief;
  brief.profile_id = step.profile_id;
  brief.session_id = step.session_id;
  brief.persona = step.persona;
  brief.target_group = step.target_group;
  if (placement >= 0) {
    const model::Placement& full = step.placements[static_cast<size_t>(placement)];
    model::Placement& kept = brief.placements.emplace_back();
    kept.family = full.family;
    kept.model = full.model;
    kept.model_version = full.model_version;
    kept.journey_id = full.journey_id;
  }
  PutNumber(placement < 0 ? -1 : 0, value_);
  codec::EncodeCanonical(brief, value_);
  ++rows_;
  return sorter_.Add(key_, value_);
}

base::Status CaseLog::BeginCase(int placement) {
  const Event last = MakeEvent(last_, placement);
  ++summary_.cases;
  return writer_->BeginCase(CaseIdOf(last), last);
}

base::Status CaseLog::Write(const Tick& tick) {
  WAYMARK_RETURN_IF_ERROR(sorter_.Sort());
  WAYMARK_RETURN_IF_ERROR(writer_->Begin());
  int64_t passed = 0;
  while (sorter_.Next()) {
    if (++passed % kTickRows == 0) {
      WAYMARK_RETURN_IF_ERROR(tick(static_cast<double>(passed) / static_cast<double>(rows_)));
    }
    const std::string_view key = sorter_.key();
    const size_t case_bytes = EndOfText(key, EndOfText(key, 0));
    const bool is_new = key.substr(0, case_bytes) != case_key_;
    const int placement = NumberOf(sorter_.value());
    const std::string_view bytes = sorter_.value().substr(kNumberBytes);
    if (is_new) {
      if (summary_.cases > 0) WAYMARK_RETURN_IF_ERROR(writer_->EndCase());
      case_key_.assign(key.substr(0, case_bytes));
      last_bytes_.assign(bytes);
      WAYMARK_RETURN_IF_ERROR(codec::Decode(last_bytes_, last_));
      WAYMARK_RETURN_IF_ERROR(BeginCase(placement));
    }
    if (key[case_bytes] == kLast) continue;
    WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, step_));
    WAYMARK_RETURN_IF_ERROR(writer_->AddEvent(MakeEvent(step_, placement)));
    ++summary_.events;
  }
  WAYMARK_RETURN_IF_ERROR(sorter_.status());
  if (summary_.cases > 0) WAYMARK_RETURN_IF_ERROR(writer_->EndCase());
  return writer_->End();
}

}  // namespace waymark::exports
