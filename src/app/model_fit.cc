#include "app/model_fit.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <set>
#include <tuple>

#include "codec/protobuf.h"
#include "detect/filter.h"
#include "files/canonical_view.h"
#include "files/file_source.h"
#include "model/condition_text.h"
#include "model/step.h"

namespace waymark::app {
namespace {

using files::CanonicalView;
using files::OutputKind;
using model::FilterRule;
using model::FilterState;
using model::FilterSymbol;

constexpr size_t kViewBytes = 128 << 20;
constexpr double kLeastWritten = 1e-5;

// Calls `visit` with every step of a replay, those of a customer in their order.
base::Status ForEachStep(const std::string& folder, const std::string& scratch,
                         const std::function<void(const model::Step&)>& visit) {
  WAYMARK_ASSIGN_OR_RETURN(const auto source, files::FileSource::Open(folder));
  CanonicalView view(OutputKind::kSteps, scratch, "fit-steps", kViewBytes);
  WAYMARK_RETURN_IF_ERROR(source->Read(
      OutputKind::kSteps, [&](const files::OutputRecord& record) { return view.Add(record); }));
  WAYMARK_RETURN_IF_ERROR(view.Sort());
  model::Step step;
  while (view.Next()) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(view.value(), step));
    visit(step);
  }
  return view.status();
}

// What a filter's name may be: "Awaiting User Info" is "awaiting-user-info".
std::string NameFrom(std::string_view text) {
  constexpr size_t kMost = 48;
  std::string name;
  for (const char c : text.substr(0, kMost)) {
    const auto letter = static_cast<unsigned char>(c);
    const bool good = std::isalnum(letter) != 0 && letter < 128;
    name += good ? static_cast<char>(std::tolower(letter)) : '-';
  }
  return name.empty() ? std::string("none") : name;
}

// What an interaction looks like, by the first symbol that stands for it.
class SymbolFinder {
 public:
  SymbolFinder(const std::vector<FilterSymbol>& symbols, const detect::Names& names) {
    for (const FilterSymbol& symbol : symbols) symbols_.emplace_back(symbol.when, names);
  }
  std::optional<uint32_t> Find(const model::Interaction& interaction) const {
    detect::Facts facts;
    facts.interaction = &interaction;
    facts.now = interaction.timestamp();
    for (size_t symbol = 0; symbol < symbols_.size(); ++symbol) {
      if (symbols_[symbol].Holds(facts)) return static_cast<uint32_t>(symbol);
    }
    return std::nullopt;
  }

 private:
  std::vector<detect::Predicate> symbols_;
};

// The hidden states of a task: for each stage, and outcome where these are told apart.
struct States {
  std::vector<FilterState> states;
  std::vector<int32_t> group;  // by state, as GroupOf() numbers them
  std::vector<std::string> outcomes;
  size_t stages = 0;

  // The group that a stage of a journey with this outcome belongs to.
  int32_t GroupOf(int32_t stage, const std::string& outcome) const {
    if (outcomes.empty()) return stage;
    const auto at = std::find(outcomes.begin(), outcomes.end(), outcome);
    return static_cast<int32_t>((at - outcomes.begin()) * static_cast<int64_t>(stages)) + stage;
  }
};

States MakeStates(const FitTask& task, std::span<const FitJourney> journeys) {
  States out;
  const auto& stages = task.model->stages;
  out.stages = stages.size();
  std::set<std::pair<std::string, int32_t>> used;
  std::set<std::string> outcomes;
  for (const FitJourney& journey : journeys) {
    const std::string outcome = task.tells_outcomes ? journey.outcome : std::string();
    if (task.tells_outcomes) outcomes.insert(outcome);
    for (const int32_t stage : journey.observation.groups) {
      if (stage >= 0) used.emplace(outcome, stage);
    }
  }
  out.outcomes.assign(outcomes.begin(), outcomes.end());
  for (const auto& [outcome, stage] : used) {
    for (int number = 1; number <= task.states_by_stage; ++number) {
      FilterState& state = out.states.emplace_back();
      state.stage = stages[static_cast<size_t>(stage)].name;
      state.outcome = outcome;
      state.name = state.stage + (outcome.empty() ? "" : "_" + outcome) +
                   (task.states_by_stage > 1 ? "_" + std::to_string(number) : "");
      out.group.push_back(out.GroupOf(stage, outcome));
    }
  }
  return out;
}

