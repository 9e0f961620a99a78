#include "app/explanation_text.h"

#include <array>
#include <cstdio>

#include "app/journey_text.h"
#include "app/table.h"
#include "base/counted.h"
#include "codec/json.h"

namespace waymark::app {
namespace {

using explain::Explanation;
using Json = nlohmann::ordered_json;

const std::string kIndent = "  ";

void AppendFact(const std::string& name, const std::string& value, std::string& out) {
  if (value.empty()) return;
  constexpr size_t kWidth = 18;
  std::string label = name;
  label.resize(std::max(label.size() + 1, kWidth), ' ');
  out.append(kIndent).append(label).append(value).push_back('\n');
}

// "stage 'purchase' of purchase/six-stages/1 (six-stages.yaml:164)"
std::string RuleText(const Explanation& explanation) {
  const model::Signal& signal = explanation.trace->signal();
  std::string out = explanation.rule.kind;
  if (!explanation.rule.name.empty()) out += " '" + explanation.rule.name + "'";
  if (!signal.family.empty()) {
    out.append(" of ").append(signal.family).append("/").append(signal.model);
    out += "/" + std::to_string(signal.model_version);
  }
  if (explanation.rule.file.empty()) return out;
  out += " (" + explanation.rule.file;
  if (explanation.rule.line != 0) out += ":" + std::to_string(explanation.rule.line);
  return out + ")";
}

std::string ProbabilitiesText(const explain::Probabilities& probabilities) {
  std::string out;
  for (const auto& [stage, probability] : probabilities) {
    std::array<char, 16> percent{};
    std::snprintf(percent.data(), percent.size(), " %.1f %%", probability * 100);
    out.append(out.empty() ? "" : ", ").append(stage).append(percent.data());
  }
  return out;
}

std::string AwaitedText(const Explanation& explanation) {
  if (!explanation.awaited) return "";
  return explanation.awaited->what + ", from " + TimeText(explanation.awaited->since) +
         " until " + TimeText(explanation.awaited->until);
}

void AppendEvidence(const Explanation& explanation, std::optional<size_t> width,
                    std::string& out) {
  out += "\n" + kIndent + "evidence, " +
         base::Counted(explanation.evidence.size(), "interaction") + "\n";
  Table table({"time", "channel", "touchpoint", "action", "product", "id", "matched"});
  for (const explain::Evidence& evidence : explanation.evidence) {
    if (evidence.step == nullptr) {
      table.Add({"trimmed", "", "", "", "", evidence.id, evidence.part});
      continue;
    }
    const model::Interaction& interaction = explain::CountedOf(*evidence.step);
    table.Add({TimeText(interaction.time), std::string(interaction.channel),
               std::string(interaction.touchpoint), std::string(interaction.action),
               std::string(interaction.product), evidence.id, evidence.part});
  }
  if (!table.empty()) out.append(table.Text(width, kIndent));
}

Json ProbabilitiesJson(const explain::Probabilities& probabilities) {
  Json json = Json::object();
  for (const auto& [stage, probability] : probabilities) json[stage] = probability;
  return json;
}

Json EvidenceJson(const explain::Evidence& evidence) {
  Json json = {{"id", evidence.id}};
  if (evidence.step != nullptr) {
    std::string text;
    codec::EncodeJson(explain::CountedOf(*evidence.step), text);
    json["interaction"] = Json::parse(text);
  }
  if (!evidence.part.empty()) json["matched"] = evidence.part;
  return json;
}

}  // namespace

std::string ExplanationText(const ExplainedSignal& explained, std::optional<size_t> width) {
  const Explanation& explanation = explained.explanation;
  const model::Signal& signal = explanation.trace->signal();
  std::string out = "signal " + std::string(signal.id) + "  ";
  out.append(model::ToString(signal.kind)).append(" ").append(signal.name);
  out += "\n\n" + kIndent + explanation.sentence + "\n\n";
  AppendFact("rule", RuleText(explanation), out);
  for (const explain::Rule::Line& line : explanation.rule.lines) {
    AppendFact(line.what, line.text, out);
  }
  AppendFact("awaited", AwaitedText(explanation), out);
  AppendFact("filter before", ProbabilitiesText(explanation.trace->cause().before), out);
  AppendFact("filter after", ProbabilitiesText(explanation.trace->cause().after), out);
  AppendFact("note", explained.note, out);
  AppendEvidence(explanation, width, out);
  return out;
}

Json ExplanationJson(const ExplainedSignal& explained) {
  const Explanation& explanation = explained.explanation;
  std::string text;
  codec::EncodeJsonCanonical(explanation.trace->signal(), text);
  Json json;
  json["signal"] = Json::parse(text);
  json["sentence"] = explanation.sentence;
  json["customer"] = explanation.customer;
  if (!explanation.title.empty()) json["model_title"] = explanation.title;
  Json& rule = json["rule"];
  rule["kind"] = explanation.rule.kind;
  if (!explanation.rule.name.empty()) rule["name"] = explanation.rule.name;
  if (!explanation.rule.file.empty()) rule["file"] = explanation.rule.file;
  if (explanation.rule.line != 0) rule["line"] = explanation.rule.line;
  rule["says"] = Json::array();
  for (const explain::Rule::Line& line : explanation.rule.lines) {
    rule["says"].push_back({{"what", line.what}, {"text", line.text}});
  }
  json["by_time"] = explanation.trace->cause().step == nullptr;
  json["evidence"] = Json::array();
  for (const explain::Evidence& evidence : explanation.evidence) {
    json["evidence"].push_back(EvidenceJson(evidence));
  }
  if (explanation.awaited) {
    json["awaited"] = {{"what", explanation.awaited->what},
                       {"since", explanation.awaited->since},
                       {"until", explanation.awaited->until}};
  }
  const explain::Cause& cause = explanation.trace->cause();
  if (!cause.before.empty() || !cause.after.empty()) {
    json["stage_probabilities"] = {{"before", ProbabilitiesJson(cause.before)},
                                   {"after", ProbabilitiesJson(cause.after)}};
  }
  if (!explained.note.empty()) json["note"] = explained.note;
  return json;
}

}  // namespace waymark::app
