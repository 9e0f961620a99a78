#include "api/stream_filter.h"

#include <charconv>
#include <string_view>

#include "api/selection.h"

namespace waymark::api {
namespace {

using serve::ErrorResponse;
using serve::Response;

constexpr int kPerSecondMost = 1000;

// Calls take(name) for each of a list with commas until it says false; the name it did not take.
template <class Take>
std::optional<std::string> EachOf(std::string_view list, Take take) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    if (!take(name)) return std::string(name);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return std::nullopt;
}

std::optional<Response> ReadTypes(const std::string& list, StreamFilter& filter) {
  if (list.empty()) return std::nullopt;
  filter.measures = filter.signals = filter.retractions = false;
  const auto unknown = EachOf(list, [&](std::string_view name) {
    bool* const wanted = name == "measures"     ? &filter.measures
                         : name == "signal"     ? &filter.signals
                         : name == "retraction" ? &filter.retractions
                                                : nullptr;
    if (wanted != nullptr) *wanted = true;
    return wanted != nullptr;
  });
  if (!unknown) return std::nullopt;
  return ErrorResponse(400, "there are no events of type " + *unknown,
                       "types is a list of measures, signal and retraction");
}

std::optional<Response> ReadKinds(const std::string& list, StreamFilter& filter) {
  if (list.empty()) return std::nullopt;
  filter.kinds = 0;
  const auto unknown = EachOf(list, [&](std::string_view name) {
    const auto kind = model::ParseSignalKind(name);
    if (kind) filter.kinds |= uint64_t{1} << static_cast<int>(*kind);
    return kind.has_value();
  });
  if (!unknown) return std::nullopt;
  return ErrorResponse(400, "there is no kind of signal " + *unknown,
                       "kind is a list such as STAGE_ENTERED,ABANDONED");
}

}  // namespace

bool StreamFilter::Wants(const model::Signal& signal) const {
  if (!(signal.retracted ? retractions : signals)) return false;
  if (!model.empty() && signal.model != model) return false;
  if (!family.empty() && signal.family != family) return false;
  if (!profile.empty() && signal.profile_id != profile) return false;
  const auto kind = static_cast<unsigned>(signal.kind);
  return kind >= 64 || ((kinds >> kind) & 1) != 0;
}

std::optional<Response> ReadFilter(const serve::Request& request, StreamFilter& filter) {
  if (auto refused = RefuseUnknown(request, {"types", "model", "family", "profile", "kind",
                                             "per_second", "last_event_id"})) {
    return refused;
  }
  if (auto refused = ReadTypes(Parameter(request, "types").value_or(""), filter)) return refused;
  if (auto refused = ReadKinds(Parameter(request, "kind").value_or(""), filter)) return refused;
  filter.model = Parameter(request, "model").value_or("");
  filter.family = Parameter(request, "family").value_or("");
  filter.profile = Parameter(request, "profile").value_or("");
  const std::string most = Parameter(request, "per_second").value_or("");
  if (most.empty()) return std::nullopt;
  const char* const end = most.data() + most.size();
  const auto parsed = std::from_chars(most.data(), end, filter.per_second);
  if (parsed.ec == std::errc() && parsed.ptr == end && filter.per_second >= 1 &&
      filter.per_second <= kPerSecondMost) {
    return std::nullopt;
  }
  return ErrorResponse(400, "per_second is no number from 1 to 1000: " + most,
                       "leave it out for all signals");
}

}  // namespace waymark::api
