#include "config/value.h"

#include <array>
#include <charconv>
#include <cmath>

namespace waymark::config {
namespace {

struct ByteUnit {
  std::string_view name;
  int64_t bytes;
};
constexpr std::array<ByteUnit, 9> kByteUnits = {{{"TiB", 1LL << 40},
                                                 {"GiB", 1LL << 30},
                                                 {"MiB", 1LL << 20},
                                                 {"KiB", 1LL << 10},
                                                 {"TB", 1'000'000'000'000},
                                                 {"GB", 1'000'000'000},
                                                 {"MB", 1'000'000},
                                                 {"kB", 1000},
                                                 {"B", 1}}};

template <class T>
std::optional<T> ParseWhole(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return value;
}

// How a type is read, written, and described to whoever wrote it wrongly.
template <class T>
struct Codec {
  std::optional<T> (*parse)(std::string_view);
  std::string_view example;
};

std::optional<double> ParseNumber(std::string_view text) {
  const auto value = ParseWhole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<bool> ParseBoolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::string Quoted(const Declaration& declaration, std::string_view text) {
  return declaration.secret ? "the value" : "'" + std::string(text) + "'";
}

ValueFault NotOfType(const Declaration& declaration, std::string_view text,
                     std::string_view example) {
  return {std::string(declaration.name) + ": " + Quoted(declaration, text) + " is no " +
              std::string(ToString(declaration.type)),
          "write it like " + std::string(example)};
}

ValueFault OutOfBounds(const Declaration& declaration, std::string_view text, bool too_small) {
  return {std::string(declaration.name) + ": " + Quoted(declaration, text) +
              (too_small ? " is too small" : " is too large"),
          too_small ? "at least " + std::string(declaration.least)
                    : "at most " + std::string(declaration.most)};
}

template <class T>
std::optional<ValueFault> AssignOrdered(const Declaration& declaration, std::string_view text,
                                        const Codec<T>& codec, T& target) {
  const std::optional<T> value = codec.parse(text);
  if (!value) return NotOfType(declaration, text, codec.example);
  const auto least = codec.parse(declaration.least);
  if (least && *value < *least) return OutOfBounds(declaration, text, true);
  const auto most = codec.parse(declaration.most);
  if (most && *most < *value) return OutOfBounds(declaration, text, false);
  target = *value;
  return std::nullopt;
}

std::optional<ValueFault> CheckText(const Declaration& declaration, std::string_view text) {
  const std::string_view wrong = declaration.check ? declaration.check(text) : "";
  if (wrong.empty()) return std::nullopt;
  return ValueFault{std::string(declaration.name) + ": " + Quoted(declaration, text) + " " +
                        std::string(wrong),
                    declaration.fallback.empty() || declaration.secret
                        ? ""
                        : "the default is " + std::string(declaration.fallback)};
}

std::optional<ValueFault> FindChoice(const Declaration& declaration, std::string_view text,
                                     size_t& index) {
  std::string all;
  for (size_t i = 0; i < declaration.choices.size(); ++i) {
    if (declaration.choices[i] == text) {
      index = i;
      return std::nullopt;
    }
    all += (i == 0 ? "" : ", ") + std::string(declaration.choices[i]);
  }
  return ValueFault{std::string(declaration.name) + ": " + Quoted(declaration, text) +
                        " is none of the values allowed",
                    "one of " + all};
}

// Splits at commas and strips blanks; an empty text is an empty list.
std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    const size_t first = item.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    item = item.substr(first, item.find_last_not_of(" \t") - first + 1);
    items.emplace_back(item);
  }
  return items;
}

std::optional<ValueFault> AssignList(const Declaration& declaration, const Given& given,
                                     std::vector<std::string>& target) {
  const auto items = given.is_list ? given.texts : SplitList(given.texts.front());
  for (const std::string& item : items) {
    if (auto fault = CheckText(declaration, item)) return fault;
  }
  const auto least = ParseWhole<size_t>(declaration.least);
  if (least && items.size() < *least) {
    return ValueFault{std::string(declaration.name) + ": the list has too few items",
                      "at least " + std::string(declaration.least)};
  }
  target = items;
  return std::nullopt;
}

// Stores one text in the member that the slot names.
struct ScalarAssigner {
  const Declaration& declaration;
  std::string_view text;
  Settings& settings;
  using Outcome = std::optional<ValueFault>;

