#include "engine/measuring.h"

#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace waymark::engine {
namespace {

using base::Timestamp;
using journey::Audience;
using measure::Bounded;
using measure::Cell;
using measure::CellKey;
using measure::CellKind;
using measure::Slot;
using model::SignalKind;
using model::Text;

// "@completed", the end of a flow.
Text EndOf(model::JourneyStatus status) {
  switch (status) {
    case model::JourneyStatus::kCompleted: return "@completed";
    case model::JourneyStatus::kAbandoned: return "@abandoned";
    case model::JourneyStatus::kSwitched: return "@switched";
    case model::JourneyStatus::kExpired: return "@expired";
    case model::JourneyStatus::kRestarted: return "@restarted";
    case model::JourneyStatus::kUnspecified:
    case model::JourneyStatus::kOpen: break;
  }
  return "@open";
}

Text StageName(const journey::CompiledModel& model, int32_t stage) {
  return stage < 0 ? Text() : Text(model.definition.stages[static_cast<size_t>(stage)].name);
}

CellKey KeyOf(CellKind kind, Timestamp time, const Audience& audience) {
  return {.kind = kind,
          .day = measure::DayOf(time),
          .persona = Bounded(audience.persona),
          .target_group = Bounded(audience.target_group)};
}

CellKey KeyOf(CellKind kind, Timestamp time, const Audience& audience,
              const journey::CompiledModel* model) {
  CellKey key = KeyOf(kind, time, audience);
  if (model == nullptr) return key;
  key.family = model->definition.family;
  key.model = model->definition.name;
  key.model_version = model->definition.version;
  return key;
}

// Adds up the parts of one application.
template <class Cells>
class Measuring {
 public:
  Measuring(const journey::Effects& effects, int sign, Cells& cells)
      : effects_(effects), sign_(sign), cells_(cells) {}

  void AddContact(const model::Interaction& i, const Audience& audience) {
    if (i.kind == model::Kind::kMysteryCheck || i.kind == model::Kind::kObservedWalk) {
      return AddProbe(i, audience);
    }
    const Slot who = i.kind == model::Kind::kStaff    ? Slot::kStaff
                     : i.kind == model::Kind::kSystem ? Slot::kSystem
                                                      : Slot::kCount;
    for (const model::Placement& at : effects_.placements) {
      CellKey key = KeyOf(CellKind::kContact, i.timestamp(), audience);
      key.family = at.family;
      key.model = at.model;
      key.model_version = at.model_version;
      key.parts = {at.stage, at.station, Bounded(i.touchpoint), Bounded(i.channel)};
      Add(key, who);
      key.kind = CellKind::kWork;
      key.parts = {at.stage, Bounded(at.department), Bounded(i.source.system),
                   Bounded(i.source.process)};
      Add(key, who);
    }
  }

  void AddScore(const journey::Score& score, const Audience& audience) {
    CellKey key = KeyOf(CellKind::kContact, score.time, audience, score.model);
    if (score.model != nullptr) key.parts[0] = StageName(*score.model, score.stage);
    key.parts[2] = Bounded(score.touchpoint);
    key.parts[3] = Bounded(score.channel);
    AddAnswers(key, score.satisfaction, score.nps, score.emotion, score.need_fulfilment);
  }

  void AddEntry(const journey::StageEntry& entry, const Audience& audience) {
    CellKey key = KeyOf(CellKind::kStage, entry.time, audience, entry.model);
    key.parts[0] = StageName(*entry.model, entry.stage);
    Add(key, {{Slot::kEntered, 1}, {Slot::kReentered, entry.is_first ? 0 : 1}});
    key.kind = CellKind::kPair;
    key.parts[1] = key.parts[0];
    for (const journey::StageEntry::Earlier& earlier : entry.earlier) {
      key.parts[0] = StageName(*entry.model, earlier.stage);
      AddDuration(key, earlier.ago.count());
    }
  }