// Journeys with another end never mix.
std::vector<bool> MayFollow(const States& states) {
  const size_t n = states.states.size();
  std::vector<bool> may(n * n, true);
  for (size_t from = 0; from < n; ++from) {
    for (size_t to = 0; to < n; ++to) {
      may[from * n + to] = states.states[from].outcome == states.states[to].outcome;
    }
  }
  return may;
}

detect::Observation ObservationOf(const FitTask& task, const States& states,
                                  const FitJourney& journey) {
  detect::Observation out = journey.observation;
  for (int32_t& group : out.groups) {
    group = group < 0 || !task.labelled ? -1 : states.GroupOf(group, journey.outcome);
  }
  return out;
}

// The probability that a random positive is placed above a random negative (Mann and Whitney 1947).
double AreaUnderCurve(std::vector<std::pair<double, bool>> scored) {
  std::sort(scored.begin(), scored.end());
  double positives = 0;
  double negatives = 0;
  double wins = 0;
  for (size_t i = 0; i < scored.size();) {
    size_t end = i;
    double tied_positives = 0;
    double tied_negatives = 0;
    for (; end < scored.size() && scored[end].first == scored[i].first; ++end) {
      (scored[end].second ? tied_positives : tied_negatives) += 1;
    }
    wins += tied_positives * (negatives + tied_negatives / 2);
    positives += tied_positives;
    negatives += tied_negatives;
    i = end;
  }
  return positives * negatives > 0 ? wins / (positives * negatives) : 0.5;
}

std::string MostFrequent(std::span<const FitJourney> journeys) {
  std::map<std::string, int64_t> counts;
  for (const FitJourney& journey : journeys) {
    if (!journey.outcome.empty()) ++counts[journey.outcome];
  }
  const auto is_rarer = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto most = std::max_element(counts.begin(), counts.end(), is_rarer);
  return most == counts.end() ? std::string() : most->first;
}

// What a filter says of a journey, interaction by interaction.
class Scorer {
 public:
  Scorer(const detect::StageFilter& filter, std::string most_frequent)
      : filter_(filter), most_frequent_(std::move(most_frequent)) {}

  void Add(const FitJourney& journey) {
    detect::Belief belief;
    const auto& symbols = journey.observation.symbols;
    const size_t half = (symbols.size() + 1) / 2;
    for (size_t at = 0; at < symbols.size(); ++at) {
      detect::Filter(filter_.markov(), symbols[at], belief);
      AddStage(journey.observation.groups[at], belief);
      if (at + 1 == half && !journey.outcome.empty()) AddOutcome(journey.outcome, belief);
    }
  }

  FitScore TakeScore() {
    for (size_t i = 0; i < filter_.outcomes().size(); ++i) {
      std::vector<std::pair<double, bool>> scored;
      for (const auto& [probabilities, outcome] : seen_) {
        scored.emplace_back(probabilities[i], outcome == filter_.outcomes()[i]);
      }
      score_.area_under_curve.emplace_back(filter_.outcomes()[i], AreaUnderCurve(scored));
    }
    return std::move(score_);
  }

 private:
  void AddStage(int32_t stage, const detect::Belief& belief) {
    if (stage < 0) return;
    ++score_.interactions;
    const auto probabilities = filter_.StageProbabilities(belief);
    if (detect::StageFilter::MostProbable(probabilities) == stage) ++score_.stages_right;
  }

