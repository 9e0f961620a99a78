#include "scenario/row_reader.h"

#include <algorithm>
#include <limits>

#include "codec/decimal.h"
#include "codec/interaction_decoder.h"
#include "codec/messages.h"
#include "codec/protobuf.h"

namespace waymark::scenario {
namespace {

using codec::FieldFlags;
using model::YamlNode;
using model::YamlReader;

// Read before, or said in another way.
constexpr std::string_view kOfTheRow[] = {"at", "id", "customer"};
constexpr std::string_view kElsewhere[] = {"time", "key", "id"};

// Fills a message from a map, field by field as the contract names them. Texts of the message are
// views into the tree.
class MessageReader {
 public:
  MessageReader(YamlReader& reader, const Times& times) : reader_(reader), times_(times) {}

  void ReadRow(const YamlNode& node, model::Interaction& interaction) {
    for (const YamlNode& child : node.children) {
      if (std::ranges::count(kOfTheRow, child.key) > 0) continue;
      if (child.key == "time" || child.key == "key") {
        reader_.AddFault(child.key_place, "a row has no key '" + child.key + "'",
                         child.key == "time" ? "write 'at'" : "write 'customer'");
        continue;
      }
      ReadChild(child, interaction);
    }
  }

 private:
  template <codec::Message M>
  void ReadMessage(const YamlNode& node, M& message) {
    if (!reader_.ExpectMap(node)) return;
    for (const YamlNode& child : node.children) ReadChild(child, message);
  }

  template <codec::Message M>
  void ReadChild(const YamlNode& child, M& message) {
    bool known = false;
    codec::ForEachField<M>([&]<size_t I>() {
      constexpr auto kF = codec::kField<M, I>;
      if constexpr (kF.Is(codec::kDecimal)) {
        if (child.key == kF.name.substr(0, kF.name.size() - std::string_view("_micros").size())) {
          known = true;
          ReadDecimal(child, message.*kF.member);
        }
      }
      if (child.key != kF.name) return;
      known = true;
      ReadValue(child, message.*kF.member, kF.Is(codec::kTime));
    });
    if (!known) AddUnknown<M>(child);
  }

  template <codec::Message M>
  void AddUnknown(const YamlNode& child) {
    std::vector<std::string_view> names;
    codec::ForEachField<M>([&]<size_t I>() { names.push_back(codec::kField<M, I>.name); });
    if constexpr (std::is_same_v<M, model::Interaction>) {
      std::erase_if(names, [](auto name) { return std::ranges::count(kElsewhere, name) > 0; });
      names.insert(names.end(), std::begin(kOfTheRow), std::end(kOfTheRow));
      names.push_back("value");
    }
    reader_.AddUnknown(child.key_place, "field", child.key, names);
  }

  void ReadDecimal(const YamlNode& node, std::optional<int64_t>& micros) {
    micros = node.IsScalar() ? codec::ParseMicros(node.text) : std::nullopt;
    if (micros) return;
    reader_.AddFault(node.place, "'" + node.key +
                                     "' must be a decimal number with at most six decimals");
  }

  template <class T>
  void ReadValue(const YamlNode& node, T& value, bool is_time) {
    if constexpr (codec::kIsOptional<T>) {
      ReadValue(node, value.emplace(), is_time);
    } else if constexpr (std::is_same_v<T, model::Text>) {
      if (!reader_.ReadText(node).empty()) value = node.text;
    } else if constexpr (codec::NamedEnum<T>) {
      ReadWord(node, value);
    } else if constexpr (codec::Message<T>) {
      ReadMessage(node, value);
    } else if constexpr (std::is_same_v<T, model::TextMap>) {
      ReadMap(node, value);
    } else if constexpr (std::is_same_v<T, std::vector<model::Identifier>>) {
      ReadIdentifiers(node, value);
    } else if (is_time) {
      value = static_cast<T>(times_.Read(node, std::nullopt, reader_).ms);
    } else {
      using Limits = std::numeric_limits<T>;
      value = static_cast<T>(reader_.ReadInteger(node, Limits::min(), Limits::max()).value_or(0));
    }
  }

  template <codec::NamedEnum E>
  void ReadWord(const YamlNode& node, E& value) {
    const auto& names = codec::EnumNames<E>::kNames;
    const std::string text = reader_.ReadText(node);
    if (text.empty()) return;
    const auto found = std::find(names.begin() + 1, names.end(), text);
    if (found == names.end()) {
      reader_.AddUnknown(node.place, node.key, text, std::span(names).subspan(1));
    } else {
      value = static_cast<E>(found - names.begin());
    }
  }

  void ReadMap(const YamlNode& node, model::TextMap& map) {
    if (!reader_.ExpectMap(node)) return;
    for (const YamlNode& child : node.children) {
      if (!reader_.ReadText(child).empty()) map.push_back({child.key, child.text});
    }
    std::ranges::sort(map, {}, &model::TextEntry::key);
  }

  // {namespace: crm, value: 4711}, or in short crm:4711.
  void ReadIdentifiers(const YamlNode& node, std::vector<model::Identifier>& identifiers) {
    if (!reader_.ExpectList(node)) return;
    for (const YamlNode& item : node.children) {
      model::Identifier& identifier = identifiers.emplace_back();
      if (!item.IsScalar()) {
        ReadMessage(item, identifier);
        continue;
      }
      const std::string_view text = item.text;
      const size_t colon = text.find(':');
      if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) {
        reader_.AddFault(item.place, "an identifier is written namespace:value",
                         "such as crm:4711");
        continue;
      }
      identifier = {text.substr(0, colon), text.substr(colon + 1)};
    }
  }

  YamlReader& reader_;
  const Times& times_;
};

}  // namespace

void ReadInteraction(const YamlNode& node, const Times& times, YamlReader& reader, Row& row) {
  model::Interaction interaction;
  MessageReader(reader, times).ReadRow(node, interaction);
  interaction.id = row.id;
  interaction.time = row.time.ms;
  // Which times are taken depends on the settings: that shows when the row arrives.
  codec::InputLimits limits;
  limits.time_earliest = base::Timestamp::min();
  limits.time_latest = base::Timestamp::max();
  if (const auto refusal = codec::CheckInteraction(interaction, limits)) {
    reader.AddFault(row.place, "this interaction would be refused: " +
                                   std::string(model::ToString(refusal->reason)) + " (" +
                                   refusal->detail + ")");
  }
  codec::Encode(interaction, row.bytes);
}

}  // namespace waymark::scenario
