#include "files/view_diff.h"

#include <cstdlib>

#include "codec/json.h"
#include "codec/protobuf.h"

namespace waymark::files {
namespace {

template <class T>
base::Result<std::string> DecodedJson(std::string_view bytes) {
  T value;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, value));
  std::string json;
  if constexpr (requires { codec::EncodeJsonCanonical(value, json); }) {
    codec::EncodeJsonCanonical(value, json);
  } else {
    codec::EncodeJson(value, json);
  }
  return json;
}

base::Result<std::string> JsonOf(OutputKind kind, std::string_view bytes) {
  switch (kind) {
    case OutputKind::kSteps: return DecodedJson<model::Step>(bytes);
    case OutputKind::kSignals: return DecodedJson<model::Signal>(bytes);
    case OutputKind::kJourneys: return DecodedJson<model::CustomerJourneys>(bytes);
    case OutputKind::kDeadLetters: break;
  }
  return DecodedJson<model::DeadLetter>(bytes);
}

class Comparison {
 public:
  Comparison(OutputKind kind, CanonicalView& a, CanonicalView& b,
             const std::function<bool(const RowDifference&)>& tell)
      : kind_(kind), a_(a), b_(b), tell_(tell) {}

  base::Result<ViewCounts> Run() {
    bool more_a = a_.Next();
    bool more_b = b_.Next();
    while (more_a || more_b) {
      const int order = !more_a ? 1 : !more_b ? -1 : a_.key().compare(b_.key());
      if (order < 0) {
        counts_.only_a += a_.copies();
        WAYMARK_RETURN_IF_ERROR(Tell(&a_, nullptr, a_.copies()));
      } else if (order > 0) {
        counts_.only_b += b_.copies();
        WAYMARK_RETURN_IF_ERROR(Tell(nullptr, &b_, b_.copies()));
      } else {
        WAYMARK_RETURN_IF_ERROR(CompareRow());
      }
      if (order <= 0) more_a = a_.Next();
      if (order >= 0) more_b = b_.Next();
    }
    WAYMARK_RETURN_IF_ERROR(a_.status());
    WAYMARK_RETURN_IF_ERROR(b_.status());
    counts_.rows_a = a_.rows();
    counts_.rows_b = b_.rows();
    counts_.doubled_a = a_.doubled();
    counts_.doubled_b = b_.doubled();
    return counts_;
  }

 private:
  base::Status CompareRow() {
    if (a_.value() != b_.value()) {
      ++counts_.different;
      return Tell(&a_, &b_, 1);
    }
    const int64_t more = a_.copies() - b_.copies();
    if (more == 0) return {};
    (more > 0 ? counts_.only_a : counts_.only_b) += std::abs(more);
    return more > 0 ? Tell(&a_, nullptr, more) : Tell(nullptr, &b_, -more);
  }

  base::Status Tell(const CanonicalView* a, const CanonicalView* b, int64_t copies) {
    if (!telling_) return {};
    RowDifference difference{kind_, {}, {}, copies};
    if (a != nullptr) {
      WAYMARK_ASSIGN_OR_RETURN(difference.a, JsonOf(kind_, a->value()));
    }
    if (b != nullptr) {
      WAYMARK_ASSIGN_OR_RETURN(difference.b, JsonOf(kind_, b->value()));
    }
    telling_ = tell_(difference);
    return {};
  }

  OutputKind kind_;
  CanonicalView& a_;
  CanonicalView& b_;
  const std::function<bool(const RowDifference&)>& tell_;
  bool telling_ = true;
  ViewCounts counts_;
};

}  // namespace

base::Result<ViewCounts> CompareViews(OutputKind kind, CanonicalView& a, CanonicalView& b,
                                      const std::function<bool(const RowDifference&)>& tell) {
  return Comparison(kind, a, b, tell).Run();
}

}  // namespace waymark::files
