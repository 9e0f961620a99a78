#include "measure/cell_key.h"

#include "measure/wire.h"

namespace waymark::measure {
namespace {

// Numbers of the fields of waymark.v1.MeasureKey.
enum Field { kKind = 1, kDay, kFamily, kModel, kVersion, kPersona, kTargetGroup, kParts };

constexpr size_t kNameMax = 128;
constexpr int64_t kDayMs = 86'400'000;

}  // namespace

int32_t DayOf(base::Timestamp time) {
  const int64_t day = time.ms / kDayMs - (time.ms % kDayMs < 0 ? 1 : 0);
  return static_cast<int32_t>(day);
}

model::Text Bounded(model::Text name) { return name.size() <= kNameMax ? name : kOther; }

void AppendKey(const CellKey& key, std::string& out) {
  AppendNumber(kKind, static_cast<uint64_t>(key.kind), out);
  AppendNumber(kDay, ZigZag(key.day), out);
  AppendText(kFamily, key.family, out);
  AppendText(kModel, key.model, out);
  AppendNumber(kVersion, ZigZag(key.model_version), out);
  AppendText(kPersona, key.persona, out);
  AppendText(kTargetGroup, key.target_group, out);
  for (size_t part = 0; part < key.parts.size(); ++part) {
    AppendText(kParts + static_cast<int>(part), key.parts[part], out);
  }
}

bool ParseKey(std::string_view bytes, CellKey& key) {
  key = {};
  uint64_t kind = 0;
  WireReader in(bytes);
  while (in.Next()) {
    switch (in.field()) {
      case kKind: kind = in.number(); break;
      case kDay: key.day = static_cast<int32_t>(UnZigZag(in.number())); break;
      case kFamily: key.family = in.bytes(); break;
      case kModel: key.model = in.bytes(); break;
      case kVersion: key.model_version = static_cast<int32_t>(UnZigZag(in.number())); break;
      case kPersona: key.persona = in.bytes(); break;
      case kTargetGroup: key.target_group = in.bytes(); break;
      default: {
        const int part = in.field() - kParts;
        if (part >= 0 && part < static_cast<int>(key.parts.size())) {
          key.parts[static_cast<size_t>(part)] = in.bytes();
        }
      }
    }
  }
  if (in.failed() || kind == 0 || kind >= kCellKinds) return false;
  key.kind = static_cast<CellKind>(kind);
  return true;
}

}  // namespace waymark::measure