  void AddStay(const journey::StationStay& stay, const Audience& audience) {
    CellKey key = KeyOf(CellKind::kStage, stay.time, audience, stay.model);
    const model::Stage& stage = stay.model->definition.stages[static_cast<size_t>(stay.stage)];
    key.parts[0] = stage.name;
    key.parts[1] = stage.stations[static_cast<size_t>(stay.station)].name;
    AddDuration(key, stay.stay.count());
  }

  void AddEnd(const journey::RunEnd& end, const Audience& audience) {
    const Slot how = measure::SlotOf(Slot::kEnded, static_cast<int32_t>(end.status));
    CellKey key = KeyOf(CellKind::kJourney, end.time, audience, end.model);
    const int64_t ms = (end.time - end.started).count();
    Add(key, {{how, 1},
              {Slot::kSum, ms},
              {measure::HistogramSlot(ms), 1},
              {Slot::kInteractions, end.interactions},
              {Slot::kValueMicros, end.value_micros.value_or(0)},
              {Slot::kSpread, end.channel_spread.value_or(0)},
              {Slot::kSpreadJourneys, end.channel_spread ? 1 : 0}});
    key.kind = CellKind::kFlow;
    key.parts = {StageName(*end.model, end.stage), EndOf(end.status)};
    Add(key, Slot::kCount);
    key.kind = CellKind::kExit;
    key.parts = {StageName(*end.model, end.stage), Bounded(end.last_touchpoint)};
    Add(key, how);
    key.kind = CellKind::kInfluence;
    key.parts = {Text(), StageName(*end.model, end.farthest)};
    Add(key, how);
    for (const Text touchpoint : end.touchpoints) {
      key.parts[0] = Bounded(touchpoint);
      Add(key, how);
    }
    AddPath(key, end, how);
  }

  void AddSignal(const model::Signal& signal, const Audience& audience) {
    CellKey key = KeyOf(CellKind::kSignal, Timestamp{signal.time}, audience);
    key.family = signal.family;
    key.model = signal.model;
    key.model_version = signal.model_version;
    key.parts[0] = signal.stage;
    switch (signal.kind) {
      case SignalKind::kStageEntered:
        key.kind = CellKind::kFlow;
        key.parts = {signal.previous_stage, signal.stage};
        return Add(key, Slot::kCount);
      case SignalKind::kStageLeft:
        key.kind = CellKind::kStage;
        return AddDuration(key, signal.stage_duration_ms.value_or(0), Slot::kLeft);
      case SignalKind::kTargetMissed:
        key.kind = CellKind::kStage;
        return Add(key, Slot::kMissed);
      case SignalKind::kJourneyStarted:
        key.kind = CellKind::kJourney;
        key.parts = {};
        return Add(key, Slot::kStarted);
      case SignalKind::kHandover:
        key.kind = CellKind::kHandover;
        key.parts = {Bounded(signal.previous_department), Bounded(signal.department),
                     signal.stage};
        return AddDuration(key, signal.waiting_ms.value_or(0));
      default: break;
    }
    if (signal.kind == SignalKind::kReactivated && signal.detector == "reopen") {
      CellKey journey = key;
      journey.kind = CellKind::kJourney;
      journey.parts = {};
      Add(journey, Slot::kReopened);
    }
    if (signal.temporal_deviation) {
      CellKey pair = key;
      pair.kind = CellKind::kPair;
      pair.parts = {signal.temporal_deviation->from, signal.stage};
      Add(pair, Slot::kUnusual);
    }
    key.parts = {model::ToString(signal.kind), Bounded(signal.name), signal.stage};
    Add(key, Slot::kCount);
  }

 private:
  void Add(const CellKey& key, Slot slot) { cells_.Add(key, slot, sign_); }

  // Of any size: taken back they are the same modulo 2^64.
  void Add(const CellKey& key, std::initializer_list<Cell::Entry> amounts) {
    if (sign_ > 0) return cells_.Add(key, {amounts.begin(), amounts.size()});
    std::vector<Cell::Entry> taken(amounts);
    for (Cell::Entry& entry : taken) {
      entry.value = static_cast<int64_t>(0 - static_cast<uint64_t>(entry.value));
    }
    cells_.Add(key, taken);
  }

