#include <algorithm>

#include "journey/correction.h"
#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using model::Interaction;
using model::Kind;
using model::SignalKind;
using model::Text;

namespace {

// Where the attribute stands, or would stand.
template <class Attributes>
auto FindAttribute(Attributes& attributes, Text name) {
  return std::lower_bound(attributes.begin(), attributes.end(), name,
                          [](const auto& entry, Text n) { return entry.first < n; });
}

}  // namespace

void FoldStep::Apply(const Interaction& interaction) {
  interaction_ = &interaction;
  now_ = interaction.timestamp();
  key_ = detect::RuleKey(interaction.action, interaction.channel);
  // It acts on another interaction: what it gives is no news of the customer at this time.
  if (IsCorrection(interaction) && fold_.settings().resolves_references) return;
  UpdateProfile();
  effects_.persona = Attribute(kPersonaAttribute);
  effects_.target_group = Attribute(kTargetGroupAttribute);
  NoteCampaign();
  if (interaction.IsCustomer()) {
    Return();
    UpdateSession();
    if (!state_.touched) {
      state_.touched = true;
      Emit({SignalKind::kFirstTouch, now_, interaction.channel, "first-touch"}, nullptr,
           interaction.id, {});
    }
    UpdateStatus();
    EndSession();
  }
  // Tests of the company by its own people are steps, but never part of a customer's journey.
  if (interaction.kind == Kind::kMysteryCheck || interaction.kind == Kind::kObservedWalk) return;
  UpdateWaits();
  for (uint32_t family = 0; family < state_.families.size(); ++family) Place(family);
  Rate();
  if (keeps_measures()) SettleEnds();
}

void FoldStep::UpdateProfile() {
  const Interaction& i = *interaction_;
  if (!state_.first_seen) state_.first_seen = now_;
  state_.last_seen = now_;
  for (const model::Identifier& identifier : i.identifiers) {
    const std::pair<Text, Text> pair(identifier.name_space, identifier.value);
    auto& known = state_.identifiers;
    const auto at = std::lower_bound(
        known.begin(), known.end(), pair, [](const auto& entry, const std::pair<Text, Text>& p) {
          return std::pair<Text, Text>(entry.first, entry.second) < p;
        });
    if (at != known.end() && at->first == pair.first && at->second == pair.second) continue;
    if (known.size() >= fold_.settings().limits.identifiers_max) continue;
    known.emplace(at, pair.first, pair.second);
  }
  if (!i.account.empty()) state_.account.assign(i.account);
  uint32_t dates = 0;
  bool moved = false;
  for (const model::TextEntry& entry : i.profile) {
    const bool was_known = entry.key == kPersonaAttribute && !Attribute(entry.key).empty();
    if (!SetAttribute(entry.key, entry.value)) continue;
    if (was_known) TellPersona(entry.value);
    if (customer_ == nullptr) continue;
    dates |= customer_->DatesOf(entry.key);
    moved |= entry.key == kTimeZoneAttribute;
  }
  if (dates != 0 || moved) UpdateDates(dates, moved);
  if (i.command == model::Command::kConsent) {
    const Text consent = model::Find(i.profile, "consent");
    state_.consent = consent == "none"      ? model::Consent::kNone
                     : consent == "service" ? model::Consent::kService
                     : consent == "full"    ? model::Consent::kFull
                                            : state_.consent;
  }
}

void FoldStep::TellPersona(Text persona) {
  Emit({SignalKind::kPersonaChanged, now_, persona, "persona"}, nullptr, interaction_->id, {});
}

// The last contact of a campaign is the one that counts.
void FoldStep::NoteCampaign() {
  const Text campaign = interaction_->campaign;
  if (campaign.empty() || !fold_.models().asks_campaigns()) return;
  auto& known = state_.campaigns;
  const auto at = std::find(known.begin(), known.end(), campaign);
  if (at != known.end()) {
    std::rotate(at, at + 1, known.end());
    return;
  }
  known.emplace_back(campaign);
  if (known.size() > fold_.settings().limits.campaigns_max) known.erase(known.begin());
}

bool FoldStep::SetAttribute(Text name, Text value) {
  auto& known = state_.attributes;
  const auto at = FindAttribute(known, name);
  if (at != known.end() && at->first == name) {
    if (at->second == value) return false;
    at->second.assign(value);
    return true;
  }
  if (known.size() >= fold_.settings().limits.attributes_max) return false;
  known.emplace(at, name, value);
  return true;
}

Text AttributeOf(const State& state, Text name) {
  const auto at = FindAttribute(state.attributes, name);
  return at != state.attributes.end() && at->first == name ? Text(at->second) : Text();
}

Text FoldStep::Attribute(Text name) const { return AttributeOf(state_, name); }

base::Id96 FoldStep::HashOf(std::initializer_list<Text> parts) {
  size_t size = 0;
  for (const Text part : parts) size += part.size() + 1;
  char* const bytes = effects_.arena.Take(size);
  char* at = bytes;
  for (const Text part : parts) {
    at = std::copy(part.begin(), part.end(), at);
    *at++ = '\0';
  }
  return base::MakeId96({bytes, size});
}

model::Signal& FoldStep::Emit(const SignalBase& base, const Run* run, Text evidence,
                              Text distinction) {
  model::Signal& signal = effects_.signals.emplace_back();
  signal.profile_id = state_.profile_id;
  signal.kind = base.kind;
  signal.name = base.name;
  signal.time = base.time.ms;
  signal.detector = base.detector;
  if (run != nullptr) {
    signal.journey_id = IdText(run->id);
    signal.family = run->model->definition.family;
    signal.model = run->model->definition.name;
    signal.model_version = run->model->definition.version;
  }
  if (!fold_.settings().identifies_signals) return signal;
  if (!evidence.empty()) signal.evidence.push_back(effects_.arena.Copy(evidence));
  const Text time(reinterpret_cast<const char*>(&signal.time), sizeof signal.time);
  // Two systems may give one id at one time. A timer's signal must not know what fired it.
  const Text system = interaction_ == nullptr ? Text() : interaction_->source.system;
  signal.id =
      IdText(HashOf({state_.profile_id, model::ToString(base.kind), base.name, base.detector,
                     signal.journey_id, time, system, evidence, distinction}));
  return signal;
}

}  // namespace waymark::journey
