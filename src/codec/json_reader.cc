#include "codec/json_reader.h"

#include <charconv>
#include <limits>

#include "base/time.h"
#include "codec/decimal.h"
#include "codec/json_input.h"
#include "codec/json_names.h"
#include "codec/protobuf_reader.h"

namespace waymark::codec {

namespace {

using ondemand::json_type;

constexpr std::string_view kWhitespace = " \t\r\n";

template <Message M>
bool ReadObject(JsonInput& in, ondemand::object& object, M& message);

// The text of a number, as written. False: malformed.
bool NumberText(JsonInput& in, ondemand::value& value, Text& text) {
  text = value.raw_json_token();
  text = text.substr(0, text.find_last_not_of(kWhitespace) + 1);
  ondemand::number number;
  const auto error = value.get_number().get(number);
  // A whole number beyond 64 bits is well formed; the field says whether it can hold it.
  const bool digits = text.find_first_not_of("-0123456789") == Text::npos;
  return !error || digits || in.Malformed(error);
}

// The characters of a number or a text; nothing, with the fault noted, for anything else.
bool NumberOrText(JsonInput& in, ondemand::value& value, json_type type, Text& text) {
  if (type == json_type::number) return NumberText(in, value, text);
  if (type == json_type::string) return in.Text(value, text);
  in.Bad("neither number nor text");
  return in.Skip(value);
}

template <class T>
bool ReadInteger(JsonInput& in, ondemand::value& value, json_type type, T& result, bool time) {
  Text text;
  std::optional<int64_t> number;
  if (int64_t plain = 0; type == json_type::number && !value.get_int64().get(plain)) {
    number = plain;
  } else {
    if (!NumberOrText(in, value, type, text)) return false;
    if (text.empty()) return in.Bad("no number");
    number = ParseWhole(text);
  }
  if (!number && time && type == json_type::string) {
    const auto parsed = base::ParseRfc3339(text);
    if (!parsed) return in.Bad("neither milliseconds nor an RFC 3339 time with a zone");
    number = parsed->ms;
  }
  if (!number) return in.Bad("not a whole number of 64 bits");
  if (*number < std::numeric_limits<T>::min() || *number > std::numeric_limits<T>::max()) {
    return in.Bad("out of range");
  }
  result = static_cast<T>(*number);
  return true;
}

bool ReadDecimal(JsonInput& in, ondemand::value& value, json_type type, int64_t& micros) {
  Text text;
  if (!NumberOrText(in, value, type, text)) return false;
  const auto parsed = ParseMicros(text);
  if (!parsed) return in.Bad("not a decimal number with at most six decimals");
  micros = *parsed;
  return true;
}

bool ReadDouble(JsonInput& in, ondemand::value& value, json_type type, double& result) {
  if (type == json_type::number) {
    const auto error = value.get_double().get(result);
    return !error || in.Malformed(error);
  }
  Text text;
  if (!NumberOrText(in, value, type, text)) return false;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") {
    result = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "Infinity" || text == "-Infinity") {
    result = text.front() == '-' ? -kInfinity : kInfinity;
  } else {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc() || end != text.data() + text.size()) return in.Bad("not a number");
  }
  return true;
}

bool ReadPlainText(JsonInput& in, ondemand::value& value, json_type type, Text& text) {
  if (type == json_type::string) return in.Text(value, text);
  in.Bad("not text");
  return in.Skip(value);
}

template <NamedEnum E>
bool ReadEnum(JsonInput& in, ondemand::value& value, json_type type, E& result) {
  if (type == json_type::number) {
    int32_t number = 0;
    if (!ReadInteger(in, value, type, number, false)) return false;
    result = static_cast<E>(number);
    return true;
  }
  Text name;
  if (!ReadPlainText(in, value, type, name)) return false;
  const auto& names = EnumNames<E>::kNames;
  const auto found = std::ranges::find(names, name);
  result = found == names.end() ? EnumNames<E>::kUnknown : static_cast<E>(found - names.begin());
  return true;
}

bool ReadReason(JsonInput& in, ondemand::value& value, json_type type,
                model::DeadLetterReason& result) {
  Text name;
  if (!ReadPlainText(in, value, type, name)) return false;
  const auto reason = model::ParseDeadLetterReason(name);
  if (!reason) return in.Bad("unknown reason");
  result = *reason;
  return true;
}

