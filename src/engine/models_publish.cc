#include "engine/models_publish.h"

#include <algorithm>
#include <thread>

#include "base/hash.h"
#include "base/log.h"
#include "model/model_files.h"

namespace waymark::engine {
namespace {

using base::Status;
using base::StatusCode;

constexpr int kTriesMax = 8;
constexpr base::Millis kGlance{5'000};

model::Fault OtherContent(const model::ModelDefinition& file, const PublishedModel& there,
                          const std::string& difference) {
  const model::JourneyModel& m = file.model;
  return {m.file, m.place,
          "version " + std::to_string(m.version) + " of model '" + m.family + "/" + m.name +
              "' was published with another content: " + difference,
          "raise 'version': what was published (" + there.definition.model.file +
              ") never changes; `waymark model show` prints it"};
}

model::Fault TooMany(const model::JourneyModel& model) {
  return {model.file, model.place,
          std::to_string(kPublishedMax) + " versions were published already, more are not kept",
          "start a new kafka.prefix"};
}

// What a publisher writes before any other can; false where another one took the lock meanwhile, or
// the outcome is not known.
class Attempt {
 public:
  Attempt(const PublishClients& clients, const model::DefinitionSet& files,
          const PublishSettings& settings, ModelsTopic& topic)
      : clients_(clients), files_(files), settings_(settings), topic_(topic) {}

  // What a transaction that is open hides for long is ended by whoever takes the lock.
  base::Result<PublishPlan> Look(stream::LogReader& reader) {
    WAYMARK_RETURN_IF_ERROR(settings_.dry_run
                                ? topic_.ReadToEnd(reader, settings_.timeout)
                                : topic_.ReadOn(reader, std::min(settings_.timeout, kGlance)));
    return PlanPublish(topic_, files_);
  }

  // Takes the lock, which ends what others have under way, looks again and writes what is new.
  Status Write(stream::LogReader& reader) {
    WAYMARK_ASSIGN_OR_RETURN(const auto producer, clients_.make_producer());
    WAYMARK_RETURN_IF_ERROR(producer->Init(settings_.timeout));
    WAYMARK_RETURN_IF_ERROR(topic_.ReadToEnd(reader, settings_.timeout));
    const PublishPlan plan = PlanPublish(topic_, files_);
    if (plan.IsRefused() || plan.CountOf(PublishOutcome::kNew) == 0) return {};
    written_ = plan;
    WAYMARK_RETURN_IF_ERROR(producer->Begin());
    for (const size_t i : plan.order) {
      WAYMARK_RETURN_IF_ERROR(Send(files_.definitions[i], *producer));
    }
    return producer->Commit(settings_.timeout);
  }

  // The last that may have been written.
  const std::optional<PublishPlan>& written() const { return written_; }

 private:
  Status Send(const model::ModelDefinition& definition, stream::TransactionalProducer& producer) {
    const std::string key = model::DefinitionKey(definition.model);
    const std::string published = base::FormatRfc3339(settings_.now);
    std::vector<stream::Header> headers = {{kPublisherHeader, settings_.publisher},
                                           {kPublishedHeader, published}};
    const base::Timestamp from = definition.model.effective_from;
    std::string effective;
    if (from != base::Timestamp::min()) {
      effective = base::FormatRfc3339(from);
      headers.push_back({kEffectiveHeader, effective});
    }
    stream::OutputRecord record;
    record.topic = topic_.name();
    record.key = key;
    record.value = definition.json;
    record.headers = headers;
    record.timestamp = settings_.now;
    return producer.Send(record);
  }

  const PublishClients& clients_;
  const model::DefinitionSet& files_;
  const PublishSettings& settings_;
  ModelsTopic& topic_;
  std::optional<PublishPlan> written_;
};

// Another publisher fenced us, or the outcome is not known: a look at the topic tells.
bool MayTryAgain(const Status& status) {
  return status.code() == StatusCode::kKafka || status.code() == StatusCode::kAbort ||
         status.code() == StatusCode::kRetriable;
}

// Different for each, so that those who meet do not meet again and again.
base::Millis PauseOf(const PublishSettings& settings, int tries) {
  const uint64_t share = base::Hash64(settings.publisher + std::to_string(tries)) % 8;
  return settings.pause * (tries * static_cast<int>(1 + share));
}

// Two may be good together and one of them not without the other: it comes after that one.
void AddInOrder(const ModelsTopic& topic, const model::DefinitionSet& files,
                std::vector<size_t> fresh, PublishPlan& plan) {
  std::vector<model::JourneyModel> together;
  for (const PublishedModel& there : topic.models()) together.push_back(there.definition.model);
  std::vector<model::Fault> faults;
  const auto fits = [&](size_t i) {
    together.push_back(files.definitions[i].model);
    std::vector<model::Fault> found = model::CheckLastModel(together);
    if (together.size() > kPublishedMax) found.push_back(TooMany(together.back()));
    if (found.empty()) return true;
    together.pop_back();
    faults.insert(faults.end(), found.begin(), found.end());
    return false;
  };
  while (!fresh.empty()) {
    faults.clear();
    const auto next = std::find_if(fresh.begin(), fresh.end(), fits);
    if (next == fresh.end()) break;
    plan.order.push_back(*next);
    fresh.erase(next);
  }
  if (!fresh.empty()) plan.faults.insert(plan.faults.end(), faults.begin(), faults.end());
}

void HoldBack(const model::DefinitionSet& files, PublishPlan& plan) {
  plan.order.clear();
  for (size_t i = 0; i < plan.outcomes.size(); ++i) {
    const std::string& file = files.definitions[i].model.file;
    const bool at_fault = std::any_of(plan.faults.begin(), plan.faults.end(),
                                      [&](const model::Fault& f) { return f.file == file; });
    if (at_fault) {
      plan.outcomes[i] = PublishOutcome::kRefused;
    } else if (plan.outcomes[i] == PublishOutcome::kNew) {
      plan.outcomes[i] = PublishOutcome::kHeldBack;
    }
  }
}

}  // namespace

std::string_view ToString(PublishOutcome outcome) {
  switch (outcome) {
    case PublishOutcome::kNew: return "new";
    case PublishOutcome::kUnchanged: return "unchanged";
    case PublishOutcome::kRefused: return "refused";
    case PublishOutcome::kHeldBack: return "held back";
  }
  return "unknown";
}

size_t PublishPlan::CountOf(PublishOutcome outcome) const {
  return static_cast<size_t>(std::count(outcomes.begin(), outcomes.end(), outcome));
}

std::string PublisherId(const std::string& topic) { return topic + "-publisher"; }

PublishPlan PlanPublish(const ModelsTopic& topic, const model::DefinitionSet& files) {
  PublishPlan plan;
  plan.faults = files.faults;
  std::vector<size_t> fresh;
  for (size_t i = 0; i < files.definitions.size(); ++i) {
    const model::ModelDefinition& file = files.definitions[i];
    const PublishedModel* const there = topic.Find(model::DefinitionKey(file.model));
    plan.outcomes.push_back(there == nullptr ? PublishOutcome::kNew : PublishOutcome::kUnchanged);
    if (there == nullptr) {
      fresh.push_back(i);
      continue;
    }
    const std::string difference =
        model::DefinitionDifference(file.json, there->definition.json);
    if (!difference.empty()) plan.faults.push_back(OtherContent(file, *there, difference));
  }
  AddInOrder(topic, files, std::move(fresh), plan);
  model::SortFaults(plan.faults);
  if (plan.IsRefused()) HoldBack(files, plan);
  return plan;
}

base::Result<PublishPlan> PublishModels(const PublishClients& clients,
                                        const model::DefinitionSet& files,
                                        const PublishSettings& settings, ModelsTopic& topic) {
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, clients.make_reader());
  Attempt attempt(clients, files, settings, topic);
  for (int tries = 1;; ++tries) {
    base::Result<PublishPlan> plan = attempt.Look(*reader);
    if (!plan.ok() && plan.status().code() != StatusCode::kRetriable) return plan.status();
    if (plan.ok() && (plan->IsRefused() || settings.dry_run)) return plan;
    if (plan.ok() && plan->CountOf(PublishOutcome::kNew) == 0) {
      // What was new at the last try is there now.
      return attempt.written() ? *attempt.written() : plan;
    }
    const Status status = attempt.Write(*reader);
    if (status.ok()) continue;
    if (!MayTryAgain(status) || tries == kTriesMax) {
      return status.WithContext("publishing to " + topic.name());
    }
    WAYMARK_INFO("publishing to {}: {}; looking again", topic.name(), status.message());
    std::this_thread::sleep_for(PauseOf(settings, tries));
  }
}

}  // namespace waymark::engine