  void AddOutcome(const std::string& outcome, const detect::Belief& belief) {
    if (filter_.outcomes().empty()) return;
    ++score_.journeys;
    const auto probabilities = filter_.OutcomeProbabilities(belief);
    const int32_t most = detect::StageFilter::MostProbable(probabilities);
    if (most >= 0 && filter_.outcomes()[static_cast<size_t>(most)] == outcome) {
      ++score_.outcomes_right;
    }
    if (outcome == most_frequent_) ++score_.most_frequent;
    seen_.emplace_back(probabilities, outcome);
  }

  const detect::StageFilter& filter_;
  std::string most_frequent_;
  FitScore score_;
  std::vector<std::pair<std::vector<int32_t>, std::string>> seen_;
};

std::string NumberText(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", number);
  return text;
}

std::string RowYaml(const std::map<std::string, double>& row) {
  std::string text = "{";
  for (const auto& [name, probability] : row) {
    if (text.size() > 1) text += ", ";
    text += name + ": " + NumberText(probability);
  }
  return text + "}";
}

}  // namespace

base::Result<std::vector<FilterSymbol>> FindSymbols(const std::string& folder,
                                                    const std::string& scratch,
                                                    const model::FieldRef& field) {
  std::map<std::string, int64_t> counts;
  WAYMARK_RETURN_IF_ERROR(ForEachStep(folder, scratch, [&](const model::Step& step) {
    detect::Facts facts;
    facts.interaction = &step.interaction;
    ++counts[std::string(detect::TextOf(field, facts))];
  }));
  std::vector<std::pair<int64_t, std::string>> values;
  for (const auto& [value, count] : counts) values.emplace_back(-count, value);
  std::sort(values.begin(), values.end());
  std::vector<FilterSymbol> symbols;
  std::set<std::string> names;
  for (const auto& [count, value] : values) {
    std::string name = NameFrom(value);
    if (value.empty() || name == "other" || !names.insert(name).second) continue;
    if (symbols.size() + 1 == model::kFilterSymbolsMax) break;
    FilterSymbol& symbol = symbols.emplace_back();
    symbol.name = std::move(name);
    symbol.when.kind = model::Condition::Kind::kIn;
    symbol.when.field = field;
    symbol.when.values = {value};
  }
  symbols.emplace_back().name = "other";
  return symbols;
}

base::Result<std::vector<FitJourney>> ReadJourneys(const std::string& folder,
                                                   const std::string& scratch,
                                                   const FitTask& task) {
  const model::JourneyModel& model = *task.model;
  const SymbolFinder finder(task.symbols, {model.stages, model.detectors});
  std::map<std::string, FitJourney> by_id;
  WAYMARK_RETURN_IF_ERROR(ForEachStep(folder, scratch, [&](const model::Step& step) {
    const auto symbol = finder.Find(step.interaction);
    for (const model::Placement& placement : step.placements) {
      if (placement.family != model.family || placement.model != model.name || !symbol) continue;
      FitJourney& journey = by_id[std::string(placement.journey_id)];
      if (journey.observation.symbols.empty()) journey.started = step.interaction.time.value_or(0);
      const auto stage = model.StageIndex(placement.stage);
      // What comes after the journey has ended says nothing of how it will.
      if (!journey.outcome.empty()) continue;
      journey.observation.symbols.push_back(*symbol);
      journey.observation.groups.push_back(stage ? static_cast<int32_t>(*stage) : -1);
      if (stage && model.stages[*stage].closes) journey.outcome.assign(placement.stage);
    }
  }));
  std::vector<FitJourney> journeys;
  for (auto& [id, journey] : by_id) journeys.push_back(std::move(journey));
  std::stable_sort(journeys.begin(), journeys.end(),
                   [](const FitJourney& a, const FitJourney& b) { return a.started < b.started; });
  return journeys;
}

