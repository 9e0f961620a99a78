#include "traffic.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace waymark::peers {
namespace {

constexpr double kStartMs = 1'704'067'200'000;  // 2024-01-01
constexpr double kHourMs = 3'600'000;
constexpr double kExponent = 0.6;
constexpr double kMeanGapMs = 25 * 60 * 1000;  // between two visits of one customer
constexpr double kBurstGapMs = 60 * 1000;
constexpr int64_t kBurstMax = 8;
constexpr int64_t kActiveShare = 50;
constexpr int64_t kActiveMax = 50'000;
constexpr int64_t kLateMaxMs = 60 * 1000;
constexpr int64_t kCopyDistanceMax = 60;
constexpr int64_t kKeptForCopies = 64;

struct Weighted {
  std::string_view name;
  int percent;
};
constexpr std::array<Weighted, 8> kChannels = {{{"web", 38},
                                                {"app", 27},
                                                {"email", 10},
                                                {"store", 6},
                                                {"hotline", 3},
                                                {"social", 6},
                                                {"ads", 7},
                                                {"beacon", 3}}};
constexpr std::array<Weighted, 9> kActions = {{{"view", 40},
                                               {"search", 18},
                                               {"compare", 8},
                                               {"add_to_cart", 10},
                                               {"purchase", 6},
                                               {"deliver", 6},
                                               {"support", 4},
                                               {"rate", 5},
                                               {"recommend", 3}}};
constexpr std::array<std::string_view, 12> kTouchpoints = {
    "home", "landing-page", "product-page", "category-page", "search-result", "newsletter",
    "basket", "checkout", "account", "order-status", "help-centre", "review-page"};
constexpr std::array<std::string_view, 4> kDevices = {"ios-17.4/phone", "android-14/phone",
                                                      "desktop/chrome-131", "desktop/safari-18"};

template <size_t Size>
std::string_view Pick(Dice& dice, const std::array<Weighted, Size>& choices) {
  int64_t left = dice.Below(100);
  for (const Weighted& choice : choices) {
    if (left < choice.percent) return choice.name;
    left -= choice.percent;
  }
  return choices.back().name;
}

// A stride without a common divisor visits each customer once before any comes again.
int64_t Scatter(int64_t turn, int64_t customers) {
  constexpr int64_t kStride = 2'147'483'647;
  return static_cast<int64_t>(static_cast<unsigned __int128>(turn) * kStride %
                              static_cast<unsigned __int128>(customers));
}

}  // namespace

uint64_t Dice::Next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  uint64_t x = state_;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

Visits::Visits(const std::string& shape, int64_t customers, double after_hours)
    : shape_(shape), customers_(customers), clock_ms_(kStartMs + after_hours * kHourMs) {
  if (shape != "zipf" && shape != "uniform" && shape != "bursts" && shape != "rounds") {
    Fail("unknown shape '" + shape + "': take zipf, uniform, bursts or rounds");
  }
  step_ms_ = kMeanGapMs / static_cast<double>(customers);
  if (shape == "bursts") {
    active_.resize(
        static_cast<size_t>(std::clamp<int64_t>(customers / kActiveShare, 1, kActiveMax)));
    step_ms_ = kBurstGapMs / static_cast<double>(active_.size());
  }
}

int64_t Visits::NextInTurn() {
  return Scatter(turn_++, customers_);
}

int64_t Visits::DrawActive(Dice& dice) {
  Active& active = active_[static_cast<size_t>(dice.Below(std::ssize(active_)))];
  if (active.left == 0) active = {NextInTurn(), 1 + dice.Below(kBurstMax)};
  --active.left;
  return active.customer;
}

int64_t Visits::Draw(Dice& dice) {
  if (shape_ == "rounds") return NextInTurn();
  if (shape_ == "bursts") return DrawActive(dice);
  if (shape_ == "uniform") return dice.Below(customers_);
  const double rank = static_cast<double>(customers_) * std::pow(dice.Share(), 1 / (1 - kExponent));
  return std::min(static_cast<int64_t>(rank), customers_ - 1);
}

