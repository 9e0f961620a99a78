#include "detect/detectors.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace waymark::detect {
namespace {

using base::Timestamp;

// The part of a list sorted by detector that belongs to one.
template <class List>
auto RangeOf(List& list, uint32_t detector) {
  const auto begin = std::lower_bound(list.begin(), list.end(), detector,
                                      [](const auto& a, uint32_t d) { return a.detector < d; });
  const auto end = std::upper_bound(begin, list.end(), detector,
                                    [](uint32_t d, const auto& a) { return d < a.detector; });
  return std::pair(begin, end);
}

bool IsIn(const std::vector<uint32_t>& sorted, uint32_t detector) {
  return std::binary_search(sorted.begin(), sorted.end(), detector);
}

void Insert(std::vector<uint32_t>& sorted, uint32_t detector) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), detector);
  if (at == sorted.end() || *at != detector) sorted.insert(at, detector);
}

}  // namespace

Detectors::Detectors(const std::vector<model::Detector>& detectors, const Names& names) {
  std::vector<Predicate> starts;
  silences_by_stage_.resize(names.stages.size());
  stays_by_stage_.resize(names.stages.size());
  for (const model::Detector& source : detectors) {
    const auto detector = static_cast<uint32_t>(kinds_.size());
    kinds_.push_back(source.kind);
    durations_.push_back(source.duration);
    whens_.emplace_back(source.when, names);
    places_.push_back(0);
    const auto place = [&](const auto& list) {
      places_.back() = static_cast<uint32_t>(list.size());
    };
    switch (source.kind) {
      case Kind::kInteraction: starts.push_back(whens_.back()); break;
      case Kind::kSequence:
        place(sequences_);
        sequences_.emplace_back(source, detector, names);
        starts.push_back(sequences_.back().first());
        break;
      case Kind::kBounce:
        place(bounces_);
        bounces_.push_back({source.between, source.times, source.within});
        starts.emplace_back();
        break;
      case Kind::kNarrowing:
        place(narrowings_);
        narrowings_.push_back({static_cast<size_t>(source.from), static_cast<size_t>(source.to)});
        starts.emplace_back();
        break;
      case Kind::kSilence:
      case Kind::kStay: AddTimed(source, detector, names); continue;
    }
    starters_.push_back(detector);
  }
  index_ = RuleIndex(starts);
  const auto by_duration = [](const Timed& a, const Timed& b) { return a.duration < b.duration; };
  std::stable_sort(silences_.begin(), silences_.end(), by_duration);
  for (auto& list : silences_by_stage_) std::stable_sort(list.begin(), list.end(), by_duration);
}

void Detectors::AddTimed(const model::Detector& source, uint32_t detector, const Names& names) {
  const bool is_silence = source.kind == Kind::kSilence;
  if (source.in.empty()) {
    WAYMARK_CHECK(is_silence, "a stay names where");
    silences_.push_back({source.duration, detector, -1});
  }
  for (const model::StagePart& part : source.in) {
    for (size_t stage = 0; stage < names.stages.size(); ++stage) {
      if (names.stages[stage].name != part.stage) continue;
      Timed timed{source.duration, detector, -1};
      const auto& stations = names.stages[stage].stations;
      for (size_t s = 0; s < stations.size(); ++s) {
        if (stations[s].name == part.station) timed.station = static_cast<int32_t>(s);
      }
      (is_silence ? silences_by_stage_ : stays_by_stage_)[stage].push_back(timed);
    }
  }
}

void Detectors::Take(Facts facts, const RuleKey& key, DetectorState& state,
                     std::vector<Finding>& findings, std::vector<uint32_t>& detected) const {
  state.silences.clear();
  JourneyFacts journey = *facts.journey;
  facts.journey = &journey;
  int64_t asked = -1;
  const auto ask = [&](uint32_t detector) {
    asked = detector;
    Evidence evidence = Ask(detector, facts, state);
    if (!evidence) return;
    findings.push_back({detector, std::move(*evidence)});
    detected.push_back(detector);
    journey.detected = detected;
  };
  // Those under way are asked whatever the interaction is.
  const auto ask_under_way = [&](int64_t limit) {
    for (;;) {
      const auto next = std::upper_bound(
          state.matches.begin(), state.matches.end(), asked,
          [](int64_t last, const Match& match) { return last < int64_t{match.detector}; });
      if (next == state.matches.end() || int64_t{next->detector} >= limit) return;
      ask(next->detector);
    }
  };
  index_.ForEachCandidate(key, [&](uint32_t starter) {
    ask_under_way(starters_[starter]);
    ask(starters_[starter]);
    return false;
  });
  ask_under_way(static_cast<int64_t>(kinds_.size()));
}

Detectors::Evidence Detectors::Ask(uint32_t detector, const Facts& facts,
                                   DetectorState& state) const {
  switch (kinds_[detector]) {
    case Kind::kInteraction:
      if (!whens_[detector].Holds(facts)) return std::nullopt;
      return std::vector<std::string>{std::string(facts.interaction->id)};
    case Kind::kSequence: return AskSequence(detector, facts, state);
    case Kind::kBounce: return AskBounce(detector, facts, state);
    case Kind::kNarrowing: return AskNarrowing(detector, facts, state);
    default: WAYMARK_CHECK(false, "time sets off the others");
  }
}

Detectors::Evidence Detectors::AskSequence(uint32_t detector, const Facts& facts,
                                           DetectorState& state) const {
  const auto [begin, end] = RangeOf(state.matches, detector);
  std::vector<Match> own(std::make_move_iterator(begin), std::make_move_iterator(end));
  const auto at = state.matches.erase(begin, end);
  Evidence evidence = SequenceOf(detector).Take(facts, own);
  state.matches.insert(at, std::make_move_iterator(own.begin()),
                       std::make_move_iterator(own.end()));
  return evidence;
}

