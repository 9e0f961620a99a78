#include <algorithm>
#include <utility>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using model::Text;
using By = RatingState::By;

// What a rating says it is about.
struct FoldStep::Reference {
  By by = By::kId;
  uint32_t hash = 0;  // of the id or order
  Timestamp time;
  Text touchpoint;

  bool Names(const RatingState::Step& step, Text step_touchpoint, base::Millis tolerance) const;
};

struct FoldStep::Match {
  const RatingState::Step* step = nullptr;
  Places places;
};

namespace {

uint32_t HashOfId(Text source_system, Text id) {
  return static_cast<uint32_t>(RowHash(source_system, id));
}

// Never 0, which stands for none.
uint32_t HashOfOrder(Text order) {
  return order.empty() ? 0 : std::max(static_cast<uint32_t>(base::Hash64(order)), 1U);
}

// Of any two times, also those that a reference makes up.
uint64_t Distance(Timestamp a, Timestamp b) {
  const auto [earlier, later] = std::minmax(a.ms, b.ms);
  return static_cast<uint64_t>(later) - static_cast<uint64_t>(earlier);
}

model::Rating RatingOf(const RatingState::Waiting& waiting) {
  return {waiting.satisfaction, waiting.nps, waiting.emotion, waiting.need_fulfilment, {}};
}

}  // namespace

bool FoldStep::Reference::Names(const RatingState::Step& step, Text step_touchpoint,
                                base::Millis tolerance) const {
  switch (by) {
    case By::kId: return step.id == hash;
    case By::kOrder: return step.order == hash;
    case By::kTouchpoint: break;
  }
  return touchpoint == step_touchpoint &&
         Distance(step.time, time) <= static_cast<uint64_t>(tolerance.count());
}

void FoldStep::NotePlace(uint32_t family, const Run& run) {
  if (run.stage < 0) return;
  effects_.places.push_back({family, run.id.low, run.stage});
}

void FoldStep::Rate() {
  const model::Interaction& i = *interaction_;
  const Places places = effects_.places;
  RatingState::Step step;
  const bool resolves = fold_.settings().resolves_references;
  if (resolves) {
    step.time = now_;
    step.id = HashOfId(i.source.system, i.id);
    step.order = HashOfOrder(i.Attribute(kOrderAttribute));
    step.places = static_cast<uint32_t>(places.size());
    step.touchpoint = TouchpointOf(i.touchpoint);
    if (keeps_measures() && step.touchpoint != 0) {
      state_.ratings.touchpoints[step.touchpoint - 1].channel.assign(i.channel);
    }
    AnswerWaiting(step, places);
  }
  // Only customers' ratings count in what customers think.
  if (i.rating && i.IsCustomer()) {
    const bool about_another = i.refers_to && *i.refers_to != model::RefersTo();
    if (resolves && about_another) {
      RateAnother();
    } else {
      AddScore(*i.rating, {step.touchpoint, places, i.touchpoint, i.channel});
    }
  }
  if (resolves) Remember(step, places);
}

// Ratings that lie before the step that they are about.
void FoldStep::AnswerWaiting(const RatingState::Step& step, Places places) {
  std::vector<RatingState::Waiting>& waiting = state_.ratings.waiting;
  std::erase_if(waiting, [&](const RatingState::Waiting& rating) {
    const Reference reference{rating.by, rating.hash, rating.time, rating.touchpoint};
    if (!reference.Names(step, interaction_->touchpoint, fold_.settings().session_gap)) {
      return false;
    }
    ++state_.ratings.resolved;
    AddScore(RatingOf(rating),
             {step.touchpoint, places, interaction_->touchpoint, interaction_->channel});
    effects_.ratings.push_back({effects_.arena.Copy(rating.source_system),
                                effects_.arena.Copy(rating.id), RatingOf(rating)});
    return true;
  });
}