Visits::Visit Visits::Next(Dice& dice) {
  clock_ms_ += step_ms_;
  return NextAt(dice, static_cast<int64_t>(clock_ms_));
}

Visits::Visit Visits::NextAt(Dice& dice, int64_t time_ms) {
  if (time_ms > now_ms_) {
    now_ms_ = time_ms;
    within_now_.clear();
  }
  int64_t customer = Draw(dice);
  while (std::find(within_now_.begin(), within_now_.end(), customer) != within_now_.end()) {
    customer = Draw(dice);
  }
  within_now_.push_back(customer);
  return {customer, now_ms_};
}

Traffic::Traffic(Options& options)
    : dice_(static_cast<uint64_t>(options.Number("seed", 1))),
      duplicates_(options.Real("duplicates", 0.001)),
      disorder_(options.Real("disorder", 0)),
      visits_(options.Text("shape", "zipf"), options.Number("customers", 200'000),
              options.Real("after_hours", 0)),
      latest_(kKeptForCopies) {}

// Half of the copies come right behind their originals.
const Arrival& Traffic::Next() {
  const auto slot = [this](int64_t number) -> Arrival& {
    return latest_[static_cast<size_t>(number % kKeptForCopies)];
  };
  const int64_t number = made_++;
  if (number >= kKeptForCopies && dice_.Share() < duplicates_) {
    const int64_t distance = dice_.Share() < 0.5 ? 1 : 1 + dice_.Below(kCopyDistanceMax);
    slot(number) = slot(number - distance);
  } else {
    Visits::Visit visit = visits_.Next(dice_);
    if (disorder_ > 0 && dice_.Share() < disorder_) visit.time_ms -= dice_.Below(kLateMaxMs);
    Write(visit, slot(number));
  }
  return slot(number);
}

const Arrival& Traffic::NextAt(int64_t time_ms) {
  Write(visits_.NextAt(dice_, time_ms), latest_[0]);
  return latest_[0];
}

void Traffic::Write(const Visits::Visit& visit, Arrival& out) {
  out.key = fmt::format("cust-{:08x}", static_cast<uint32_t>(visit.customer * 2'654'435'761));
  Fill(visit, out.key);
  out.value.clear();
  google::protobuf::io::StringOutputStream stream(&out.value);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);  // entries of maps in one order
  interaction_.SerializeToCodedStream(&coded);
}

void Traffic::Fill(const Visits::Visit& visit, const std::string& customer) {
  v1::Interaction& out = interaction_;
  out.Clear();
  const uint64_t a = dice_.Next();
  const uint64_t b = dice_.Next();
  out.set_id(fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, (a >> 16) & 0xffff,
                         a & 0xfff, b >> 48, b & 0xffff'ffff'ffff));
  out.set_time(visit.time_ms);
  if (dice_.Share() < 0.5) {
    v1::Identifier& identifier = *out.add_identifiers();
    identifier.set_namespace_("crm");
    identifier.set_value(customer);
  }
  out.set_channel(std::string(Pick(dice_, kChannels)));
  out.set_touchpoint(std::string(kTouchpoints[static_cast<size_t>(dice_.Below(12))]));
  out.set_action(std::string(Pick(dice_, kActions)));
  out.set_campaign(fmt::format("2024-spring-{:02}", dice_.Below(40)));
  if (out.action() == "purchase" || out.action() == "add_to_cart") {
    out.set_value_micros(10'000 * (100 + dice_.Below(50'000)));
    out.set_currency("EUR");
  }
  if (out.action() == "rate" || out.action() == "support") {
    out.mutable_rating()->set_satisfaction(static_cast<int32_t>(1 + dice_.Below(5)));
  }
  out.mutable_source()->set_system("shop");
  auto& attributes = *out.mutable_attributes();
  attributes["device"] = std::string(kDevices[static_cast<size_t>(dice_.Below(4))]);
  attributes["page"] = fmt::format("/catalog/department-{:02}/item/{:07}?ref=home&list={:03}",
                                   dice_.Below(60), dice_.Below(3'000'000), dice_.Below(500));
}

}  // namespace waymark::peers
