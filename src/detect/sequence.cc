#include "detect/sequence.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace waymark::detect {
namespace {

using Follows = model::SequencePart::Follows;

bool AnyHolds(const std::vector<Predicate>& predicates, const Facts& facts) {
  return std::any_of(predicates.begin(), predicates.end(),
                     [&](const Predicate& predicate) { return predicate.Holds(facts); });
}

}  // namespace

Sequence::Sequence(const model::Detector& detector, uint32_t number, const Names& names)
    : number_(number),
      within_(detector.within),
      same_(detector.same),
      overlapping_(detector.overlapping) {
  for (const model::SequencePart& source : detector.sequence) {
    Predicate predicate(source.when, names);
    if (source.is_absent) {
      absent_.push_back(std::move(predicate));
      continue;
    }
    Part& part = parts_.emplace_back();
    part.when = std::move(predicate);
    part.times_min = static_cast<uint32_t>(source.times_min);
    part.times_max = static_cast<uint32_t>(source.times_max);
    part.follows = source.follows;
    part.absent = std::exchange(absent_, {});
  }
}

bool Sequence::HasEnded(const Match& match) const {
  return match.part + 1 == parts_.size() && match.times >= parts_.back().times_min;
}

base::Timestamp Sequence::Due(const Match& match) const {
  return IsWaiting(match) ? match.first + *within_ : base::Timestamp::max();
}

// Nothing where one of the fields is absent: such an interaction belongs to no match.
std::optional<uint64_t> Sequence::SameOf(const Facts& facts) const {
  uint64_t hash = 0;
  for (const model::FieldRef& field : same_) {
    const model::Text text = TextOf(field, facts);
    if (text.empty()) return std::nullopt;
    hash = base::Hash64(text, hash);
  }
  return hash;
}

void Sequence::Record(const Facts& facts, Match& match) {
  if (match.evidence.size() >= kEvidenceMax) {
    match.evidence.erase(match.evidence.begin() + kEvidenceMax / 2);
  }
  match.evidence.emplace_back(facts.interaction->id);
}

// The interaction is what must not come now, or stands where something had to follow directly.
bool Sequence::IsBroken(const Facts& facts, const Match& match) const {
  if (IsWaiting(match)) return AnyHolds(absent_, facts);
  if (match.times < parts_[match.part].times_min) {
    return parts_[match.part].follows == Follows::kDirectly;
  }
  for (size_t next = match.part + 1; next < parts_.size(); ++next) {
    if (AnyHolds(parts_[next].absent, facts)) return true;
    if (parts_[next].times_min != 0) return parts_[next].follows == Follows::kDirectly;
  }
  return false;
}

Sequence::Step Sequence::Advance(const Facts& facts, Match& match) const {
  if (within_ && facts.now - match.first >= *within_) {
    return IsWaiting(match) ? Step::kPassed : Step::kDead;
  }
  if (!HasEnded(match)) {
    const bool may_go_on = match.times >= parts_[match.part].times_min;
    for (size_t next = match.part + 1; may_go_on && next < parts_.size(); ++next) {
      if (parts_[next].when.Holds(facts)) {
        match.part = static_cast<uint32_t>(next);
        match.times = 1;
        Record(facts, match);
        return parts_[next].follows == Follows::kAny ? Step::kTakenAndPassed : Step::kTaken;
      }
      if (parts_[next].times_min != 0) break;
    }
    const Part& part = parts_[match.part];
    if (match.times < part.times_max && part.when.Holds(facts)) {
      ++match.times;
      Record(facts, match);
      return part.follows == Follows::kAny ? Step::kTakenAndPassed : Step::kTaken;
    }
  }
  return IsBroken(facts, match) ? Step::kDead : Step::kPassed;
}

// Where all places are taken, one in the middle gives way: the oldest ones have come furthest, the
// newest ones have most time left. What waits for an absence stays.
void Sequence::Begin(const Facts& facts, uint64_t same, std::vector<Match>& matches) const {
  const auto waits = [&](const Match& match) { return IsWaiting(match); };
  Match match;
  match.detector = number_;
  match.times = 1;
  match.first = facts.now;
  match.same = same;
  if (IsWaiting(match) && !overlapping_) {
    // The first that waits is the one that counts.
    const auto other = [&](const Match& m) { return m.same == same && waits(m); };
    if (std::any_of(matches.begin(), matches.end(), other)) return;
  }
  if (matches.size() >= kMatchesMax) {
    const auto middle = matches.begin() + kMatchesMax / 2;
    const auto weakest = std::find_if_not(middle, matches.end(), waits);
    if (weakest == matches.end()) return;
    matches.erase(weakest);
  }
  Record(facts, match);
  matches.push_back(std::move(match));
}

std::optional<std::vector<std::string>> Sequence::Take(const Facts& facts,
                                                       std::vector<Match>& matches) const {
  const std::optional<uint64_t> same = SameOf(facts);
  std::optional<std::vector<std::string>> evidence;
  const auto is_found = [&](const Match& match) { return absent_.empty() && HasEnded(match); };
  for (size_t i = 0; i < matches.size();) {
    if (same && matches[i].same != *same) {
      ++i;
      continue;
    }
    Match before = matches[i];
    const Step step = same ? Advance(facts, matches[i]) : Step::kPassed;
    if (step == Step::kDead) {
      matches.erase(matches.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    if (is_found(matches[i])) {
      evidence = End(matches, i);
      if (!overlapping_) return evidence;
      continue;
    }
    if (step == Step::kTakenAndPassed && matches.size() < kMatchesMax) {
      matches.insert(matches.begin() + static_cast<std::ptrdiff_t>(i), std::move(before));
      ++i;
    }
    ++i;
  }
  if (!same || !first().Holds(facts)) return evidence;
  Begin(facts, *same, matches);
  if (!matches.empty() && is_found(matches.back())) evidence = End(matches, matches.size() - 1);
  return evidence;
}

std::vector<std::string> Sequence::End(std::vector<Match>& matches, size_t found) const {
  std::vector<std::string> evidence = std::move(matches[found].evidence);
  const uint64_t same = matches[found].same;
  const base::Timestamp first = matches[found].first;
  matches.erase(matches.begin() + static_cast<std::ptrdiff_t>(found));
  std::erase_if(matches, [&](const Match& match) {
    if (match.same != same) return false;
    // Of overlapping ones those go that would say the very same.
    return !overlapping_ || (match.first == first && match.evidence == evidence);
  });
  return evidence;
}

}  // namespace waymark::detect
