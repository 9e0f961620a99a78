#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "engine/corrections.h"
#include "engine/late_rows.h"
#include "engine/profile.h"
#include "journey/fold.h"
#include "measure/cell_table.h"
#include "store/store.h"

namespace waymark::engine {

// A step whose placement is new or other than before.
struct ChangedStep {
  std::string order;      // OrderBytes
  std::string canonical;  // the step's canonical bytes
  model::Origin origin;   // without its texts
  std::string topic;      // of the origin
  std::string traceparent;
  std::string channel;
  std::string replaces;   // OrderBytes of the copy whose place it takes; empty: none
  std::vector<journey::Score> scores;  // of ratings that count for the first time
  enum class Kind {
    kNew,      // the profile did not have it
    kPending,  // it was pending, and is folded in now
    kRevised,  // the profile had this step, here or in another place
  };
  Kind kind = Kind::kRevised;
};

struct ChangedSignal {
  std::string canonical;
  bool is_new = false;  // false: the same signal as before, with other content
};

// What folding a profile again changes, as far as it has come.
struct RefoldOutput {
  std::vector<ChangedStep> steps;
  std::vector<std::string> removed;    // OrderBytes of rows whose copy no longer counts
  std::vector<ChangedSignal> signals;  // new, or other than before
  std::vector<std::string> retracted;  // canonical bytes: no longer true
};

// Folds a profile again with its late arrivals in their places, from the newest kept fold before
// the first of them. The old and the new set are folded in one pass, from the first difference on;
// what they say differently is the output. Where the timeline may be ahead, the state always comes
// new from it.
//
// What is late is either given, or pending in the timeline; and the models may be other ones than
// the profile was folded under, or journeys migrate. All but what is given may be folded in over
// several batches: what is in order may be appended to the profile meanwhile, and its recent rows
// may move to the store, but nothing else about it may change.
class Refolding {
 public:
  // What it folds in.
  enum class Cause { kLate, kPending, kModels, kMigration };

  // Pending rows that one re-fold takes, at most: their steps are kept until its end.
  static constexpr size_t kPendingMax = 5'000;

  Refolding(const journey::Fold& fold, const store::Store& store, base::Partition partition,
            const Profile& profile, Timeline timeline, LateRows late, int state_format);
  // Of what the profile waits with: a migration, which is one of `before`, else the models of
  // another epoch, else pending rows. These are taken for their own sake alone: otherwise both
  // sides fold the same set, so that what was published of it under either can be told. `doubtful`:
  // what was published last may be from when none of the migrations stood.
  static std::unique_ptr<Refolding> OfWaiting(const journey::Fold& before,
                                              const journey::Fold& fold,
                                              const store::Store& store,
                                              base::Partition partition, const Profile& profile,
                                              int state_format, bool doubtful);

  // Finds where to begin.
  base::Status Begin();
  // Interactions to be folded, at most.
  int64_t depth() const;
  // All of it.
  base::Status Walk();
  // Only of pending rows: no more than `left`, which goes down. True: it is at the end of what the
  // profile holds now, and Finish() may follow.
  base::Result<bool> WalkSome(int64_t& left);
  // `horizon` is the task's; the profile may have timers left that are due before it: those were
  // not published yet.
  void Finish(base::Timestamp horizon);

  // Steps may be taken out of it between the walks.
  RefoldOutput& output() { return output_; }
  // What the new set adds to measures, less what the old one had. After Finish().
  const measure::Delta& measures() const { return measures_; }
  LateRows& late() { return late_; }
  // True: a row at this place would be missed.
  bool HasPassed(std::string_view order) const { return order <= walked_; }
  // True: a pending row at this place, which the walk has yet to come by, can't be taken by it. It
  // lies before a timer that has fired in what the walk goes on from, or may decide about what
  // migrates.
  bool MustBeginAnewFor(std::string_view order) const;
  // A row that became pending meanwhile.
  void NotePending(std::string_view order);
  Cause cause() const { return cause_; }
  // False: all it needed was in memory.
  bool reads_store() const { return reads_store_; }
  // After Finish(), of pending rows: the least place of one that is still pending; empty: none is.
  const std::string& pending_from() const { return pending_from_; }
  bool stage_changed() const { return stage_changed_; }
  // After Finish(): the profile's state, kept folds and ids are brought to the new set.
  void MoveInto(Profile& profile);

 private:
  // The signals of one side, by id.
  using SignalMap = std::map<std::string, std::string>;
  struct Row;

  void ChooseMigrations(bool doubtful);
  // True: the two sides differ though they fold the same set.
  bool HasOtherRules() const { return old_fold_ != &fold_ || migrations_differ_; }
  bool is_of_waiting() const { return cause_ != Cause::kLate; }

  base::Status LoadCorrections();
  base::Status BeginFromStore(int64_t newest);
  base::Status BeginFrom(std::string_view bytes, std::string_view order);
  base::Status TakeRow(std::string_view order, std::string_view value, const LateRow* over);
  bool TakesPending(std::string_view order);
  base::Status TakeLate(const LateRow& late);
  void NoteDifference(std::string_view order);
  void NoteCorrected(const model::Interaction& interaction, std::string_view order);
  void ApplyOld(const model::Interaction& interaction);
  void ApplyNew(const model::Interaction& interaction, std::string_view bytes, const Row& row);
  void KeepWhereDue();
  void AddMeasures(const journey::State& state, const model::Interaction* interaction, int sign);
  void KeepScores(std::vector<journey::Score>& scores) const;
  void Settle();

  const journey::Fold& fold_;          // of the new set
  const journey::Fold* old_fold_;
  const store::Store& store_;
  const base::Partition partition_;
  const Profile& profile_;
  const Timeline timeline_;
  LateRows late_;
  const int state_format_;
  Cause cause_ = Cause::kLate;
  journey::Migrations migrations_;  // of the new side
  bool migrations_differ_ = false;
  std::string walked_;        // OrderBytes of the row that was walked last
  std::string pending_from_;
  std::vector<ChangedStep> were_pending_;

  std::vector<journey::Correction> corrections_;  // of the new set
  Corrections new_corrections_;
  Corrections old_corrections_;

  std::string begin_;  // OrderBytes of the last interaction that is not folded again
  int64_t begin_interactions_ = 0;
  bool reads_store_ = true;

  journey::State state_;  // of the new set
  journey::State old_;    // of the old one; from the first difference on
  bool differ_ = false;
  std::string differ_from_;
  int64_t differ_interactions_ = 0;
  int64_t kept_at_ = 0;
  std::vector<KeptFold> kept_;
  std::vector<uint64_t> ids_;
  SignalMap old_signals_;
  SignalMap new_signals_;
  size_t settled_left_ = 0;  // signals that the last settling kept
  bool stage_changed_ = false;
  RefoldOutput output_;
  measure::Delta measures_;

  journey::Effects effects_;
  model::Step step_;     // decoded
  model::Step encoded_;
  model::Interaction interaction_;
  std::string canonical_;
};

// Appends the canonical bytes of a step. `corrected` is null where its interaction counts as it is.
// `scratch` saves building a Step anew for each; its interaction is not looked at.
void EncodeCanonicalStep(std::string_view profile_id, std::string_view interaction_bytes,
                         const model::Interaction* corrected, journey::Effects& effects,
                         model::Step& scratch, std::string& out);

}  // namespace waymark::engine
