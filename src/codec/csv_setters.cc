#include <algorithm>
#include <limits>
#include <utility>

#include "codec/csv_plan.h"
#include "codec/decimal.h"
#include "codec/messages.h"

namespace waymark::codec {

namespace {

const char* SetText(const CsvResult& result, Text& target) {
  target = result.text;
  return nullptr;
}

template <class T>
const char* SetInteger(const CsvResult& result, T& target) {
  const auto number = ParseWhole(result.text);
  if (!number) return "not a whole number";
  if (*number < std::numeric_limits<T>::min() || *number > std::numeric_limits<T>::max()) {
    return "out of range";
  }
  target = static_cast<T>(*number);
  return nullptr;
}

template <NamedEnum E>
const char* SetEnum(const CsvResult& result, E& target) {
  const auto& names = EnumNames<E>::kNames;
  const auto found = std::ranges::find(names, result.text);
  if (found == names.end()) {
    target = EnumNames<E>::kUnknown;  // The check of the whole interaction refuses it.
  } else {
    target = static_cast<E>(found - names.begin());
  }
  return nullptr;
}

template <uint32_t kFlags, class T>
const char* SetValue(const CsvResult& result, T& target) {
  if constexpr (kIsOptional<T>) {
    typename T::value_type value{};
    const char* fault = SetValue<kFlags>(result, value);
    if (fault == nullptr) target = value;
    return fault;
  } else if constexpr (std::is_same_v<T, Text>) {
    return SetText(result, target);
  } else if constexpr (NamedEnum<T>) {
    return SetEnum(result, target);
  } else if constexpr ((kFlags & kTime) != 0) {
    const auto time = ReadTime(result);
    if (!time) return "no time of the format given";
    target = *time;
    return nullptr;
  } else {
    return SetInteger(result, target);
  }
}

template <class T>
auto& Part(T& value) {
  if constexpr (kIsOptional<T>) {
    return value ? *value : value.emplace();
  } else {
    return value;
  }
}

template <class T>
constexpr auto ElementOf() {
  if constexpr (kIsOptional<T>) {
    return typename T::value_type{};
  } else {
    return T{};
  }
}

using Setters = std::vector<std::pair<std::string, CsvSetter>>;

const char* SetDecimal(const CsvResult& result, model::Interaction& target) {
  const auto micros = ParseMicros(result.text);
  if (!micros) return "not a decimal number with at most six decimals";
  target.value_micros = *micros;
  return nullptr;
}

// Setters of the fields of a message that is itself field I of the interaction.
template <size_t I, Message Inner>
void AddInner(Setters& setters) {
  ForEachField<Inner>([&]<size_t J>() {
    setters.emplace_back(
        std::string(kField<model::Interaction, I>.name) + "." + std::string(kField<Inner, J>.name),
        [](const CsvResult& result, model::Interaction& target) {
          auto& part = Part(target.*kField<model::Interaction, I>.member);
          return SetValue<kField<Inner, J>.flags>(result, part.*kField<Inner, J>.member);
        });
  });
}

Setters MakeSetters() {
  Setters setters;
  setters.emplace_back("value", &SetDecimal);
  ForEachField<model::Interaction>([&]<size_t I>() {
    constexpr auto kF = kField<model::Interaction, I>;
    using T = typename decltype(kF)::Value;
    if constexpr (kIsVector<T>) {
      return;  // Identifiers and maps are lists of entries.
    } else {
      using Element = decltype(ElementOf<T>());
      if constexpr (Message<Element>) {
        AddInner<I, Element>(setters);
      } else {
        setters.emplace_back(std::string(kF.name),
                             [](const CsvResult& result, model::Interaction& target) {
                               return SetValue<kField<model::Interaction, I>.flags>(
                                   result, target.*kField<model::Interaction, I>.member);
                             });
      }
    }
  });
  return setters;
}

const Setters& AllSetters() {
  static const Setters setters = MakeSetters();
  return setters;
}

}  // namespace

CsvSetter FindCsvSetter(std::string_view path) {
  for (const auto& [name, setter] : AllSetters()) {
    if (name == path) return setter;
  }
  return nullptr;
}

std::vector<std::string> CsvFieldNames(std::string_view prefix) {
  std::vector<std::string> names;
  if (prefix.empty()) names = {"identifiers", "profile", "attributes"};
  for (const auto& [path, setter] : AllSetters()) {
    if (!path.starts_with(prefix)) continue;
    const std::string rest = path.substr(prefix.size());
    const std::string name = rest.substr(0, rest.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace waymark::codec
