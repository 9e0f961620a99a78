#include "engine/task_mark.h"

#include <fmt/format.h>

#include <charconv>

namespace waymark::engine {
namespace {

constexpr std::string_view kHeader = "waymark1";

template <class T>
bool ParseNumber(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view TakeWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

void AppendWord(std::string_view name, const std::string& value, std::string& text) {
  const bool is_word = value.find_first_of(" =") == std::string::npos;
  if (!value.empty() && is_word) text.append(" ").append(name).append("=").append(value);
}

bool Assign(TaskMark& mark, std::string_view key, std::string_view value) {
  if (key == "end") return ParseNumber(value, mark.steps_end.value);
  if (key == "format") return ParseNumber(value, mark.format);
  if (key == "published") {
    mark.all_published = true;
    return true;
  }
  if (key == "timelines") {
    mark.has_timelines = value != "0";
    return true;
  }
  if (key == "measures") {
    mark.has_measures = value != "0";
    return true;
  }
  if (key == "beyond") {
    mark.is_end_exact = false;
    return true;
  }
  if (key == "from") return ParseNumber(value, mark.restore_from.value);
  if (key == "horizon") return ParseNumber(value, mark.horizon.ms);
  if (key == "time") return ParseNumber(value, mark.time_max.ms);
  if (key == "revision") return ParseNumber(value, mark.revision.value);
  if (key == "models") return ParseNumber(value, mark.models);
  if (key == "epoch") return ParseNumber(value, mark.epoch);
  if (key == "swept") return ParseNumber(value, mark.swept);
  if (key == "partitions") return ParseNumber(value, mark.partitions);
  if (key == "consumed") return ParseNumber(value, mark.totals.consumed);
  if (key == "steps") return ParseNumber(value, mark.totals.steps);
  if (key == "duplicates") return ParseNumber(value, mark.totals.duplicates);
  if (key == "profiles") return ParseNumber(value, mark.totals.profiles);
  if (key == "late") return ParseNumber(value, mark.totals.late);
  if (key == "derived") return ParseNumber(value, mark.totals.ids_derived);
  if (key == "taken") return ParseNumber(value, mark.input.taken);
  if (key == "refused") return ParseNumber(value, mark.input.refused);
  if (key == "last") return ParseNumber(value, mark.input.last.ms);
  if (key == "producer") {
    mark.producer = value;
    return true;
  }
  if (key == "api") {
    mark.address = value;
    return true;
  }
  if (const auto reason = model::ParseDeadLetterReason(key)) {
    return ParseNumber(value, mark.totals.dead_letters[static_cast<size_t>(*reason)]);
  }
  return true;  // written by a newer version
}

}  // namespace

std::string TaskMark::ToText() const {
  std::string text = fmt::format(
      "{} end={} from={} horizon={} time={} revision={} models={} consumed={} steps={} "
      "duplicates={} profiles={}",
      kHeader, steps_end.value, restore_from.value, horizon.ms, time_max.ms, revision.value, models,
      totals.consumed, totals.steps, totals.duplicates, totals.profiles);
  if (epoch != 0) text += fmt::format(" epoch={}", epoch);
  if (swept != 0) text += fmt::format(" swept={}", swept);
  if (partitions != 0) text += fmt::format(" partitions={}", partitions);
  for (size_t i = 0; i < totals.dead_letters.size(); ++i) {
    if (totals.dead_letters[i] == 0) continue;
    text += fmt::format(" {}={}", model::ToString(static_cast<model::DeadLetterReason>(i)),
                        totals.dead_letters[i]);
  }
  if (format != 1) text += fmt::format(" format={}", format);
  if (all_published) text += " published=1";
  if (!is_end_exact) text += " beyond=1";
  if (!has_timelines) text += " timelines=0";
  if (has_measures) text += " measures=1";
  if (totals.late != 0) text += fmt::format(" late={}", totals.late);
  if (totals.ids_derived != 0) text += fmt::format(" derived={}", totals.ids_derived);
  if (input.taken != 0) {
    text += fmt::format(" taken={} refused={} last={}", input.taken, input.refused, input.last.ms);
  }
  AppendWord("producer", producer, text);
  AppendWord("api", address, text);
  return text;
}

std::optional<TaskMark> TaskMark::Parse(std::string_view text) {
  if (TakeWord(text) != kHeader) return std::nullopt;
  TaskMark mark;
  while (!text.empty()) {
    const std::string_view word = TakeWord(text);
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!Assign(mark, word.substr(0, equals), word.substr(equals + 1))) return std::nullopt;
  }
  return mark;
}

}  // namespace waymark::engine
