#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "explain/trace.h"
#include "journey/compiled_model.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::explain {

// The rule that decided, as its file states it.
struct Rule {
  struct Line {
    std::string what;  // "enter", "within", "part 2"
    std::string text;
  };
  std::string kind;  // "stage", "condition", "sequence", "silence", "wait", "filter" …
  std::string name;  // empty: the rule has none
  std::string file;  // empty: no file says so, but Waymark itself or a setting
  int line = 0;      // 0: the file says it by what it extends
  std::vector<Line> lines;
};

// An interaction behind the signal.
struct Evidence {
  std::string id;
  const model::Step* step = nullptr;  // null: the timeline has it no more
  std::string part;                   // of the sequence: "part 2"; empty where there is none
};

// What did not come.
struct Awaited {
  std::string what;
  int64_t since = 0;  // ms since epoch
  int64_t until = 0;
};

// Why a signal was published.
struct Explanation {
  // The signal and what brought it.
  std::shared_ptr<const Trace> trace = std::make_shared<Trace>();
  std::string customer;  // by name and id
  std::string title;     // of the model; empty where the signal is about the customer
  std::string sentence;
  Rule rule;
  std::vector<Evidence> evidence;  // in the order of the signal
  std::optional<Awaited> awaited;
};

// Null where the timeline does not bring the signal. The explanation names steps of the timeline,
// which live longer.
std::unique_ptr<Explanation> Explain(const Timeline& timeline, std::string_view signal_id);

// Explains those of these signals that the timeline brings, in its order and in one fold of it. An
// explanation is good until the visit ends.
void ExplainEach(const Timeline& timeline, SignalIds signal_ids,
                 const std::function<void(const Explanation&)>& visit);

}  // namespace waymark::explain
