#include "codec/fold_state.h"

#include <algorithm>
#include <utility>

#include "codec/compact.h"

namespace waymark::codec {
namespace {

using base::Timestamp;
using journey::CompiledModel;
using journey::CompiledModels;
using journey::FamilyState;
using journey::PastRun;
using journey::Run;
using journey::SessionState;
using journey::StageState;
using journey::State;

constexpr int kWithDistances = 2;  // from this format on times are distances

void WriteId(CompactWriter& out, base::Id96 id) {
  out.Fixed(id.high);
  out.Unsigned(id.low);
}

base::Id96 ReadId(CompactReader& in) {
  base::Id96 id;
  id.high = in.Fixed();
  id.low = static_cast<uint32_t>(in.Unsigned());
  return id;
}

template <class T, class F>
void WriteList(CompactWriter& out, const std::vector<T>& list, F write) {
  out.Unsigned(list.size());
  for (const T& element : list) write(element);
}

void WriteTexts(CompactWriter& out, const std::vector<std::string>& texts) {
  WriteList(out, texts, [&](const std::string& text) { out.Text(text); });
}

void ReadTexts(CompactReader& in, std::vector<std::string>& texts) {
  texts.resize(in.Count());
  for (std::string& text : texts) text.assign(in.Text());
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void WritePairs(CompactWriter& out, const Pairs& pairs) {
  WriteList(out, pairs, [&](const auto& pair) {
    out.Text(pair.first);
    out.Text(pair.second);
  });
}

void ReadPairs(CompactReader& in, Pairs& pairs) {
  pairs.resize(in.Count());
  for (auto& [first, second] : pairs) {
    first.assign(in.Text());
    second.assign(in.Text());
  }
}

void WriteBits(CompactWriter& out, const std::vector<bool>& bits) {
  uint64_t word = 0;
  for (size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) word |= 1ULL << (i % 64);
    if (i % 64 == 63 || i + 1 == bits.size()) {
      out.Unsigned(word);
      word = 0;
    }
  }
}

void ReadBits(CompactReader& in, size_t size, std::vector<bool>& bits) {
  bits.assign(size, false);
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) {
    if (i % 64 == 0) word = in.Unsigned();
    bits[i] = (word >> (i % 64) & 1) != 0;
  }
}

template <class T>
void WriteOptional(CompactWriter& out, const std::optional<T>& value) {
  out.Unsigned(value ? 1 : 0);
  if (!value) return;
  if constexpr (std::is_same_v<T, Timestamp>) {
    out.Time(value->ms);
  } else {
    out.Signed(*value);
  }
}

template <class T>
void ReadOptional(CompactReader& in, std::optional<T>& value) {
  value.reset();
  if (in.Unsigned() == 0) return;
  if constexpr (std::is_same_v<T, Timestamp>) {
    value = Timestamp{in.Time()};
  } else {
    value = in.Signed();
  }
}

void WriteStage(CompactWriter& out, const StageState& stage) {
  out.Signed(stage.visits);
  out.Signed(stage.time_ms);
  out.Signed(stage.interactions);
  out.Signed(stage.satisfaction_sum);
  out.Signed(stage.satisfaction_count);
}

StageState ReadStage(CompactReader& in) {
  StageState stage;
  stage.visits = in.Signed();
  stage.time_ms = in.Signed();
  stage.interactions = in.Signed();
  stage.satisfaction_sum = in.Signed();
  stage.satisfaction_count = in.Signed();
  return stage;
}

void WriteModel(CompactWriter& out, const CompiledModel& model) {
  out.Text(model.definition.name);
  out.Signed(model.definition.version);
}

const CompiledModel* ReadModel(CompactReader& in, const CompiledModels& models,
                               std::string_view family) {
  const std::string_view name = in.Text();
  return models.Find(family, name, static_cast<int32_t>(in.Signed()));
}

void WriteRun(CompactWriter& out, const Run& run) {
  WriteModel(out, *run.model);
  WriteId(out, run.id);
  WriteList(out, run.replaces, [&](base::Id96 id) { WriteId(out, id); });
  out.Text(run.key);
  out.Unsigned(run.ordinal);
  out.Unsigned(static_cast<uint64_t>(run.status));
  out.Time(run.started.ms);
  out.Time(run.last_activity.ms);
  out.Text(run.last_id);
  out.Signed(run.interactions);
  out.Signed(run.stage);
  out.Time(run.stage_entered.ms);
  out.Signed(run.station);
  out.Unsigned((run.target_missed ? 1 : 0) | (run.personal_contact ? 2 : 0));
  WriteBits(out, run.once);
  WriteBits(out, run.visited);
  for (size_t s = 0; s < run.stages.size(); ++s) {
    const StageState& stage = run.stages[s];
    const bool used = stage.visits != 0 || stage.interactions != 0;
    out.Unsigned(used ? 1 : 0);
    if (used) WriteStage(out, stage);
  }
  WriteTexts(out, run.touchpoints);
  WriteTexts(out, run.channels);
  WriteTexts(out, run.relevant_set);
  WriteOptional(out, run.value_micros);
}

bool ReadRun(CompactReader& in, const CompiledModels& models, std::string_view family, Run& run) {
  run.model = ReadModel(in, models, family);
  if (run.model == nullptr) return false;
  const model::JourneyModel& definition = run.model->definition;
  run.id = ReadId(in);
  run.replaces.resize(in.Count());
  for (base::Id96& id : run.replaces) id = ReadId(in);
  run.key.assign(in.Text());
  run.ordinal = static_cast<uint32_t>(in.Unsigned());
  run.status = static_cast<model::JourneyStatus>(in.Unsigned());
  run.started.ms = in.Time();
  run.last_activity.ms = in.Time();
  run.last_id.assign(in.Text());
  run.interactions = in.Signed();
  run.stage = static_cast<int32_t>(in.Signed());
  run.stage_entered.ms = in.Time();
  run.station = static_cast<int32_t>(in.Signed());
  const uint64_t flags = in.Unsigned();
  run.target_missed = (flags & 1) != 0;
  run.personal_contact = (flags & 2) != 0;
  ReadBits(in, definition.signals.size(), run.once);
  ReadBits(in, definition.stages.size(), run.visited);
  run.stages.assign(definition.stages.size(), {});
  for (StageState& stage : run.stages) {
    if (in.Unsigned() != 0) stage = ReadStage(in);
  }
  ReadTexts(in, run.touchpoints);
  ReadTexts(in, run.channels);
  ReadTexts(in, run.relevant_set);
  ReadOptional(in, run.value_micros);
  const auto stages = static_cast<int32_t>(definition.stages.size());
  if (run.stage < -1 || run.stage >= stages) return false;
  const size_t stations =
      run.stage < 0 ? 0 : definition.stages[static_cast<size_t>(run.stage)].stations.size();
  return run.station >= -1 && run.station < static_cast<int32_t>(stations);
}

void WriteFamily(CompactWriter& out, const FamilyState& family) {
  WriteList(out, family.runs, [&](const Run& run) { WriteRun(out, run); });
  WriteList(out, family.past, [&](const PastRun& past) {
    WriteModel(out, *past.model);
    out.Fixed(past.key_hash);
    out.Unsigned(past.ordinal);
    out.Signed(past.stage);
  });
}

bool ReadFamily(CompactReader& in, const CompiledModels& models, std::string_view name,
                FamilyState& family) {
  if (!family.runs.empty() || !family.past.empty()) return false;
  // One by one: a run takes much more memory than the least of its bytes.
  for (size_t left = in.Count(); left > 0; --left) {
    if (!ReadRun(in, models, name, family.runs.emplace_back())) return false;
  }
  for (size_t left = in.Count(); left > 0; --left) {
    PastRun& past = family.past.emplace_back();
    past.model = ReadModel(in, models, name);
    if (past.model == nullptr) return false;
    past.key_hash = in.Fixed();
    past.ordinal = static_cast<uint32_t>(in.Unsigned());
    past.stage = static_cast<int32_t>(in.Signed());
    const auto stages = static_cast<int32_t>(past.model->definition.stages.size());
    if (past.stage < -1 || past.stage >= stages) return false;
  }
  return true;
}

void WriteSession(CompactWriter& out, const SessionState& session) {
  out.Unsigned(session.open ? 1 : 0);
  WriteId(out, session.id);
  out.Time(session.start.ms);
  out.Time(session.last.ms);
  out.Text(session.last_id);
  out.Signed(session.interactions);
}

void ReadSession(CompactReader& in, SessionState& session) {
  session.open = in.Unsigned() != 0;
  session.id = ReadId(in);
  session.start.ms = in.Time();
  session.last.ms = in.Time();
  session.last_id.assign(in.Text());
  session.interactions = in.Signed();
}

void WriteFilter(CompactWriter& out, const journey::IdFilter& filter) {
  out.Unsigned(filter.last_count());
  WriteList(out, filter.words(), [&](uint64_t word) { out.Fixed(word); });
}

bool ReadFilter(CompactReader& in, journey::IdFilter& filter) {
  const auto last_count = static_cast<uint32_t>(in.Unsigned());
  const size_t count = in.Count();
  if (count > in.left() / sizeof(uint64_t)) return false;
  std::vector<uint64_t> words(count);
  for (uint64_t& word : words) word = in.Fixed();
  if (!journey::IdFilter::IsValid(words.size(), last_count)) return false;
  filter.Restore(std::move(words), last_count);
  return true;
}

bool ReadFamilies(CompactReader& in, const CompiledModels& models, State& state) {
  state.families.assign(models.families().size(), {});
  const size_t families = in.Count();
  for (size_t i = 0; i < families; ++i) {
    const std::string_view name = in.Text();
    const auto& names = models.families();
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return false;
    FamilyState& family = state.families[static_cast<size_t>(at - names.begin())];
    if (!ReadFamily(in, models, name, family)) return false;
  }
  return true;
}

}  // namespace

