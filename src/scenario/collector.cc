#include "scenario/collector.h"

#include "codec/protobuf.h"
#include "model/step.h"

namespace waymark::scenario {
namespace {

// A task writes a row's revisions in rising order, so the last one written is the highest.
template <class Rows, class Key, class Value>
void Put(Rows& rows, const Key& key, const Value& value) {
  if (value.retracted) {
    rows.erase(key);
    return;
  }
  std::string& bytes = rows[key];
  bytes.clear();
  codec::EncodeCanonical(value, bytes);
}

}  // namespace

base::Status Collector::Write(engine::OutputTopic topic, base::Partition /*partition*/,
                              std::string_view /*profile_id*/,
                              std::optional<std::string_view> value) {
  if (topic != engine::OutputTopic::kSteps || !value) return {};
  model::Step step;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(*value, step));
  Put(steps_,
      StepKey(step.profile_id, step.interaction.source.system, step.interaction.id), step);
  return {};
}

base::Status Collector::WriteSignal(base::Partition /*partition*/, const model::Signal& signal) {
  Put(signals_, std::string(signal.id), signal);
  return {};
}

base::Status Collector::WriteDeadLetter(base::Partition /*partition*/,
                                        const model::DeadLetter& letter) {
  dead_letters_.push_back({letter.offset, std::string(model::ToString(letter.reason)),
                           std::string(letter.detail)});
  return {};
}

}  // namespace waymark::scenario
