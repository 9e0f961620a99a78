#include "app/model_diff.h"

#include <algorithm>
#include <array>
#include <set>

#include "codec/protobuf.h"
#include "files/canonical_view.h"
#include "files/file_source.h"
#include "model/customer_journeys.h"
#include "model/signal.h"

namespace waymark::app {
namespace {

using files::CanonicalView;
using files::OutputKind;

constexpr size_t kViewBytes = 64 << 20;

// One side's rows, customer by customer.
class Side {
 public:
  Side(OutputKind kind, const std::string& folder, const std::string& name)
      : kind_(kind), view_(kind, folder, name, kViewBytes) {}

  base::Status Load(const std::string& path) {
    WAYMARK_ASSIGN_OR_RETURN(const auto source, files::FileSource::Open(path));
    WAYMARK_RETURN_IF_ERROR(source->Read(
        kind_, [&](const files::OutputRecord& record) { return view_.Add(record); }));
    WAYMARK_RETURN_IF_ERROR(view_.Sort());
    return Advance();
  }
  bool at_end() const { return !more_; }
  // The customer of the present row.
  const std::string& customer() const { return customer_; }
  std::string_view value() const { return view_.value(); }

  base::Status Advance() {
    more_ = view_.Next();
    if (!more_) return view_.status();
    if (kind_ == OutputKind::kJourneys) {
      model::CustomerJourneys row;
      WAYMARK_RETURN_IF_ERROR(codec::Decode(view_.value(), row));
      customer_.assign(row.profile.id);
    } else {
      model::Signal row;
      WAYMARK_RETURN_IF_ERROR(codec::Decode(view_.value(), row));
      customer_.assign(row.profile_id);
    }
    return {};
  }

 private:
  OutputKind kind_;
  CanonicalView view_;
  bool more_ = false;
  std::string customer_;
};

std::string NameOf(model::JourneyStatus status) {
  static constexpr std::array<const char*, 7> kNames = {
      "unknown", "open", "completed", "abandoned", "switched", "expired", "restarted"};
  return kNames.at(static_cast<size_t>(status));
}

// Where a customer stands: by family and key, in the journey that began last.
using Places = std::map<std::pair<std::string, std::string>, std::string>;

base::Status AddPlaces(std::string_view value, Places& places) {
  model::CustomerJourneys row;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(value, row));
  std::map<std::pair<std::string, std::string>, int64_t> started;
  for (const model::JourneySummary& journey : row.journeys) {
    const std::pair<std::string, std::string> which(journey.family, journey.key);
    const auto known = started.find(which);
    const int64_t began = journey.started.value_or(0);
    if (known != started.end() && known->second > began) continue;
    started[which] = began;
    places[which] = (journey.stage.empty() ? std::string("no stage") : std::string(journey.stage)) +
                    " (" + NameOf(journey.status) + ")";
  }
  return {};
}

// A signal without the ids that depend on the model.
using SignalRow = std::tuple<std::string, std::string, std::string, int64_t, std::string>;

base::Status AddSignal(std::string_view value, std::multiset<SignalRow>& rows) {
  model::Signal signal;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(value, signal));
  rows.emplace(signal.family, model::ToString(signal.kind), signal.name, signal.time, signal.stage);
  return {};
}

class Comparison {
 public:
  Comparison(const std::string& before, const std::string& after, const std::string& folder,
             size_t examples_max)
      : before_(before), after_(after), folder_(folder), examples_max_(examples_max) {}

  base::Result<ModelDifference> Run() {
    WAYMARK_RETURN_IF_ERROR(ForEachCustomer<Places>(
        OutputKind::kJourneys, AddPlaces,
        [&](const std::string& customer, const Places& a, const Places& b) {
          ComparePlaces(customer, a, b);
        }));
    using Rows = std::multiset<SignalRow>;
    WAYMARK_RETURN_IF_ERROR(ForEachCustomer<Rows>(
        OutputKind::kSignals, AddSignal,
        [&](const std::string&, const Rows& a, const Rows& b) { CompareSignals(a, b); }));
    return std::move(difference_);
  }

 private:
  // Gathers what both sides say of a customer, and hands it over.
  template <class Rows, class Add, class Compare>
  base::Status ForEachCustomer(OutputKind kind, Add add, Compare compare) {
    const std::string name(files::ToString(kind));
    Side a(kind, folder_, "before-" + name);
    Side b(kind, folder_, "after-" + name);
    WAYMARK_RETURN_IF_ERROR(a.Load(before_));
    WAYMARK_RETURN_IF_ERROR(b.Load(after_));
    while (!a.at_end() || !b.at_end()) {
      const bool first_is_a = b.at_end() || (!a.at_end() && a.customer() <= b.customer());
      const std::string customer = first_is_a ? a.customer() : b.customer();
      Rows of_a;
      Rows of_b;
      for (auto [side, rows] : {std::pair(&a, &of_a), std::pair(&b, &of_b)}) {
        while (!side->at_end() && side->customer() == customer) {
          WAYMARK_RETURN_IF_ERROR(add(side->value(), *rows));
          WAYMARK_RETURN_IF_ERROR(side->Advance());
        }
      }
      compare(customer, of_a, of_b);
    }
    return {};
  }

  void ComparePlaces(const std::string& customer, const Places& a, const Places& b) {
    ++difference_.customers;
    std::set<Places::key_type> which;
    for (const Places* const side : {&a, &b}) {
      for (const auto& [key, place] : *side) which.insert(key);
    }
    bool moved = false;
    for (const auto& key : which) {
      const auto place = [&](const Places& side) {
        const auto at = side.find(key);
        return at == side.end() ? std::string("-") : at->second;
      };
      const PlaceChange change{key.first, place(a), place(b)};
      if (change.from == change.to) continue;
      moved = true;
      ChangedCustomers& changed = difference_.moves[change];
      ++changed.customers;
      if (changed.examples.size() < examples_max_) changed.examples.push_back(customer);
    }
    if (moved) ++difference_.customers_moved;
  }

  void CompareSignals(const std::multiset<SignalRow>& a, const std::multiset<SignalRow>& b) {
    const auto of = [&](const SignalRow& row) -> SignalChange& {
      return difference_.signals[{std::get<0>(row), std::get<1>(row), std::get<2>(row)}];
    };
    for (const SignalRow& row : a) ++of(row).before;
    for (const SignalRow& row : b) ++of(row).after;
    std::vector<SignalRow> only;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    for (const SignalRow& row : only) ++of(row).gone;
    only.clear();
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(only));
    for (const SignalRow& row : only) ++of(row).come;
  }

  const std::string& before_;
  const std::string& after_;
  const std::string& folder_;
  size_t examples_max_;
  ModelDifference difference_;
};

}  // namespace

bool ModelDifference::IsSame() const {
  return moves.empty() && std::all_of(signals.begin(), signals.end(), [](const auto& entry) {
           return entry.second.gone == 0 && entry.second.come == 0;
         });
}

base::Result<ModelDifference> CompareReplays(const std::string& before, const std::string& after,
                                             const std::string& folder, size_t examples_max) {
  return Comparison(before, after, folder, examples_max).Run();
}

}  // namespace waymark::app
