#include "measure/cell_key.h"

#include <cstring>

#include "measure/wire.h"

namespace waymark::measure {
namespace {

// Numbers of the fields of waymark.v1.MeasureKey.
enum Field { kKind = 1, kDay, kFamily, kModel, kVersion, kPersona, kTargetGroup, kParts };

constexpr size_t kNameMax = 128;
constexpr int64_t kDayMs = 86'400'000;

// Fields as AppendNumber and AppendText write them, into memory that has room; numbers of fields
// are below 16, so that a tag is one byte. They return where they end.
char* WriteVarint(uint64_t value, char* out) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}
char* WriteNumber(int field, uint64_t value, char* out) {
  if (value == 0) return out;
  *out++ = static_cast<char>(field << 3);
  return WriteVarint(value, out);
}
char* WriteText(int field, model::Text text, char* out) {
  if (text.empty()) return out;
  *out++ = static_cast<char>(field << 3 | 2);
  out = WriteVarint(text.size(), out);
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

int32_t DayOf(base::Timestamp time) {
  const int64_t day = time.ms / kDayMs - (time.ms % kDayMs < 0 ? 1 : 0);
  return static_cast<int32_t>(day);
}

model::Text Bounded(model::Text name) { return name.size() <= kNameMax ? name : kOther; }

void AppendKey(const CellKey& key, std::string& out) {
  const std::array texts = {key.family,   key.model,    key.persona,  key.target_group,
                            key.parts[0], key.parts[1], key.parts[2], key.parts[3]};
  size_t most = out.size() + 3 * (1 + kVarintMax);
  for (const model::Text text : texts) most += 1 + kVarintMax + text.size();
  const size_t begin = out.size();
  out.resize(most);
  char* at = WriteNumber(kKind, static_cast<uint64_t>(key.kind), out.data() + begin);
  at = WriteNumber(kDay, ZigZag(key.day), at);
  at = WriteText(kFamily, key.family, at);
  at = WriteText(kModel, key.model, at);
  at = WriteNumber(kVersion, ZigZag(key.model_version), at);
  at = WriteText(kPersona, key.persona, at);
  at = WriteText(kTargetGroup, key.target_group, at);
  for (size_t part = 0; part < key.parts.size(); ++part) {
    at = WriteText(kParts + static_cast<int>(part), key.parts[part], at);
  }
  out.resize(static_cast<size_t>(at - out.data()));
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