bool ReadBool(JsonInput& in, ondemand::value& value, json_type type, bool& result) {
  if (type == json_type::boolean) {
    const auto error = value.get_bool().get(result);
    return !error || in.Malformed(error);
  }
  in.Bad("neither true nor false");
  return in.Skip(value);
}

template <Message M>
bool ReadNestedObject(JsonInput& in, ondemand::value& value, json_type type, M& message) {
  if (type != json_type::object) {
    in.Bad("not an object");
    return in.Skip(value);
  }
  ondemand::object object;
  if (auto error = value.get_object().get(object)) return in.Malformed(error);
  return ReadObject(in, object, message);
}

// Reads a value that is not null.
template <class T>
bool ReadValue(JsonInput& in, ondemand::value& value, json_type type, T& result, uint32_t flags) {
  if constexpr (std::is_same_v<T, Text>) {
    return ReadPlainText(in, value, type, result);
  } else if constexpr (std::is_same_v<T, model::DeadLetterReason>) {
    return ReadReason(in, value, type, result);
  } else if constexpr (Message<T>) {
    return ReadNestedObject(in, value, type, result);
  } else if constexpr (std::is_same_v<T, bool>) {
    return ReadBool(in, value, type, result);
  } else if constexpr (std::is_same_v<T, double>) {
    return ReadDouble(in, value, type, result);
  } else if constexpr (NamedEnum<T>) {
    return ReadEnum(in, value, type, result);
  } else {
    return ReadInteger(in, value, type, result, (flags & kTime) != 0);
  }
}

// Takes a null off; false with `null` unset where the value is something else.
bool TakeType(JsonInput& in, ondemand::value& value, json_type& type) {
  if (auto error = value.type().get(type)) return in.Malformed(error);
  return type != json_type::null || in.Skip(value);
}

// One entry of a map; an entry of null is left out.
template <class V>
bool ReadEntry(JsonInput& in, ondemand::value& value, json_type type, Text key,
               std::vector<V>& map) {
  if (map.size() >= kListElementsMax) return in.Malformed("too many elements");
  if (type == json_type::null) return true;
  if constexpr (std::is_same_v<V, model::TextEntry>) {
    Text text;
    if (!ReadPlainText(in, value, type, text)) return false;
    map.push_back({key, text});
    return true;
  } else {
    if (map.size() >= kStagesMax) return in.Malformed("too many elements");
    V entry;
    entry.*MapKey<V>::kKey = key;
    if (!ReadNestedObject(in, value, type, entry)) return false;
    const auto same = std::ranges::find(map, key, MapKey<V>::kKey);
    if (same == map.end()) {
      map.push_back(entry);
    } else {
      *same = entry;
    }
    return true;
  }
}

template <class V>
bool ReadMap(JsonInput& in, ondemand::value& value, json_type type, std::vector<V>& map) {
  if (type != json_type::object) {
    in.Bad("not an object");
    return in.Skip(value);
  }
  ondemand::object object;
  if (auto error = value.get_object().get(object)) return in.Malformed(error);
  for (auto item : object) {
    ondemand::field field;
    if (auto error = std::move(item).get(field)) return in.Malformed(error);
    Text key;
    json_type entry_type{};
    if (!in.Key(field, key)) return false;
    in.Enter(key);
    ondemand::value entry = field.value();
    if (!TakeType(in, entry, entry_type) || !ReadEntry(in, entry, entry_type, key, map)) {
      return false;
    }
    in.Leave();
  }
  if constexpr (std::is_same_v<V, model::TextEntry>) NormalizeMap(map);
  return true;
}

template <class V>
bool ReadList(JsonInput& in, ondemand::value& value, json_type type, std::vector<V>& list) {
  if (type != json_type::array) {
    in.Bad("not a list");
    return in.Skip(value);
  }
  ondemand::array array;
  if (auto error = value.get_array().get(array)) return in.Malformed(error);
  for (auto item : array) {
    ondemand::value element;
    json_type element_type{};
    if (auto error = item.get(element)) return in.Malformed(error);
    if (list.size() >= kListElementsMax) return in.Malformed("too many elements");
    if (!TakeType(in, element, element_type)) return false;
    if (element_type == json_type::null) {
      in.Bad("null in a list");
    } else if (!ReadValue(in, element, element_type, list.emplace_back(), kPlain)) {
      return false;
    }
  }
  return true;
}