void EncodeState(const State& state, std::string& bytes, int format) {
  bytes.push_back(static_cast<char>(format));
  CompactWriter out(bytes);
  out.Text(state.profile_id);
  out.Signed(state.position.time);
  out.Signed(state.position.sequence);
  out.Text(state.position.source_system);
  out.Text(state.position.id);
  if (format >= kWithDistances) out.SetEpoch(state.position.time);
  out.Time(state.fired_until.ms);
  out.Signed(state.interactions);
  WriteFilter(out, state.ids);
  WritePairs(out, state.identifiers);
  out.Text(state.account);
  WritePairs(out, state.attributes);
  out.Unsigned(static_cast<uint64_t>(state.consent));
  WriteOptional(out, state.first_seen);
  WriteOptional(out, state.last_seen);
  out.Unsigned(state.touched ? 1 : 0);
  WriteSession(out, state.session);
  size_t used = 0;
  const auto is_used = [](const FamilyState& f) { return !f.runs.empty() || !f.past.empty(); };
  for (const FamilyState& family : state.families) used += is_used(family) ? 1 : 0;
  out.Unsigned(used);
  for (const FamilyState& family : state.families) {
    if (!is_used(family)) continue;
    const auto* model = family.runs.empty() ? family.past[0].model : family.runs[0].model;
    out.Text(model->definition.family);
    WriteFamily(out, family);
  }
  out.Time(state.next_due.ms);
}