// A return is a change back to the value before the last one.
Detectors::Evidence Detectors::AskBounce(uint32_t detector, const Facts& facts,
                                         DetectorState& state) const {
  const Bounce& bounce = bounces_[places_[detector]];
  const model::Text text = TextOf(bounce.between, facts);
  if (text.empty()) return std::nullopt;
  const uint64_t value = base::Hash64(text);
  auto [begin, end] = RangeOf(state.turns, detector);
  if (begin != end && std::prev(end)->value == value) return std::nullopt;
  // What comes third and is no return, or not in time, begins anew with the change to it.
  const size_t known = static_cast<size_t>(end - begin);
  const bool returns = known < 2 || std::prev(end, 2)->value == value;
  if (!returns) begin = state.turns.erase(begin, std::prev(end));
  end = RangeOf(state.turns, detector).second;
  while (begin != end && bounce.within && facts.now - begin->time >= *bounce.within) {
    begin = state.turns.erase(begin);
    --end;
  }
  const auto at = state.turns.insert(
      end, {detector, value, facts.now, std::string(facts.interaction->id)});
  begin = RangeOf(state.turns, detector).first;
  if (at - begin < bounce.times + 1) return std::nullopt;
  std::vector<std::string> evidence;
  for (auto turn = begin; turn <= at; ++turn) evidence.push_back(std::move(turn->id));
  state.turns.erase(begin, at + 1);
  return evidence;
}

Detectors::Evidence Detectors::AskNarrowing(uint32_t detector, const Facts& facts,
                                            DetectorState& state) const {
  const Narrowing& narrowing = narrowings_[places_[detector]];
  const size_t size = facts.journey->relevant;
  if (size >= narrowing.from) {
    Insert(state.wide, detector);
    return std::nullopt;
  }
  if (size > narrowing.to || !IsIn(state.wide, detector)) return std::nullopt;
  std::erase(state.wide, detector);
  return std::vector<std::string>{std::string(facts.interaction->id)};
}

void Detectors::Place(const Position& position, Timestamp time, DetectorState& state) const {
  std::span<const Timed> here;
  if (position.stage >= 0 && !stays_by_stage_.empty()) {
    here = stays_by_stage_[static_cast<size_t>(position.stage)];
  }
  if (here.empty() && state.stays.empty()) return;
  std::vector<DetectorState::Stay> stays;
  for (const Timed& timed : here) {
    if (!IsAt(timed, position)) continue;
    if (!stays.empty() && stays.back().detector == timed.detector) continue;
    const auto [begin, end] = RangeOf(state.stays, timed.detector);
    stays.push_back(begin == end ? DetectorState::Stay{timed.detector, time, false} : *begin);
  }
  state.stays = std::move(stays);
}

template <class Visit>
void Detectors::ForEachSilence(const DetectorState& state, const Position& position,
                               Visit visit) const {
  const auto visit_list = [&](const std::vector<Timed>& list) {
    for (const Timed& timed : list) {
      if (!IsAt(timed, position) || IsIn(state.silences, timed.detector)) continue;
      if (visit(timed)) return;
    }
  };
  visit_list(silences_);
  if (position.stage >= 0 && !silences_by_stage_.empty()) {
    visit_list(silences_by_stage_[static_cast<size_t>(position.stage)]);
  }
}

Timestamp Detectors::NextDue(const DetectorState& state, const Position& position) const {
  Timestamp due = Timestamp::max();
  ForEachSilence(state, position, [&](const Timed& timed) {
    due = std::min(due, position.last_activity + timed.duration);
    return true;
  });
  for (const DetectorState::Stay& stay : state.stays) due = std::min(due, StayDue(stay));
  for (const Match& match : state.matches) {
    due = std::min(due, SequenceOf(match.detector).Due(match));
  }
  return due;
}

std::optional<Finding> Detectors::Fire(Timestamp due, const Facts& facts, const Position& position,
                                       model::Text last_id, DetectorState& state) const {
  auto first = static_cast<uint32_t>(kinds_.size());
  ForEachSilence(state, position, [&](const Timed& timed) {
    if (position.last_activity + timed.duration == due) first = std::min(first, timed.detector);
    return position.last_activity + timed.duration > due;
  });
  DetectorState::Stay* found_stay = nullptr;
  for (DetectorState::Stay& stay : state.stays) {
    if (StayDue(stay) != due || stay.detector >= first) continue;
    first = stay.detector;
    found_stay = &stay;
  }
  for (size_t i = 0; i < state.matches.size(); ++i) {
    const uint32_t detector = state.matches[i].detector;
    if (detector >= first || SequenceOf(detector).Due(state.matches[i]) != due) continue;
    const auto [begin, end] = RangeOf(state.matches, detector);
    std::vector<Match> own(std::make_move_iterator(begin), std::make_move_iterator(end));
    const size_t found = i - static_cast<size_t>(begin - state.matches.begin());
    const auto at = state.matches.erase(begin, end);
    Finding finding{detector, SequenceOf(detector).End(own, found)};
    state.matches.insert(at, std::make_move_iterator(own.begin()),
                         std::make_move_iterator(own.end()));
    return finding;
  }
  WAYMARK_CHECK(first < kinds_.size(), "a detector that is due has something to find");
  if (found_stay != nullptr && found_stay->detector == first) {
    found_stay->found = true;
  } else {
    Insert(state.silences, first);
  }
  if (!whens_[first].Holds(facts)) return std::nullopt;
  return Finding{first, {std::string(last_id)}};
}

}  // namespace waymark::detect
