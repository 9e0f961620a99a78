#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using model::Interaction;
using model::SignalKind;

Timestamp FoldStep::SessionDue() const {
  const SessionState& session = state_.session;
  if (!session.open) return Timestamp::max();
  const Timestamp silent = session.last + (session.gap == 0 ? fold_.settings().session_gap
                                                            : customer_->gap(session.gap));
  if (customer_ == nullptr) return silent;
  const auto& length_max = customer_->definition().sessions.length_max;
  return length_max ? std::min(silent, session.start + *length_max) : silent;
}

// A distance equal to the gap stays in the session, and so does an interaction at its greatest
// length: their timers fire only before a later one.
void FoldStep::UpdateSession() {
  SessionState& session = state_.session;
  const Interaction& i = *interaction_;
  const bool starts = customer_ != nullptr && customer_->StartsSession(FactsOf(nullptr));
  if (session.open && starts) CloseSession(now_);
  if (!session.open) {
    session.id = HashOf({"session", state_.profile_id, i.source.system, i.id});
    session.start = now_;
    session.interactions = 0;
    session.open = true;
    state_.customer.bought_in_session = false;
    Emit({SignalKind::kSessionStarted, now_, {}, "session"}, nullptr, i.id, IdText(session.id));
  }
  session.last = now_;
  session.last_id.assign(i.id);
  session.gap = customer_ == nullptr ? 0 : customer_->GapOf(i.channel);
  ++session.interactions;
  effects_.session_id = IdText(session.id);
  effects_.session_start = session.start.ms;
}

void FoldStep::EndSession() {
  if (customer_ != nullptr && customer_->EndsSession(FactsOf(nullptr))) CloseSession(now_);
}

void FoldStep::CloseSession(Timestamp time) {
  SessionState& session = state_.session;
  session.open = false;
  Emit({SignalKind::kSessionClosed, time, {}, "session"}, nullptr, session.last_id,
       IdText(session.id));
}

}  // namespace waymark::journey
