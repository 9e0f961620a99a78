#include "files/canonical_view.h"

#include <array>
#include <cstring>

#include "base/hash.h"
#include "codec/protobuf.h"
#include "engine/keys.h"

namespace waymark::files {
namespace {

// A sorter's key is the row key, then the order of its records: revision and place in the log.
constexpr size_t kOrderBytes = 16;
// A sorter's value is a sign, the revision, and the canonical bytes.
constexpr size_t kHeadBytes = 1 + sizeof(int64_t);
constexpr char kKept = '+';
constexpr char kRemoved = '-';

constexpr std::array<std::string_view, kOutputKinds> kNames = {"steps", "signals", "journeys",
                                                               "dead-letters"};

std::string_view RowKeyOf(std::string_view sorter_key) {
  return sorter_key.substr(0, sorter_key.size() - kOrderBytes);
}

}  // namespace

std::string_view ToString(OutputKind kind) { return kNames[static_cast<size_t>(kind)]; }

CanonicalView::CanonicalView(OutputKind kind, std::string folder, std::string name,
                             size_t bytes_max)
    : kind_(kind), sorter_(std::move(folder), std::move(name), bytes_max) {}

base::Status CanonicalView::Add(const OutputRecord& record) {
  ++records_;
  row_key_.clear();
  row_value_.assign(kHeadBytes, kKept);
  base::Status status;
  switch (kind_) {
    case OutputKind::kSteps: status = AddStep(record); break;
    case OutputKind::kSignals: status = AddSignal(record); break;
    case OutputKind::kJourneys: status = AddJourneys(record); break;
    case OutputKind::kDeadLetters: status = AddDeadLetter(record); break;
  }
  return status.ok() ? status : status.WithContext("record " + std::to_string(records_));
}

template <class T>
base::Status CanonicalView::Decode(const OutputRecord& record, T& value) {
  if (!record.value) return {base::StatusCode::kInvalid, "the record has no value"};
  return record.form == OutputRecord::Form::kJson ? json_.Decode(*record.value, value)
                                                  : codec::Decode(*record.value, value);
}

// An erase mark is for restores: the steps before it have been steps.
base::Status CanonicalView::AddStep(const OutputRecord& record) {
  if (!record.value && record.form == OutputRecord::Form::kProtobuf) return {};
  model::Step step;
  WAYMARK_RETURN_IF_ERROR(Decode(record, step));
  // Written anew from its fields, so that all formats come to the same bytes.
  step.interaction_bytes = {};
  engine::AppendText(step.profile_id, row_key_);
  engine::AppendText(step.interaction.source.system, row_key_);
  engine::AppendText(step.interaction.id, row_key_);
  codec::EncodeCanonical(step, row_value_);
  return AddRow(step.revision, step.revision, step.retracted);
}

base::Status CanonicalView::AddSignal(const OutputRecord& record) {
  model::Signal signal;
  WAYMARK_RETURN_IF_ERROR(Decode(record, signal));
  engine::AppendText(signal.profile_id, row_key_);
  engine::AppendText(signal.id, row_key_);
  codec::EncodeCanonical(signal, row_value_);
  return AddRow(signal.revision, signal.revision, signal.retracted);
}

// A tombstone has no revision, so the log alone decides which record is the last.
base::Status CanonicalView::AddJourneys(const OutputRecord& record) {
  if (!record.value) {
    engine::AppendText(record.key, row_key_);
    return AddRow(0, 0, true);
  }
  model::CustomerJourneys journeys;
  WAYMARK_RETURN_IF_ERROR(Decode(record, journeys));
  engine::AppendText(journeys.profile.id, row_key_);
  codec::EncodeCanonical(journeys, row_value_);
  return AddRow(0, journeys.revision, false);
}

base::Status CanonicalView::AddDeadLetter(const OutputRecord& record) {
  model::DeadLetter decoded;
  if (record.form != OutputRecord::Form::kDeadLetter) {
    WAYMARK_RETURN_IF_ERROR(Decode(record, decoded));
  } else {
    decoded = record.letter;
  }
  // Origin and detail depend on where the record came from, and so does the raw value: a row of a
  // file and the message that `produce` made of it are the same record.
  model::DeadLetter letter;
  letter.reason = decoded.reason;
  letter.time = decoded.time;
  if (raw_values_) {
    letter.value = decoded.value;
    letter.truncated = decoded.truncated;
    letter.value_hash = decoded.value_hash;
  }
  codec::Encode(letter, row_value_);
  const base::Hash128 hash = base::MakeHash128(std::string_view(row_value_).substr(kHeadBytes));
  engine::AppendNumber(static_cast<int64_t>(hash.high), row_key_);
  engine::AppendNumber(static_cast<int64_t>(hash.low), row_key_);
  return AddRow(0, 0, false);
}

base::Status CanonicalView::AddRow(int64_t order, int64_t revision, bool removed) {
  engine::AppendNumber(order, row_key_);
  engine::AppendNumber(records_, row_key_);
  row_value_[0] = removed ? kRemoved : kKept;
  std::memcpy(row_value_.data() + 1, &revision, sizeof revision);
  return sorter_.Add(row_key_, row_value_);
}

base::Status CanonicalView::Sort() {
  WAYMARK_RETURN_IF_ERROR(sorter_.Sort());
  more_ = sorter_.Next();
  return sorter_.status();
}

// All records of the row that the sorter stands on; the last of them remains in raw_.
void CanonicalView::TakeRow() {
  key_.assign(RowKeyOf(sorter_.key()));
  raw_.assign(sorter_.value());
  copies_ = 1;
  while ((more_ = sorter_.Next()) && RowKeyOf(sorter_.key()) == key_) {
    if (kind_ == OutputKind::kDeadLetters) {
      ++copies_;
    } else if (sorter_.value() == raw_) {
      ++doubled_;
    }
    raw_.assign(sorter_.value());
  }
}

bool CanonicalView::Next() {
  while (more_) {
    TakeRow();
    if (!status().ok()) return false;
    if (raw_.front() == kRemoved) continue;
    value_ = std::string_view(raw_).substr(kHeadBytes);
    rows_ += copies_;
    return true;
  }
  return false;
}

}  // namespace waymark::files