  Outcome operator()(Member<base::Millis> member) const {
    return AssignOrdered<base::Millis>(declaration, text, {base::ParseDuration, "30s, 10m or 400d"},
                                       member(settings));
  }
  Outcome operator()(Member<base::Timestamp> member) const {
    return AssignOrdered<base::Timestamp>(
        declaration, text, {base::ParseRfc3339, "1980-01-01T00:00:00Z"}, member(settings));
  }
  Outcome operator()(Member<int64_t> member) const {
    if (declaration.type == Type::kBytes) {
      return AssignOrdered<int64_t>(declaration, text, {ParseBytes, "256KiB, 64MiB or 1GiB"},
                                    member(settings));
    }
    return AssignOrdered<int64_t>(declaration, text, {ParseWhole<int64_t>, "1000"},
                                  member(settings));
  }
  Outcome operator()(Member<double> member) const {
    return AssignOrdered<double>(declaration, text, {ParseNumber, "0.5"}, member(settings));
  }
  Outcome operator()(Member<bool> member) const {
    const auto value = ParseBoolean(text);
    if (!value) return NotOfType(declaration, text, "true or false");
    member(settings) = *value;
    return std::nullopt;
  }
  Outcome operator()(Member<std::string> member) const {
    size_t index = 0;
    auto fault = declaration.type == Type::kEnum ? FindChoice(declaration, text, index)
                                                 : CheckText(declaration, text);
    if (!fault) member(settings) = text;
    return fault;
  }
  Outcome operator()(Member<std::vector<std::string>>) const { return std::nullopt; }
  Outcome operator()(const EnumMember& member) const {
    size_t index = 0;
    auto fault = FindChoice(declaration, text, index);
    if (!fault) member.set(settings, index);
    return fault;
  }
};

std::string FormatNumber(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

struct Formatter {
  const Declaration& declaration;
  Settings& settings;

  std::string operator()(Member<base::Millis> member) const {
    return base::FormatDuration(member(settings));
  }
  std::string operator()(Member<base::Timestamp> member) const {
    return base::FormatRfc3339(member(settings));
  }
  std::string operator()(Member<int64_t> member) const {
    const int64_t value = member(settings);
    return declaration.type == Type::kBytes ? FormatBytes(value) : std::to_string(value);
  }
  std::string operator()(Member<double> member) const { return FormatNumber(member(settings)); }
  std::string operator()(Member<bool> member) const { return member(settings) ? "true" : "false"; }
  std::string operator()(Member<std::string> member) const { return member(settings); }
  std::string operator()(Member<std::vector<std::string>> member) const {
    std::string out;
    for (const std::string& item : member(settings)) out += (out.empty() ? "" : ",") + item;
    return out;
  }
  std::string operator()(const EnumMember& member) const {
    return std::string(declaration.choices[member.get(settings)]);
  }
};

}  // namespace

std::optional<int64_t> ParseBytes(std::string_view text) {
  int64_t scale = 1;
  for (const ByteUnit& unit : kByteUnits) {
    if (text.ends_with(unit.name)) {
      scale = unit.bytes;
      text.remove_suffix(unit.name.size());
      break;
    }
  }
  const auto number = ParseWhole<int64_t>(text);
  int64_t bytes = 0;
  if (!number || *number < 0 || __builtin_mul_overflow(*number, scale, &bytes)) return std::nullopt;
  return bytes;
}

std::string FormatBytes(int64_t bytes) {
  for (const ByteUnit& unit : kByteUnits) {
    if (unit.name.size() == 3 && bytes != 0 && bytes % unit.bytes == 0) {
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
    }
  }
  return std::to_string(bytes) + "B";
}

std::optional<ValueFault> Assign(const Declaration& declaration, const Given& given,
                                 Settings& settings) {
  if (const auto* list = std::get_if<Member<std::vector<std::string>>>(&declaration.slot)) {
    return AssignList(declaration, given, (*list)(settings));
  }
  if (given.is_list) {
    return ValueFault{std::string(declaration.name) + " is a list, where one value is expected",
                      "give one " + std::string(ToString(declaration.type))};
  }
  return std::visit(ScalarAssigner{declaration, given.texts.front(), settings}, declaration.slot);
}

std::string Format(const Declaration& declaration, const Settings& settings) {
  // A slot gives access for writing too; the formatter only reads.
  return std::visit(Formatter{declaration, const_cast<Settings&>(settings)}, declaration.slot);
}

}  // namespace waymark::config
