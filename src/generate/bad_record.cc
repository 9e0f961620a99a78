#include "generate/bad_record.h"

#include <array>

namespace waymark::generate {
namespace {
using model::DeadLetterReason;
constexpr int64_t kYearMs = 365LL * 86'400'000;
constexpr int64_t kSeventeenthCentury = -9'400'000'000'000;  // 1672
constexpr Chance kOversizedStays = Chance::Percent(5);

// Neither JSON nor protobuf: as protobuf, their first byte is an end of a group never begun.
constexpr std::array<model::Text, 3> kGarbageTexts = {
    "<html><body>502 bad gateway</body></html>", "too many requests", "\xff\xfe\xff\xff\xff\x0f"};

// The fields of the record; the fault is one of them changed or left out.
struct Fields {
  bool key = true;
  bool time = true;
  bool channel = true;
  bool action = true;
  int64_t time_ms = 0;
  model::Text id;
  std::string extra;  // ",\"name\":value"
};

// The texts that end up here come from the generator's own tables and need no escapes.
void Put(model::Text name, model::Text value, std::string& out) {
  out.append(",\"").append(name).append("\":\"").append(value).push_back('"');
}

void WriteFields(const Fields& fields, const model::Interaction& from, std::string& out) {
  out.append("{\"id\":\"bad-").append(fields.id).push_back('"');
  if (fields.time) out.append(",\"time\":").append(std::to_string(fields.time_ms));
  if (fields.key) Put("key", from.key, out);
  if (fields.channel) Put("channel", from.channel, out);
  Put("touchpoint", from.touchpoint, out);
  if (fields.action) Put("action", from.action, out);
  out.append(",\"source\":{\"system\":\"").append(from.source.system).append("\"}");
  out.append(fields.extra).push_back('}');
}

Fields FaultyFields(BadKind kind, const model::Interaction& from, int64_t future_ms,
                    Random& random) {
  Fields fields;
  fields.time_ms = from.time.value_or(0);
  fields.id = from.id;
  switch (kind) {
    case BadKind::kNoTime:
      fields.time = false;
      break;
    case BadKind::kNoChannel:
      fields.channel = false;
      break;
    case BadKind::kNoAction:
      fields.action = false;
      break;
    case BadKind::kNoCustomer:
      fields.key = false;
      break;
    case BadKind::kBadUtf8:
      fields.extra = ",\"need\":\"caf\xe9\xff\"";
      break;
    case BadKind::kUnknownEnum:
      fields.extra = ",\"kind\":\"MARTIAN\"";
      break;
    case BadKind::kRatingRange:
      fields.extra = ",\"rating\":{\"satisfaction\":9}";
      break;
    case BadKind::kUnknownCommand:
      fields.extra = ",\"command\":\"TELEPORT\"";
      break;
    case BadKind::kBeforeTime:
      fields.time_ms = kSeventeenthCentury - random.Below(1'000'000);
      break;
    case BadKind::kInFuture:
      fields.time_ms = future_ms + random.Between(2 * kYearMs, 6 * kYearMs);
      break;
    default:
      break;
  }
  return fields;
}
}  // namespace

DeadLetterReason ReasonOf(BadKind kind) {
  switch (kind) {
    case BadKind::kNull:
      return DeadLetterReason::kNullValue;
    case BadKind::kGarbage:
    case BadKind::kCutShort:
    case BadKind::kBadUtf8:
      return DeadLetterReason::kUnparsable;
    case BadKind::kOversized:
      return DeadLetterReason::kTooLarge;
    case BadKind::kNoTime:
    case BadKind::kNoChannel:
    case BadKind::kNoAction:
      return DeadLetterReason::kMissingField;
    case BadKind::kUnknownEnum:
    case BadKind::kRatingRange:
      return DeadLetterReason::kBadValue;
    case BadKind::kNoCustomer:
      return DeadLetterReason::kNoCustomer;
    case BadKind::kBeforeTime:
      return DeadLetterReason::kTimeOutOfRange;
    case BadKind::kInFuture:
      return DeadLetterReason::kTimeInFuture;
    case BadKind::kUnknownCommand:
      return DeadLetterReason::kUnknownCommand;
  }
  return DeadLetterReason::kUnparsable;
}

BadKind DrawBadKind(BadKinds allowed, Random& random) {
  const bool only_oversized = (allowed & kAllBadKinds) == Only(BadKind::kOversized);
  for (;;) {
    const auto kind = static_cast<BadKind>(random.Below(kBadKindCount));
    if ((allowed & Only(kind)) == 0) continue;
    if (kind != BadKind::kOversized || only_oversized || random.Happens(kOversizedStays)) {
      return kind;
    }
  }
}

void WriteBadRecord(BadKind kind, const model::Interaction& from, int64_t future_ms,
                    uint64_t bytes_max, Random& random, std::string& out) {
  out.clear();
  if (kind == BadKind::kNull) return;
  if (kind == BadKind::kGarbage) {
    out = kGarbageTexts[random.Below(kGarbageTexts.size())];
    return;
  }
  Fields fields = FaultyFields(kind, from, future_ms, random);
  if (kind == BadKind::kOversized) {
    fields.extra = ",\"need\":\"" + std::string(bytes_max, 'x') + "\"";
  }
  WriteFields(fields, from, out);
  if (kind == BadKind::kCutShort) out.resize(out.size() / 2 + random.Below(8));
}

}  // namespace waymark::generate
