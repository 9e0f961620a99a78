#pragma once

#include <algorithm>
#include <deque>
#include <random>
#include <string>

#include "codec/messages.h"

namespace waymark::codec {

// Makes values of any message that has a Schema; owns their texts.
class RandomValues {
 public:
  explicit RandomValues(uint64_t seed) : random_(seed) {}

  template <Message M>
  M Make() {
    M message;
    Fill(message);
    return message;
  }

  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool Chance(int percent) { return Below(100) < static_cast<uint64_t>(percent); }

  std::string Bytes(size_t size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random_()));
    return bytes;
  }

 private:
  template <Message M>
  void Fill(M& message) {
    ForEachField<M>([&]<size_t I>() {
      constexpr auto kF = kField<M, I>;
      if (Chance(60)) FillValue<kF.Is(kBytes | kRawBytes)>(message.*kF.member);
    });
  }

  template <bool kAnyBytes, class T>
  void FillValue(T& value) {
    if constexpr (std::is_same_v<T, Text>) {
      value = kAnyBytes ? Keep(Bytes(Below(40))) : RandomText();
    } else if constexpr (std::is_same_v<T, model::DeadLetterReason>) {
      value = static_cast<T>(Below(model::kDeadLetterReasons));
    } else if constexpr (kIsOptional<T>) {
      FillValue<kAnyBytes>(value.emplace());
    } else if constexpr (std::is_same_v<T, model::TextMap>) {
      FillMap(value);
    } else if constexpr (kIsVector<T>) {
      FillList(value);
    } else if constexpr (Message<T>) {
      Fill(value);
    } else if constexpr (NamedEnum<T>) {
      value = static_cast<T>(Below(EnumNames<T>::kNames.size()));
    } else if constexpr (std::is_same_v<T, double>) {
      value = static_cast<double>(static_cast<int64_t>(random_())) / 1e6;
    } else if constexpr (std::is_same_v<T, bool>) {
      value = Chance(50);
    } else {
      value = static_cast<T>(random_() >> Below(64));
    }
  }

  void FillMap(model::TextMap& map) {
    for (uint64_t left = Below(5); left > 0; --left) map.push_back({RandomText(), RandomText()});
    SortByKey(map, &model::TextEntry::key);
  }

  template <class V>
  void FillList(std::vector<V>& list) {
    for (uint64_t left = Below(4); left > 0; --left) FillValue<false>(list.emplace_back());
    if constexpr (KeyedMessage<V>) {
      for (V& entry : list) entry.*MapKey<V>::kKey = RandomText();
      SortByKey(list, MapKey<V>::kKey);
    }
  }

  template <class V>
  static void SortByKey(std::vector<V>& list, Text V::*key) {
    std::ranges::sort(list, {}, key);
    const auto repeated = std::ranges::unique(list, {}, key);
    list.erase(repeated.begin(), repeated.end());
  }

  Text RandomText() {
    static constexpr Text kPieces[] = {"a",
                                       "web",
                                       "product-page",
                                       "\"",
                                       "\\",
                                       "\n",
                                       "\x01",
                                       "ü",
                                       "€",
                                       "𝄞",
                                       "/",
                                       " ",
                                       "0",
                                       std::string_view("\0", 1),
                                       "\x7f"};
    std::string text;
    for (uint64_t left = Below(6); left > 0; --left) text += kPieces[Below(std::size(kPieces))];
    if (Chance(5)) text.append(200, 'x');
    return Keep(std::move(text));
  }

  Text Keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  std::mt19937_64 random_;
  std::deque<std::string> texts_;
};

}  // namespace waymark::codec