// Bytes: base64, or for raw bytes also text.
bool ReadBytes(JsonInput& in, ondemand::value& value, json_type type, bool coded, Text& bytes) {
  Text text;
  if (!ReadPlainText(in, value, type, text)) return false;
  if (coded) return in.Decode64(text, bytes);
  bytes = text;
  return true;
}

// Stays absent where the value is bad.
template <uint32_t kFlags, class T>
bool ReadOptional(JsonInput& in, ondemand::value& value, json_type type, NameForm form,
                  std::optional<T>& target) {
  const size_t bad_before = in.bad_values();
  if constexpr ((kFlags & kDecimal) != 0) {
    if (form == NameForm::kDecimal) {
      if (!ReadDecimal(in, value, type, target.emplace())) return false;
      if (in.bad_values() != bad_before) target.reset();
      return true;
    }
  }
  if (!ReadValue(in, value, type, target.emplace(), kFlags)) return false;
  if (in.bad_values() != bad_before) target.reset();
  return true;
}

template <Message M, size_t I>
bool ReadField(JsonInput& in, ondemand::value& value, json_type type,
               [[maybe_unused]] NameForm form, M& message) {
  constexpr auto kF = kField<M, I>;
  using T = typename decltype(kF)::Value;
  T& target = message.*kF.member;
  ClearValue(target);  // Of a repeated name the last value counts.
  if (type == json_type::null) return true;
  if constexpr (kIsVector<T>) {
    using V = typename T::value_type;
    if constexpr (std::is_same_v<V, model::TextEntry> || KeyedMessage<V>) {
      return ReadMap(in, value, type, target);
    } else {
      return ReadList(in, value, type, target);
    }
  } else if constexpr (kF.Is(kBytes)) {
    return ReadBytes(in, value, type, true, target);
  } else if constexpr (kF.Is(kRawBytes)) {
    return ReadBytes(in, value, type, form == NameForm::kBase64, target.emplace());
  } else if constexpr (kIsOptional<T>) {
    return ReadOptional<kF.flags>(in, value, type, form, target);
  } else {
    return ReadValue(in, value, type, target, kF.flags);
  }
}

template <Message M>
using FieldReader = bool (*)(JsonInput&, ondemand::value&, json_type, NameForm, M&);

template <Message M>
constexpr auto MakeFieldReaders() {
  std::array<FieldReader<M>, kFieldCount<M>> readers{};
  ForEachField<M>([&]<size_t I>() { readers[I] = &ReadField<M, I>; });
  return readers;
}

template <Message M>
bool ReadObject(JsonInput& in, ondemand::object& object, M& message) {
  static constexpr auto kReaders = MakeFieldReaders<M>();
  for (auto item : object) {
    ondemand::field field;
    Text key;
    if (auto error = std::move(item).get(field)) return in.Malformed(error);
    if (!in.Key(field, key)) return false;
    const JsonName* name = JsonNames<M>::Find(key);
    if (name == nullptr) {
      if (!in.Skip(field.value())) return false;
      continue;
    }
    in.Enter(key);
    ondemand::value value = field.value();
    json_type type{};
    if (!TakeType(in, value, type)) return false;
    if (!kReaders[name->field](in, value, type, name->form, message)) return false;
    in.Leave();
  }
  return true;
}

template <Message M>
JsonOutcome ReadWhole(JsonInput& in, std::string_view json, M& message) {
  Clear(message);
  ondemand::object root;
  if (!in.Start(json, root) || !ReadObject(in, root, message) || !in.Finish()) {
    return {JsonOutcome::Kind::kMalformed, in.fault()};
  }
  if (!in.fault().empty()) return {JsonOutcome::Kind::kBadValue, in.fault()};
  return {};
}

}  // namespace

struct JsonReader::State {
  JsonInput input;
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;

JsonOutcome JsonReader::Read(std::string_view json, model::Interaction& value) {
  return ReadWhole(state_->input, json, value);
}
JsonOutcome JsonReader::Read(std::string_view json, model::Step& value) {
  return ReadWhole(state_->input, json, value);
}
JsonOutcome JsonReader::Read(std::string_view json, model::Signal& value) {
  return ReadWhole(state_->input, json, value);
}
JsonOutcome JsonReader::Read(std::string_view json, model::CustomerJourneys& value) {
  return ReadWhole(state_->input, json, value);
}
JsonOutcome JsonReader::Read(std::string_view json, model::DeadLetter& value) {
  return ReadWhole(state_->input, json, value);
}

}  // namespace waymark::codec
