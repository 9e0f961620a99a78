#include "scenario/name_check.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "model/nearest.h"

namespace waymark::scenario {
namespace {

using model::SignalKind;
using Names = std::set<std::string, std::less<>>;

// Named by what an interaction brings, or by departments: any text.
bool IsNamedFreely(SignalKind kind) {
  return kind == SignalKind::kFirstTouch || kind == SignalKind::kFirstPersonalContact ||
         kind == SignalKind::kHandover;
}

class NameCheck {
 public:
  NameCheck(const TestFile& file, const journey::CompiledModels& models,
            std::vector<model::Fault>& faults)
      : file_(file), faults_(faults) {
    for (const auto& model : models.all()) Take(model->definition);
    if (models.customer() != nullptr) Take(models.customer()->definition());
    signals_[SignalKind::kTargetMissed].insert("duration");
    signals_[SignalKind::kReactivated].insert("reopened");
    for (const char* name : {"expired", "repurchase", "restarted"}) {
      signals_[SignalKind::kLifecycle].insert(name);
    }
  }

  void Check(const std::vector<Expectation>& expectations) {
    for (const Expectation& expectation : expectations) {
      for (const ExpectedRow& row : expectation.no_signals) Check(row);
    }
  }

 private:
  void Take(const model::JourneyModel& model) {
    families_.insert(model.family);
    models_.insert(model.name);
    for (const model::Stage& stage : model.stages) {
      stages_.insert(stage.name);
      signals_[SignalKind::kStageEntered].insert(stage.name);
      signals_[SignalKind::kStageLeft].insert(stage.name);
    }
    for (const model::SignalRule& rule : model.signals) signals_[rule.kind].insert(rule.name);
  }

  void Take(const model::CustomerModel& customer) {
    for (const model::WaitRule& wait : customer.waits) {
      signals_[wait.kind].insert(wait.name);
      if (!wait.completed.empty()) signals_[wait.kind].insert(wait.completed);
    }
    for (const model::DateRule& date : customer.dates) {
      signals_[SignalKind::kLifecycle].insert(date.name);
    }
  }

  void Check(const ExpectedRow& row) {
    const std::string* const kind = row.Find("kind");
    for (const ExpectedField& field : row.fields) {
      if (field.value.empty()) continue;
      if (field.name == "name") {
        CheckSignal(field, kind == nullptr ? std::nullopt : model::ParseSignalKind(*kind));
      } else if (field.name == "family") {
        Check(field, families_, "family");
      } else if (field.name == "model") {
        Check(field, models_, "model");
      } else if (field.name == "stage" || field.name == "previous_stage") {
        Check(field, stages_, "stage");
      }
    }
  }

  void CheckSignal(const ExpectedField& field, std::optional<SignalKind> kind) {
    if (kind && IsNamedFreely(*kind)) return;
    if (kind) {
      Check(field, signals_[*kind], "name of a signal of this kind");
      return;
    }
    Names all;
    for (const auto& [of, names] : signals_) all.insert(names.begin(), names.end());
    Check(field, all, "signal name");
  }

  void Check(const ExpectedField& field, const Names& known, const char* what) {
    if (known.contains(field.value)) return;
    const std::vector<std::string> names(known.begin(), known.end());
    std::string hint = model::DidYouMean(model::Nearest(field.value, names));
    if (hint.empty()) hint = "the models tested have none such: what must not be could never be";
    faults_.push_back({file_.file, field.place,
                       std::string("unknown ") + what + " '" + field.value + "'", hint});
  }

  const TestFile& file_;
  std::vector<model::Fault>& faults_;
  Names families_;
  Names models_;
  Names stages_;
  std::map<SignalKind, Names> signals_;  // those that have a name
};

}  // namespace

void CheckNames(const TestFile& file, const journey::CompiledModels& models,
                std::vector<model::Fault>& faults) {
  NameCheck check(file, models, faults);
  for (const TestCase& test : file.tests) {
    check.Check(test.expect);
    for (const Row& row : test.rows) check.Check(row.expect);
  }
}

}  // namespace waymark::scenario