namespace {

// Where nothing was known while learning, a state is where the rules mostly stood when it was the
// most probable one.
void NameStages(const FitTask& task, std::span<const FitJourney> journeys, FilterRule& filter) {
  const auto& stages = task.model->stages;
  const detect::StageFilter compiled(filter, {stages, task.model->detectors});
  std::vector<std::vector<int64_t>> counts(filter.states.size(),
                                           std::vector<int64_t>(stages.size(), 0));
  for (const FitJourney& journey : journeys) {
    detect::Belief belief;
    for (size_t at = 0; at < journey.observation.symbols.size(); ++at) {
      detect::Filter(compiled.markov(), journey.observation.symbols[at], belief);
      const int32_t stage = journey.observation.groups[at];
      if (belief.empty() || stage < 0) continue;
      const auto most = std::max_element(belief.begin(), belief.end()) - belief.begin();
      ++counts[static_cast<size_t>(most)][static_cast<size_t>(stage)];
    }
  }
  for (size_t s = 0; s < filter.states.size(); ++s) {
    const auto most = std::max_element(counts[s].begin(), counts[s].end()) - counts[s].begin();
    filter.states[s].stage = stages[static_cast<size_t>(most)].name;
  }
}

}  // namespace

Fitted FitFilter(const FitTask& task, std::span<const FitJourney> journeys,
                 const std::function<bool(int, double)>& watch) {
  std::vector<FitJourney> used;
  for (const FitJourney& journey : journeys) {
    if (!task.tells_outcomes || !journey.outcome.empty()) used.push_back(journey);
  }
  Fitted out;
  out.learned_from = used.size();
  States states = MakeStates(task, used);
  if (states.states.empty() || states.states.size() > model::kFilterStatesMax) return out;
  std::vector<detect::Observation> observations;
  for (const FitJourney& journey : used) {
    observations.push_back(ObservationOf(task, states, journey));
  }
  detect::LearnSettings learn = task.learn;
  learn.may_follow = MayFollow(states);
  const detect::Learned learned =
      detect::LearnHiddenMarkov(observations, states.group, task.symbols.size(), learn, watch);
  out.log_likelihood = learned.log_likelihood;
  out.rounds = learned.rounds;
  out.filter.symbols = task.symbols;
  const detect::HiddenMarkov& m = learned.markov;
  for (size_t s = 0; s < m.states; ++s) {
    FilterState& state = states.states[s];
    state.start = m.start[s];
    for (size_t to = 0; to < m.states; ++to) {
      if (m.Next(s, to) >= kLeastWritten) state.next[states.states[to].name] = m.Next(s, to);
    }
    for (size_t symbol = 0; symbol < m.symbols; ++symbol) {
      if (m.Emits(s, symbol) < kLeastWritten) continue;
      state.emits[task.symbols[symbol].name] = m.Emits(s, symbol);
    }
  }
  out.filter.states = std::move(states.states);
  if (!task.labelled) NameStages(task, used, out.filter);
  return out;
}

FitScore ScoreFilter(const model::JourneyModel& model, const FilterRule& filter,
                     std::span<const FitJourney> learned, std::span<const FitJourney> others) {
  const detect::StageFilter compiled(filter, {model.stages, model.detectors});
  Scorer scorer(compiled, MostFrequent(learned));
  for (const FitJourney& journey : others) scorer.Add(journey);
  return scorer.TakeScore();
}

std::string FilterYaml(const FilterRule& filter) {
  std::string text = "filter:\n  decides: rules\n  symbols:\n";
  for (const FilterSymbol& symbol : filter.symbols) {
    text += "    - {name: " + symbol.name + ", when: " + model::ToYaml(symbol.when) + "}\n";
  }
  text += "  states:\n";
  for (const FilterState& state : filter.states) {
    text += "    - name: " + state.name + "\n      stage: " + state.stage + "\n";
    if (!state.outcome.empty()) text += "      outcome: " + state.outcome + "\n";
    text += "      start: " + NumberText(state.start) + "\n      emits: " + RowYaml(state.emits) +
            "\n      next: " + RowYaml(state.next) + "\n";
  }
  return text;
}

}  // namespace waymark::app