base::Status DecodeState(std::string_view bytes, const CompiledModels& models, State& state) {
  const auto bad = [](std::string_view what) {
    return base::Status(base::StatusCode::kInvalid, "stored state: " + std::string(what));
  };
  const int format = bytes.empty() ? 0 : static_cast<uint8_t>(bytes[0]);
  if (format < kStateFormatOldest || format > kStateFormatNewest) return bad("unknown format");
  CompactReader in(bytes.substr(1));
  state.profile_id.assign(in.Text());
  state.position.time = in.Signed();
  state.position.sequence = in.Signed();
  state.position.source_system.assign(in.Text());
  state.position.id.assign(in.Text());
  if (format >= kWithDistances) in.SetEpoch(state.position.time);
  state.fired_until.ms = in.Time();
  state.interactions = in.Signed();
  if (!ReadFilter(in, state.ids)) return bad("malformed id filter");
  ReadPairs(in, state.identifiers);
  state.account.assign(in.Text());
  ReadPairs(in, state.attributes);
  state.consent = static_cast<model::Consent>(in.Unsigned());
  ReadOptional(in, state.first_seen);
  ReadOptional(in, state.last_seen);
  state.touched = in.Unsigned() != 0;
  ReadSession(in, state.session);
  if (!ReadFamilies(in, models, state)) return bad("malformed journeys or unknown model");
  state.next_due.ms = in.Time();
  if (in.failed() || !in.at_end()) return bad("malformed bytes");
  return {};
}

}  // namespace waymark::codec