void FoldStep::RateAnother() {
  const model::RefersTo& to = *interaction_->refers_to;
  Reference reference;
  reference.touchpoint = to.touchpoint.empty() ? interaction_->touchpoint : to.touchpoint;
  if (!to.id.empty()) {
    const Text system = to.source_system.empty() ? interaction_->source.system : to.source_system;
    reference.hash = HashOfId(system, to.id);
  } else if (!to.touchpoint.empty() && to.time) {
    reference.by = By::kTouchpoint;
    reference.time = Timestamp{*to.time};
  } else if (!to.order.empty()) {
    reference.by = By::kOrder;
    reference.hash = HashOfOrder(to.order);
  } else {
    CountAlone(reference.touchpoint, *interaction_->rating);
    return;
  }
  const auto match = FindRated(reference);
  if (!match) {
    WaitFor(reference);
    return;
  }
  ++state_.ratings.resolved;
  AddScore(*interaction_->rating, {match->step->touchpoint, match->places, {}, {}});
  model::RatedStep& rated = effects_.rated.emplace();
  rated.time = match->step->time.ms;
  if (match->step->touchpoint != 0) {
    rated.touchpoint =
        effects_.arena.Copy(state_.ratings.touchpoints[match->step->touchpoint - 1].name);
  }
  for (const RatingState::Place& place : match->places) {
    const Run* const run = FindRun(place);
    if (run == nullptr) continue;
    const model::JourneyModel& model = run->model->definition;
    model::Placement& placement = rated.placements.emplace_back();
    placement.family = model.family;
    placement.model = model.name;
    placement.model_version = model.version;
    placement.journey_id = IdText(run->id);
    placement.stage = model.stages[static_cast<size_t>(place.stage)].name;
  }
}

// Of an order it is the first step, which is the order itself; of the steps at a touchpoint the one
// nearest in time, the earlier of two.
std::optional<FoldStep::Match> FoldStep::FindRated(const Reference& reference) const {
  const RatingState& ratings = state_.ratings;
  std::optional<Match> best;
  size_t place = 0;
  for (const RatingState::Step& step : ratings.steps) {
    const Places places = Places(ratings.places).subspan(place, step.places);
    place += step.places;
    const Text touchpoint = step.touchpoint == 0
                                ? Text()
                                : Text(ratings.touchpoints[step.touchpoint - 1].name);
    if (!reference.Names(step, touchpoint, fold_.settings().session_gap)) continue;
    if (reference.by != By::kTouchpoint) return Match{&step, places};
    if (best && Distance(best->step->time, reference.time) <=
                    Distance(step.time, reference.time)) {
      continue;
    }
    best = Match{&step, places};
  }
  return best;
}

void FoldStep::WaitFor(const Reference& reference) {
  std::vector<RatingState::Waiting>& waiting = state_.ratings.waiting;
  const model::Rating& rating = *interaction_->rating;
  waiting.push_back({now_, std::string(interaction_->source.system), std::string(interaction_->id),
                     reference.by, reference.hash, reference.time,
                     std::string(reference.touchpoint), rating.satisfaction, rating.nps,
                     rating.emotion, rating.need_fulfilment});
  if (waiting.size() > fold_.settings().limits.ratings_waiting_max) EndOldestWait();
}

void FoldStep::EndOldestWait() {
  std::vector<RatingState::Waiting>& waiting = state_.ratings.waiting;
  CountAlone(waiting.front().touchpoint, RatingOf(waiting.front()));
  waiting.erase(waiting.begin());
}

Timestamp FoldStep::RatingDue() const {
  const std::vector<RatingState::Waiting>& waiting = state_.ratings.waiting;
  return waiting.empty() ? Timestamp::max()
                         : waiting.front().since + fold_.settings().rating_wait;
}

bool FoldStep::FireRating(Timestamp due) {
  if (RatingDue() != due) return false;
  now_ = due;
  EndOldestWait();
  return true;
}

void FoldStep::CountAlone(Text touchpoint, const model::Rating& rating) {
  ++state_.ratings.unresolved;
  AddScore(rating, {TouchpointOf(touchpoint), {}, touchpoint, {}});
}

