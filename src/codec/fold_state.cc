#include "codec/fold_state.h"

#include <algorithm>
#include <utility>

#include "codec/compact.h"
#include "codec/fold_state_customer.h"
#include "codec/fold_state_detectors.h"
#include "codec/fold_state_references.h"
#include "codec/fold_state_stages.h"
#include "journey/fold.h"

namespace waymark::codec {
namespace {

using base::Timestamp;
using journey::CompiledModel;
using journey::CompiledModels;
using journey::FamilyState;
using journey::PastRun;
using journey::Run;
using journey::SessionState;
using journey::State;

constexpr int kWithDistances = 2;  // from this format on times are distances
constexpr int kWithCustomer = 3;   // from this one on what customer file and retention remember
constexpr int kWithDetectors = 4;  // from this one on what detectors and relevant sets remember

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

void WriteTextSet(CompactWriter& out, const base::TextSet& texts) {
  out.Unsigned(texts.size());
  for (const std::string_view text : texts) out.Text(text);
}

void ReadTextSet(CompactReader& in, base::TextSet& texts) {
  texts.clear();
  for (size_t left = in.Count(); left > 0; --left) texts.Append(in.Text());
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

void WriteModel(CompactWriter& out, const CompiledModel& model) {
  out.Text(model.definition.name);
  out.Signed(model.definition.version);
}

const CompiledModel* ReadModel(CompactReader& in, const CompiledModels& models,
                               std::string_view family) {
  const std::string_view name = in.Text();
  return models.Find(family, name, static_cast<int32_t>(in.Signed()));
}

// When a run was closed matters where it is forgotten some day.
bool HasClosed(const Run& run) {
  return !run.is_open() && run.model->definition.journey.retention;
}

bool HasLastTouchpoint(const Run& run, int format) {
  return format >= kStateFormatWithReferences && run.is_open() && run.last_touchpoint != 0;
}

bool HasDepartment(const Run& run) { return run.is_open() && !run.department.empty(); }

bool HasTrail(const Run& run, int format) {
  return format >= kStateFormatWithTrails && !run.trail.IsEmpty();
}

void WriteTrail(CompactWriter& out, const journey::Trail& trail) {
  const bool has_station = trail.station_entered != Timestamp();
  out.Unsigned(4 * trail.visits.size() + (has_station ? 2 : 0) + (trail.is_cut ? 1 : 0));
  for (const journey::Trail::Visit& visit : trail.visits) {
    out.Signed(visit.stage);
    out.Time(visit.entered.ms);
  }
  if (has_station) out.Time(trail.station_entered.ms);
  WriteList(out, trail.scores, [&](const journey::Trail::ChannelScore& score) {
    out.Text(score.channel);
    out.Signed(score.satisfaction_sum);
    out.Signed(score.satisfaction_count);
  });
}

bool ReadTrail(CompactReader& in, size_t stages, journey::Trail& trail) {
  const uint64_t visits = in.Unsigned();
  if (visits / 4 > in.left()) return false;
  trail.is_cut = (visits & 1) != 0;
  for (uint64_t left = visits / 4; left > 0; --left) {
    journey::Trail::Visit& visit = trail.visits.emplace_back();
    visit.stage = static_cast<int32_t>(in.Signed());
    visit.entered.ms = in.Time();
    if (visit.stage < 0 || static_cast<size_t>(visit.stage) >= stages) return false;
  }
  if ((visits & 2) != 0) trail.station_entered.ms = in.Time();
  for (size_t left = in.Count(); left > 0; --left) {
    journey::Trail::ChannelScore& score = trail.scores.emplace_back();
    score.channel.assign(in.Text());
    score.satisfaction_sum = in.Signed();
    score.satisfaction_count = in.Signed();
    if (score.satisfaction_count <= 0) return false;
  }
  return true;
}

void WriteFirstEntries(CompactWriter& out, const std::vector<journey::FirstEntry>& entries) {
  WriteList(out, entries, [&](const journey::FirstEntry& entry) {
    out.Signed(entry.stage);
    out.Time(entry.entered.ms);
    out.Text(entry.id);
  });
}

bool ReadFirstEntries(CompactReader& in, size_t stages, std::vector<journey::FirstEntry>& entries) {
  for (size_t left = in.Count(); left > 0; --left) {
    journey::FirstEntry& entry = entries.emplace_back();
    entry.stage = static_cast<int32_t>(in.Signed());
    entry.entered.ms = in.Time();
    entry.id.assign(in.Text());
    if (entry.stage < 0 || static_cast<size_t>(entry.stage) >= stages) return false;
  }
  return true;
}

void WriteRun(CompactWriter& out, const Run& run, int format) {
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
  const bool has_closed = format >= kWithCustomer && HasClosed(run);
  out.Unsigned((run.target_missed ? 1 : 0) | (run.personal_contact ? 2 : 0) |
               (has_closed ? 4 : 0) | (run.considered.empty() ? 0 : 8) |
               (run.detectors.IsEmpty() ? 0 : 16) | (run.belief.empty() ? 0 : 32) |
               (run.disagrees ? 64 : 0) | (HasLastTouchpoint(run, format) ? 128 : 0) |
               (HasDepartment(run) ? 256 : 0) | (HasTrail(run, format) ? 512 : 0) |
               (run.first_entries.empty() ? 0 : 1024));
  if (has_closed) out.Time(run.closed.ms);
  if (!run.considered.empty()) {
    WriteList(out, run.considered, [&](const journey::Considered& considered) {
      out.Text(considered.value);
      out.Time(considered.time.ms);
    });
  }
  if (!run.detectors.IsEmpty()) WriteDetectors(out, run.model->definition, run.detectors);
  if (!run.belief.empty()) {
    WriteList(out, run.belief, [&](uint16_t weight) { out.Unsigned(weight); });
  }
  WriteBits(out, run.once);
  WriteStages(out, run.stages, run.model->definition.stages.size());
  WriteTextSet(out, run.touchpoints);
  WriteTextSet(out, run.channels);
  WriteTextSet(out, run.relevant_set);
  WriteOptional(out, run.value_micros);
  if (HasLastTouchpoint(run, format)) out.Unsigned(run.last_touchpoint);
  if (HasDepartment(run)) out.Text(run.department);
  if (HasTrail(run, format)) WriteTrail(out, run.trail);
  if (!run.first_entries.empty()) WriteFirstEntries(out, run.first_entries);
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
  if ((flags & 4) != 0) run.closed.ms = in.Time();
  run.considered.clear();
  if ((flags & 8) != 0) {
    for (size_t left = in.Count(); left > 0; --left) {
      journey::Considered& considered = run.considered.emplace_back();
      considered.value.assign(in.Text());
      considered.time.ms = in.Time();
    }
  }
  run.detectors = {};
  if ((flags & 16) != 0 && !ReadDetectors(in, definition, run.detectors)) return false;
  run.belief.clear();
  if ((flags & 32) != 0) {
    run.belief.resize(in.Count());
    for (uint16_t& weight : run.belief) weight = static_cast<uint16_t>(in.Unsigned());
    if (!definition.filter || run.belief.size() != definition.filter->states.size()) return false;
  }
  run.disagrees = (flags & 64) != 0;
  ReadBits(in, definition.signals.size(), run.once);
  ReadStages(in, definition.stages.size(), run.stages);
  ReadTextSet(in, run.touchpoints);
  ReadTextSet(in, run.channels);
  ReadTextSet(in, run.relevant_set);
  ReadOptional(in, run.value_micros);
  run.last_touchpoint = (flags & 128) != 0 ? static_cast<uint32_t>(in.Unsigned()) : 0;
  if (run.last_touchpoint > run.touchpoints.size()) return false;
  run.department.assign((flags & 256) != 0 ? in.Text() : std::string_view());
  run.trail = {};
  if ((flags & 512) != 0 && !ReadTrail(in, definition.stages.size(), run.trail)) return false;
  run.first_entries.clear();
  if ((flags & 1024) != 0 &&
      !ReadFirstEntries(in, definition.stages.size(), run.first_entries)) {
    return false;
  }
  const auto stages = static_cast<int32_t>(definition.stages.size());
  if (run.stage < -1 || run.stage >= stages) return false;
  const size_t stations =
      run.stage < 0 ? 0 : definition.stages[static_cast<size_t>(run.stage)].stations.size();
  return run.station >= -1 && run.station < static_cast<int32_t>(stations);
}

void WriteFamily(CompactWriter& out, const FamilyState& family, int format) {
  WriteList(out, family.runs, [&](const Run& run) { WriteRun(out, run, format); });
  if (format < kWithCustomer) {
    out.Unsigned(family.past.size());
  } else {
    out.Unsigned(2 * family.past.size() + (family.ordinal_removed != 0 ? 1 : 0));
    if (family.ordinal_removed != 0) out.Unsigned(family.ordinal_removed);
  }
  for (const PastRun& past : family.past) {
    WriteModel(out, *past.model);
    out.Fixed(past.key_hash);
    const bool has_closed = past.model->definition.journey.retention.has_value();
    if (format < kWithCustomer) {
      out.Unsigned(past.ordinal);
    } else {
      out.Unsigned(2 * uint64_t{past.ordinal} + (has_closed ? 1 : 0));
      if (has_closed) out.Time(past.closed.ms);
    }
    out.Signed(past.stage);
  }
}

bool IsUsed(const FamilyState& family) {
  return !family.runs.empty() || !family.past.empty() || family.ordinal_removed != 0;
}

bool ReadFamily(CompactReader& in, const CompiledModels& models, std::string_view name,
                FamilyState& family, int format) {
  if (IsUsed(family)) return false;
  // One by one: a run takes much more memory than the least of its bytes.
  for (size_t left = in.Count(); left > 0; --left) {
    if (!ReadRun(in, models, name, family.runs.emplace_back())) return false;
  }
  uint64_t past_count = in.Unsigned();
  if (format >= kWithCustomer) {
    if ((past_count & 1) != 0) family.ordinal_removed = static_cast<uint32_t>(in.Unsigned());
    past_count /= 2;
  }
  if (past_count > in.left()) return false;
  for (; past_count > 0; --past_count) {
    PastRun& past = family.past.emplace_back();
    past.model = ReadModel(in, models, name);
    if (past.model == nullptr) return false;
    past.key_hash = in.Fixed();
    const uint64_t ordinal = in.Unsigned();
    past.ordinal = static_cast<uint32_t>(format < kWithCustomer ? ordinal : ordinal / 2);
    if (format >= kWithCustomer && (ordinal & 1) != 0) past.closed.ms = in.Time();
    past.stage = static_cast<int32_t>(in.Signed());
    const auto stages = static_cast<int32_t>(past.model->definition.stages.size());
    if (past.stage < -1 || past.stage >= stages) return false;
  }
  return true;
}

void WriteSession(CompactWriter& out, const SessionState& session) {
  out.Unsigned((session.open ? 1 : 0) | uint64_t{session.gap} << 1);
  WriteId(out, session.id);
  out.Time(session.start.ms);
  out.Time(session.last.ms);
  out.Text(session.last_id);
  out.Signed(session.interactions);
}

void ReadSession(CompactReader& in, SessionState& session) {
  const uint64_t flags = in.Unsigned();
  session.open = (flags & 1) != 0;
  session.gap = static_cast<uint32_t>(flags >> 1);
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

bool ReadFamilies(CompactReader& in, const CompiledModels& models, State& state, int format) {
  state.families.assign(models.families().size(), {});
  const size_t families = in.Count();
  for (size_t i = 0; i < families; ++i) {
    const std::string_view name = in.Text();
    const auto& names = models.families();
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return false;
    const auto index = static_cast<size_t>(at - names.begin());
    FamilyState& family = state.families[index];
    if (!ReadFamily(in, models, name, family, format)) return false;
    if (family.ordinal_removed != 0) family.model_removed = models.of_family(index).front();
  }
  return true;
}

void WriteFamilies(CompactWriter& out, const State& state, int format) {
  out.Unsigned(static_cast<uint64_t>(
      std::count_if(state.families.begin(), state.families.end(), IsUsed)));
  for (const FamilyState& family : state.families) {
    if (!IsUsed(family)) continue;
    const CompiledModel* const model = !family.runs.empty()   ? family.runs[0].model
                                       : !family.past.empty() ? family.past[0].model
                                                              : family.model_removed;
    out.Text(model->definition.family);
    WriteFamily(out, family, format);
  }
}

void WriteMigrations(CompactWriter& out, const journey::Migrations& migrations) {
  WriteList(out, migrations, [&](const journey::Migration& migration) {
    out.Text(migration.to->definition.family);
    WriteModel(out, *migration.to);
    out.Text(migration.key);
    out.Time(migration.since.ms);
    out.Unsigned(migration.wanted ? 1 : 0);
  });
}

bool ReadMigrations(CompactReader& in, const CompiledModels& models,
                    journey::Migrations& migrations) {
  for (size_t left = in.Count(); left > 0; --left) {
    journey::Migration& migration = migrations.emplace_back();
    const std::string_view family = in.Text();
    migration.to = ReadModel(in, models, family);
    if (migration.to == nullptr) return false;
    migration.key.assign(in.Text());
    migration.since.ms = in.Time();
    migration.wanted = in.Unsigned() != 0;
  }
  return true;
}

// Older formats can't say what temporal profiles, detectors, a customer file or retention remember.
// Where these are in use, every process knows them, so that it can read the format that does, too.
int FormatFor(const State& state, int format) {
  const auto has_found = [](const Run& run) {
    return !run.considered.empty() || !run.detectors.IsEmpty() || !run.belief.empty() ||
           HasDepartment(run);
  };
  for (const FamilyState& family : state.families) {
    const bool measures = std::ranges::any_of(
        family.runs, [](const Run& run) { return !run.first_entries.empty(); });
    if (measures) return std::max(format, kStateFormatWithFirstEntries);
  }
  bool detects = !state.campaigns.empty() || state.epoch != 0 || !state.migrations.empty();
  for (const FamilyState& family : state.families) {
    detects |= std::any_of(family.runs.begin(), family.runs.end(), has_found);
  }
  if (detects) return std::max(format, kWithDetectors);
  const int with_customer = std::max(format, kWithCustomer);
  if (state.session.gap != 0 || HasCustomer(state.customer)) return with_customer;
  for (const FamilyState& family : state.families) {
    const bool forgets =
        family.ordinal_removed != 0 ||
        std::any_of(family.runs.begin(), family.runs.end(), HasClosed) ||
        std::any_of(family.past.begin(), family.past.end(), [](const PastRun& past) {
          return past.model->definition.journey.retention.has_value();
        });
    if (forgets) return with_customer;
  }
  return format;
}

}  // namespace

void EncodeState(const State& state, std::string& bytes, int format) {
  format = FormatFor(state, format);
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
  const bool has_customer = HasCustomer(state.customer);
  const bool has_references = format >= kStateFormatWithReferences;
  const bool has_ratings = has_references && HasRatings(state.ratings);
  const bool has_corrections = has_references && !state.corrections.empty();
  out.Unsigned((state.touched ? 1 : 0) | (has_customer ? 2 : 0) | (has_ratings ? 4 : 0) |
               (has_corrections ? 8 : 0) | (state.campaigns.empty() ? 0 : 16) |
               (state.epoch == 0 ? 0 : 32) | (state.migrations.empty() ? 0 : 64));
  WriteSession(out, state.session);
  if (has_customer) WriteCustomer(out, state.customer);
  if (has_ratings) WriteRatings(out, state.position.time, state.ratings, format);
  if (has_corrections) WriteCorrections(out, state.corrections);
  if (!state.campaigns.empty()) WriteTexts(out, state.campaigns);
  if (state.epoch != 0) out.Signed(state.epoch);
  WriteFamilies(out, state, format);
  if (!state.migrations.empty()) WriteMigrations(out, state.migrations);
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
  const uint64_t flags = in.Unsigned();
  state.touched = (flags & 1) != 0;
  ReadSession(in, state.session);
  const journey::CompiledCustomer* const customer = models.customer();
  if (customer == nullptr || state.session.gap > customer->gaps()) state.session.gap = 0;
  state.customer = {};
  state.customer.status = journey::InitialStatus(models);
  if ((flags & 2) != 0) ReadCustomer(in, customer, state.customer);
  state.ratings = {};
  if ((flags & 4) != 0 &&
      !ReadRatings(in, {state.position.time, models.families().size(), format}, state.ratings)) {
    return bad("malformed ratings");
  }
  state.corrections.clear();
  if ((flags & 8) != 0) ReadCorrections(in, state.corrections);
  state.campaigns.clear();
  if ((flags & 16) != 0) ReadTexts(in, state.campaigns);
  state.epoch = (flags & 32) != 0 ? in.Signed() : 0;
  if (state.epoch < 0 || state.epoch > models.epoch()) return bad("models of an unknown epoch");
  if (!ReadFamilies(in, models, state, format)) return bad("malformed journeys or unknown model");
  state.migrations.clear();
  if ((flags & 64) != 0 && !ReadMigrations(in, models, state.migrations)) {
    return bad("malformed migrations or unknown model");
  }
  state.next_due.ms = in.Time();
  if (in.failed() || !in.at_end()) return bad("malformed bytes");
  return {};
}

}  // namespace waymark::codec
