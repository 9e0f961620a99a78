#include <fmt/format.h>

#include <algorithm>

#include "codec/interaction_decoder.h"
#include "codec/messages.h"

namespace waymark::codec {

namespace {

using model::DeadLetterReason;
using model::Interaction;

Refusal BadValue(std::string detail) {
  return {DeadLetterReason::kBadValue, std::move(detail)};
}

std::optional<Refusal> CheckRequired(const Interaction& value) {
  const char* missing = !value.time             ? "time"
                        : value.channel.empty() ? "channel"
                        : value.action.empty()  ? "action"
                                                : nullptr;
  if (missing == nullptr) return std::nullopt;
  return Refusal{DeadLetterReason::kMissingField, missing};
}

template <class E>
bool IsKnown(E value) {
  return static_cast<size_t>(value) < EnumNames<E>::kNames.size();
}

std::optional<Refusal> CheckEnums(const Interaction& value) {
  if (!IsKnown(value.command)) {
    return Refusal{DeadLetterReason::kUnknownCommand,
                   value.command == EnumNames<model::Command>::kUnknown
                       ? "command: no such name"
                       : fmt::format("command: {}", static_cast<int32_t>(value.command))};
  }
  if (!IsKnown(value.kind)) {
    return BadValue(value.kind == EnumNames<model::Kind>::kUnknown
                        ? "kind: no such name"
                        : fmt::format("kind: {}", static_cast<int32_t>(value.kind)));
  }
  return std::nullopt;
}

std::optional<Refusal> CheckRating(const model::Rating& rating) {
  struct Bound {
    const char* name;
    std::optional<int32_t> value;
    int32_t least;
    int32_t most;
  };
  const Bound bounds[] = {{"satisfaction", rating.satisfaction, 1, 5},
                          {"nps", rating.nps, 0, 10},
                          {"emotion", rating.emotion, -2, 2},
                          {"need_fulfilment", rating.need_fulfilment, 1, 5}};
  for (const Bound& bound : bounds) {
    if (bound.value && (*bound.value < bound.least || *bound.value > bound.most)) {
      return BadValue(fmt::format("rating.{}: {} is not {} to {}", bound.name, *bound.value,
                                  bound.least, bound.most));
    }
  }
  return std::nullopt;
}

bool IsCurrency(Text text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<Refusal> CheckLists(const Interaction& value, const InputLimits& limits) {
  struct Count {
    const char* name;
    size_t size;
    size_t most;
  };
  const Count counts[] = {{"identifiers", value.identifiers.size(), limits.identifiers_max},
                          {"profile", value.profile.size(), limits.entries_max},
                          {"attributes", value.attributes.size(), limits.entries_max}};
  for (const Count& count : counts) {
    if (count.size > count.most) {
      return BadValue(
          fmt::format("{}: {} entries, at most {}", count.name, count.size, count.most));
    }
  }
  for (size_t i = 0; i < value.identifiers.size(); ++i) {
    const model::Identifier& identifier = value.identifiers[i];
    if (identifier.name_space.empty() || identifier.value.empty()) {
      return BadValue(fmt::format("identifiers[{}]: {} is empty", i,
                                  identifier.name_space.empty() ? "namespace" : "value"));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> CheckInteraction(const Interaction& value, const InputLimits& limits) {
  if (auto refusal = CheckRequired(value)) return refusal;
  if (auto refusal = CheckEnums(value)) return refusal;
  if (value.rating) {
    if (auto refusal = CheckRating(*value.rating)) return refusal;
  }
  if (!value.currency.empty() && !IsCurrency(value.currency)) {
    return BadValue("currency: not three capital letters");
  }
  if (auto refusal = CheckLists(value, limits)) return refusal;
  if (value.timestamp() < limits.time_earliest || value.timestamp() > limits.time_latest) {
    return Refusal{DeadLetterReason::kTimeOutOfRange, fmt::format("time: {}", *value.time)};
  }
  return std::nullopt;
}

}  // namespace waymark::codec