void FoldStep::AddScore(const model::Rating& rating, const Rated& rated) {
  const bool counts = rating.satisfaction || rating.nps;
  const bool measured = keeps_measures() && (counts || rating.emotion || rating.need_fulfilment);
  if (!counts && !measured) return;
  RatingState::Touchpoint* const known =
      rated.touchpoint == 0 ? nullptr : &state_.ratings.touchpoints[rated.touchpoint - 1];
  Score score{.satisfaction = rating.satisfaction,
              .nps = rating.nps,
              .emotion = rating.emotion,
              .need_fulfilment = rating.need_fulfilment,
              .time = now_};
  if (measured) {
    score.touchpoint = effects_.arena.Copy(known != nullptr ? Text(known->name) : rated.name);
    score.channel = effects_.arena.Copy(
        rated.channel.empty() && known != nullptr ? Text(known->channel) : rated.channel);
  }
  bool is_placed = false;
  for (const RatingState::Place& place : rated.places) {
    Run* const run = FindRun(place);
    if (run == nullptr) continue;
    score.model = run->model;
    score.stage = place.stage;
    effects_.scores.push_back(score);
    is_placed = true;
    if (!rating.satisfaction) continue;
    detect::StageCounts& counted = run->stages.CountsOf(place.stage);
    counted.satisfaction_sum += *rating.satisfaction;
    ++counted.satisfaction_count;
    if (keeps_measures()) NoteChannelScore(*run, score.channel, *rating.satisfaction);
  }
  if (!is_placed && measured) {
    score.model = nullptr;
    effects_.scores.push_back(score);
  }
  if (known == nullptr || !rating.satisfaction) return;
  known->satisfaction_sum += *rating.satisfaction;
  ++known->satisfaction_count;
}

// The run's stages become others, by number; those without one are places no more.
void FoldStep::MovePlaces(const Run& run, std::span<const int32_t> stages) {
  RatingState& ratings = state_.ratings;
  std::vector<RatingState::Place> places;
  auto place = ratings.places.begin();
  for (RatingState::Step& step : ratings.steps) {
    uint32_t left = 0;
    for (uint32_t i = 0; i < step.places; ++i, ++place) {
      if (FindRun(*place) == &run) place->stage = stages[static_cast<size_t>(place->stage)];
      if (place->stage < 0) continue;
      places.push_back(*place);
      ++left;
    }
    step.places = left;
  }
  ratings.places = std::move(places);
}

// Null where the journey is no longer kept.
Run* FoldStep::FindRun(const RatingState::Place& place) {
  if (place.family >= state_.families.size()) return nullptr;
  for (Run& run : state_.families[place.family].runs) {
    const bool has_stage =
        static_cast<size_t>(place.stage) < run.model->definition.stages.size();
    if (run.id.low == place.run && has_stage) return &run;
  }
  return nullptr;
}

uint32_t FoldStep::TouchpointOf(Text name) {
  if (name.empty()) return 0;
  std::vector<RatingState::Touchpoint>& known = state_.ratings.touchpoints;
  const auto at = std::find_if(known.begin(), known.end(),
                               [&](const auto& touchpoint) { return touchpoint.name == name; });
  if (at == known.end()) {
    if (known.size() >= fold_.settings().limits.touchpoints_max) return 0;
    known.push_back({std::string(name), 0, 0});
    return static_cast<uint32_t>(known.size());
  }
  return static_cast<uint32_t>(at - known.begin()) + 1;
}

// Some at a time are forgotten, so that not every step moves all the others.
void FoldStep::Remember(const RatingState::Step& step, Places step_places) {
  RatingState& ratings = state_.ratings;
  ratings.steps.push_back(step);
  ratings.places.insert(ratings.places.end(), step_places.begin(), step_places.end());
  const size_t most = fold_.settings().limits.steps_rateable_max;
  if (ratings.steps.size() <= most) return;
  const auto end = ratings.steps.begin() + static_cast<ptrdiff_t>(most / 4 + 1);
  ptrdiff_t places = 0;
  for (auto at = ratings.steps.begin(); at != end; ++at) places += at->places;
  ratings.steps.erase(ratings.steps.begin(), end);
  ratings.places.erase(ratings.places.begin(), ratings.places.begin() + places);
}

}  // namespace waymark::journey
