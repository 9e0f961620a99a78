#include "codec/fold_state_detectors.h"

#include <algorithm>

namespace waymark::codec {
namespace {

using detect::DetectorState;
using detect::Match;
using Kind = model::Detector::Kind;

class Reader {
 public:
  Reader(CompactReader& in, const model::JourneyModel& model) : in_(in), model_(model) {}

  bool Read(DetectorState& state) {
    ReadList(state.matches, [&](Match& match) { ReadMatch(match); });
    ReadList(state.turns, [&](DetectorState::Turn& turn) {
      turn.detector = ReadNumber(Kind::kBounce);
      turn.value = in_.Fixed();
      turn.time.ms = in_.Time();
      turn.id.assign(in_.Text());
    });
    ReadList(state.stays, [&](DetectorState::Stay& stay) {
      const uint64_t flags = in_.Unsigned();
      stay.found = (flags & 1) != 0;
      stay.detector = Check(flags >> 1, Kind::kStay);
      stay.since.ms = in_.Time();
    });
    ReadList(state.silences, [&](uint32_t& detector) { detector = ReadNumber(Kind::kSilence); });
    ReadList(state.wide, [&](uint32_t& detector) { detector = ReadNumber(Kind::kNarrowing); });
    return good_ && !in_.failed() && IsSorted(state);
  }

 private:
  // One by one: what is read takes more memory than the least of its bytes.
  template <class T, class F>
  void ReadList(std::vector<T>& list, F read) {
    list.clear();
    for (size_t left = in_.Count(); left > 0 && good_ && !in_.failed(); --left) {
      read(list.emplace_back());
    }
  }

  void ReadMatch(Match& match) {
    match.detector = ReadNumber(Kind::kSequence);
    match.part = static_cast<uint32_t>(in_.Unsigned());
    match.times = static_cast<uint32_t>(in_.Unsigned());
    match.first.ms = in_.Time();
    if (!good_) return;
    const model::Detector& detector = model_.detectors[match.detector];
    const auto parts =
        std::count_if(detector.sequence.begin(), detector.sequence.end(),
                      [](const model::SequencePart& part) { return !part.is_absent; });
    good_ = match.part < static_cast<uint64_t>(parts);
    if (!detector.same.empty()) match.same = in_.Fixed();
    ReadList(match.evidence, [&](std::string& id) { id.assign(in_.Text()); });
  }

  uint32_t ReadNumber(Kind kind) { return Check(in_.Unsigned(), kind); }

  uint32_t Check(uint64_t detector, Kind kind) {
    good_ = good_ && detector < model_.detectors.size() && model_.detectors[detector].kind == kind;
    return static_cast<uint32_t>(detector);
  }

  static bool IsSorted(const DetectorState& state) {
    const auto by_detector = [](const auto& a, const auto& b) { return a.detector < b.detector; };
    return std::is_sorted(state.matches.begin(), state.matches.end(), by_detector) &&
           std::is_sorted(state.turns.begin(), state.turns.end(), by_detector) &&
           std::is_sorted(state.stays.begin(), state.stays.end(), by_detector) &&
           std::is_sorted(state.silences.begin(), state.silences.end()) &&
           std::is_sorted(state.wide.begin(), state.wide.end());
  }

  CompactReader& in_;
  const model::JourneyModel& model_;
  bool good_ = true;
};

}  // namespace

void WriteDetectors(CompactWriter& out, const model::JourneyModel& model,
                    const DetectorState& state) {
  out.Unsigned(state.matches.size());
  for (const Match& match : state.matches) {
    out.Unsigned(match.detector);
    out.Unsigned(match.part);
    out.Unsigned(match.times);
    out.Time(match.first.ms);
    if (!model.detectors[match.detector].same.empty()) out.Fixed(match.same);
    out.Unsigned(match.evidence.size());
    for (const std::string& id : match.evidence) out.Text(id);
  }
  out.Unsigned(state.turns.size());
  for (const DetectorState::Turn& turn : state.turns) {
    out.Unsigned(turn.detector);
    out.Fixed(turn.value);
    out.Time(turn.time.ms);
    out.Text(turn.id);
  }
  out.Unsigned(state.stays.size());
  for (const DetectorState::Stay& stay : state.stays) {
    out.Unsigned(uint64_t{stay.detector} << 1 | (stay.found ? 1 : 0));
    out.Time(stay.since.ms);
  }
  for (const auto* list : {&state.silences, &state.wide}) {
    out.Unsigned(list->size());
    for (const uint32_t detector : *list) out.Unsigned(detector);
  }
}

bool ReadDetectors(CompactReader& in, const model::JourneyModel& model, DetectorState& state) {
  return Reader(in, model).Read(state);
}

}  // namespace waymark::codec