  // `also` counts 1 beside it.
  void AddDuration(const CellKey& key, int64_t ms, std::optional<Slot> also = std::nullopt) {
    Add(key, {{Slot::kSum, ms},
              {measure::HistogramSlot(ms), 1},
              {also.value_or(Slot::kCount), also ? 1 : 0}});
  }

  void AddAnswers(const CellKey& key, std::optional<int32_t> satisfaction,
                  std::optional<int32_t> nps, std::optional<int32_t> emotion,
                  std::optional<int32_t> need_fulfilment) {
    if (!satisfaction && !nps && !emotion && !need_fulfilment) return;
    const auto answer = [](Slot first, std::optional<int32_t> given) {
      return Cell::Entry{measure::SlotOf(first, given.value_or(0)), given ? 1 : 0};
    };
    Add(key, {answer(Slot::kSatisfaction, satisfaction), answer(Slot::kNps, nps),
              answer(Slot::kEmotion, emotion ? std::optional(2 + *emotion) : std::nullopt),
              answer(Slot::kNeedFulfilment, need_fulfilment)});
  }

  void AddProbe(const model::Interaction& i, const Audience& audience) {
    CellKey key = KeyOf(CellKind::kProbe, i.timestamp(), audience);
    const bool is_check = i.kind == model::Kind::kMysteryCheck;
    key.parts = {is_check ? "MYSTERY_CHECK" : "OBSERVED_WALK", Bounded(i.check_type),
                 Bounded(i.touchpoint), Bounded(i.channel)};
    Add(key, Slot::kCount);
    if (!i.rating) return;
    AddAnswers(key, i.rating->satisfaction, i.rating->nps, i.rating->emotion,
               i.rating->need_fulfilment);
  }

  void AddPath(CellKey& key, const journey::RunEnd& end, Slot how) {
    std::string path;
    for (const int32_t stage : end.path) {
      if (!path.empty()) path += measure::kPathArrow;
      path += StageName(*end.model, stage);
    }
    if (end.is_path_cut) path.append(measure::kPathArrow).append("…");
    key.kind = CellKind::kPath;
    key.parts = {path};
    Add(key, how);
  }

  const journey::Effects& effects_;
  const int sign_;
  Cells& cells_;
};

}  // namespace

template <class Cells>
void Measure(const journey::State& state, const model::Interaction* interaction,
             const journey::Effects& effects, int sign, Cells& cells) {
  Measuring<Cells> measuring(effects, sign, cells);
  const Audience now = interaction != nullptr
                           ? Audience{effects.persona, effects.target_group}
                           : Audience{AttributeOf(state, journey::kPersonaAttribute),
                                      AttributeOf(state, journey::kTargetGroupAttribute)};
  const journey::Effects::Fired& fired = effects.fired;
  // What timers brought before the interaction belongs to whom the customer was until then.
  const auto each = [&](const auto& list, size_t before, auto add) {
    for (size_t i = 0; i < list.size(); ++i) add(list[i], i < before ? fired.audience : now);
  };
  if (interaction != nullptr) measuring.AddContact(*interaction, now);
  each(effects.scores, fired.scores,
       [&](const auto& score, const Audience& who) { measuring.AddScore(score, who); });
  each(effects.entries, fired.entries,
       [&](const auto& entry, const Audience& who) { measuring.AddEntry(entry, who); });
  each(effects.stays, fired.stays,
       [&](const auto& stay, const Audience& who) { measuring.AddStay(stay, who); });
  each(effects.ends, fired.ends,
       [&](const auto& end, const Audience& who) { measuring.AddEnd(end, who); });
  each(effects.signals, fired.signals,
       [&](const auto& signal, const Audience& who) { measuring.AddSignal(signal, who); });
}

template void Measure(const journey::State&, const model::Interaction*, const journey::Effects&,
                      int, measure::Delta&);
template void Measure(const journey::State&, const model::Interaction*, const journey::Effects&,
                      int, measure::CellTable&);

}  // namespace waymark::engine
